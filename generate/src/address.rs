//! The addresses of visitors.

use std::io::Write;

use crate::chance::mix;

/// One visitor in eight has an IPv6 address.
const IPV6_ONE_IN: u64 = 8;

/// Number of addresses from 11.0.0.0 to 126.255.255.255, which include no private, loopback or
/// multicast range.
const IPV4_ADDRESSES: u64 = 116 << 24;
const IPV4_FIRST: u64 = 11 << 24;

/// Shares no factor with `IPV4_ADDRESSES` (2^26 × 29), so that no two visitors have the same
/// address.
const IPV4_STRIDE: u64 = 1_664_525;

/// Appends the address of a visitor, in canonical form.
pub(crate) fn write(seed: u64, visitor: u32, out: &mut Vec<u8>) {
    if is_ipv6(visitor) {
        let host = mix(seed ^ u64::from(visitor)) >> 16;
        let [a, b, c] = [host >> 32, (host >> 16) & 0xffff, host & 0xffff];
        // No group is 0, so nothing can be shortened, and this is the canonical form.
        let [high, low] = [visitor >> 16 | 0x1000, visitor & 0xffff | 1];
        let parity = visitor & 1 | 0x10;
        // Writing to a Vec cannot fail.
        let _ = write!(
            out,
            "2001:db8:{high:x}:{low:x}:{parity:x}:{:x}:{:x}:{:x}",
            a | 1,
            b | 1,
            c | 1
        );
    } else {
        let shift = mix(seed) % IPV4_ADDRESSES;
        let address = IPV4_FIRST + (u64::from(visitor) * IPV4_STRIDE + shift) % IPV4_ADDRESSES;
        let mut digits = itoa::Buffer::new();
        for (place, octet) in (address as u32).to_be_bytes().into_iter().enumerate() {
            if place > 0 {
                out.push(b'.');
            }
            out.extend_from_slice(digits.format(octet).as_bytes());
        }
    }
}

/// Whether a visitor has an IPv6 address.
pub(crate) fn is_ipv6(visitor: u32) -> bool {
    mix(u64::from(visitor)).is_multiple_of(IPV6_ONE_IN)
}
