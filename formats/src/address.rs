//! Canonical IP addresses.

use core::net::{Ipv4Addr, Ipv6Addr};

use crate::bytes::hex;
use crate::bytes::text::Writer;

/// An IP address in canonical form: the bits of an IPv6 address, an IPv4 one as its IPv4-mapped
/// form (`::ffff:a.b.c.d`).
///
/// One integer for both families makes the key of a visitor's state small and its comparison cheap,
/// and makes `::ffff:1.2.3.4` and `1.2.3.4` the same visitor without a special rule.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Address(u128);

/// The bits above an IPv4 address in its IPv4-mapped form.
const MAPPED: u128 = 0xffff << 32;

impl Address {
    /// The 128 bits; the most significant bit is the first one of the address.
    #[inline]
    pub fn bits(self) -> u128 {
        self.0
    }

    /// The address of these bits; the inverse of [`Address::bits`].
    #[inline]
    pub fn from_bits(bits: u128) -> Address {
        Address(bits)
    }

    /// Writes the canonical text: dotted for IPv4 and IPv4-mapped addresses, RFC 5952 for all
    /// others. It has at most 39 bytes.
    #[inline(always)]
    pub fn write(self, out: &mut Writer<'_>) {
        if self.0 >> 32 != MAPPED >> 32 {
            let (text, length) = ipv6_text(self.0);
            return out.text(text.get(..length).unwrap_or_default());
        }
        for octet in (self.0 as u32).to_be_bytes() {
            let length = 2 + usize::from(octet >= 10) + usize::from(octet >= 100);
            let text = OCTETS.get(usize::from(octet)).unwrap_or(&[0; 4]);
            out.part(*text, length);
        }
        out.take_back(1);
    }
}

impl From<Ipv4Addr> for Address {
    fn from(address: Ipv4Addr) -> Address {
        Address(MAPPED | u128::from(address.to_bits()))
    }
}

impl From<Ipv6Addr> for Address {
    fn from(address: Ipv6Addr) -> Address {
        Address(address.to_bits())
    }
}

/// Reads an address in any form that logs hold; `None` if the text is not an address.
///
/// Spaces and tabs around it are ignored, and so is a pair of quotes. A port is dropped:
/// `1.2.3.4:5678`, `[2001:db8::1]:443`. So are the brackets of any address, and a zone id
/// (`fe80::1%eth0`). IPv6 may have any spelling that RFC 4291 allows. Without brackets, it may have
/// a port only where it ends as an IPv4 address (`::ffff:1.2.3.4:5678`): any other could be one of
/// its groups. Everything else is refused, as the standard library does: no leading zeros (some
/// read them as octal), no missing parts.
pub fn parse(text: &[u8]) -> Option<Address> {
    let text = trim(text);
    match dotted(text) {
        Some((bits, [])) => Some(Address(MAPPED | u128::from(bits))),
        Some((bits, [b':', port @ ..])) if is_port(port) => {
            Some(Address(MAPPED | u128::from(bits)))
        }
        // What starts like a dotted address can't be anything else.
        Some(_) => None,
        None => other(text),
    }
}

/// Reads an address as [`parse`] does, for the rare ways, which share one copy of the code.
#[cold]
#[inline(never)]
pub(crate) fn parse_apart(text: &[u8]) -> Option<Address> {
    parse(text)
}

/// The longest text of an address, in bytes: eight groups of four digits and the colons between
/// them.
pub(crate) const LONGEST: usize = 39;

/// The text of an IPv6 address, and its length. The standard library's is the same, and takes five
/// times as long.
#[cold]
fn ipv6_text(bits: u128) -> ([u8; 48], usize) {
    let bytes = bits.to_be_bytes();
    let (groups, _) = bytes.as_chunks::<2>();
    let groups = || groups.iter().map(|group| u16::from_be_bytes(*group));
    // The first of the longest runs of zeros is left out, if it has at least two (RFC 5952, 4.2).
    let (mut start, mut length, mut run) = (usize::MAX, 1, 0);
    for (i, group) in groups().enumerate() {
        run = if group == 0 { run + 1 } else { 0 };
        if run > length {
            (start, length) = (i + 1 - run, run);
        }
    }
    let mut text = [0; 48];
    let mut end = 0;
    let mut out = Writer::on(&mut text, &mut end);
    let left_out = start..start.saturating_add(length);
    for (i, group) in groups().enumerate() {
        if i == left_out.start {
            out.bytes(*b"::");
        }
        if left_out.contains(&i) {
            continue;
        }
        if i > 0 && i != left_out.end {
            out.bytes(*b":");
        }
        let zeros = (group.leading_zeros() / 4).min(3);
        let digits = u32::from_le_bytes(hex::digits(u128::from(group)));
        out.part((digits >> (8 * zeros)).to_le_bytes(), 4 - zeros as usize);
    }
    out.end();
    (text, end)
}

fn trim(mut text: &[u8]) -> &[u8] {
    while let [b' ' | b'\t', rest @ ..] | [rest @ .., b' ' | b'\t'] = text {
        text = rest;
    }
    text
}

/// Each octet as text with a point after it. Computing the digits takes divisions, which are slow,
/// above all in WebAssembly.
static OCTETS: [[u8; 4]; 256] = {
    let mut octets = [[0; 4]; 256];
    let mut rest: &mut [[u8; 4]] = &mut octets;
    let mut octet = 0;
    while let [first, others @ ..] = rest {
        let [a, b, c] = [
            b'0' + octet / 100,
            b'0' + octet / 10 % 10,
            b'0' + octet % 10,
        ];
        *first = match octet {
            0..10 => [c, b'.', 0, 0],
            10..100 => [b, c, b'.', 0],
            _ => [a, b, c, b'.'],
        };
        octet = octet.wrapping_add(1);
        rest = others;
    }
    octets
};

/// Four octets and what follows them. By hand, because it runs for every event: the standard parser
/// takes a `str`, refuses ports, and is several times slower.
fn dotted(text: &[u8]) -> Option<(u32, &[u8])> {
    let (a, rest) = octet(text)?;
    let (b, rest) = octet(rest.strip_prefix(b".")?)?;
    let (c, rest) = octet(rest.strip_prefix(b".")?)?;
    let (d, rest) = octet(rest.strip_prefix(b".")?)?;
    Some((u32::from_be_bytes([a, b, c, d]), rest))
}

#[inline]
fn octet(text: &[u8]) -> Option<(u8, &[u8])> {
    let digit = |byte: u8| byte.wrapping_sub(b'0');
    let (&first, rest) = text.split_first()?;
    let first = digit(first);
    if first > 9 {
        return None;
    }
    match *rest {
        [second, third, ref rest @ ..] if digit(second) <= 9 && digit(third) <= 9 => {
            let value = u16::from(first) * 100 + u16::from(digit(second) * 10 + digit(third));
            (first != 0 && value <= 255).then_some((value as u8, rest))
        }
        [second, ref rest @ ..] if digit(second) <= 9 => {
            (first != 0).then_some((first * 10 + digit(second), rest))
        }
        _ => Some((first, rest)),
    }
}

fn is_port(text: &[u8]) -> bool {
    matches!(text.len(), 1..=5)
        && text.iter().all(u8::is_ascii_digit)
        && text.iter().fold(0, |n, b| n * 10 + u32::from(b - b'0')) <= 65535
}

/// Reads any address but a plain IPv4 one.
#[cold]
fn other(text: &[u8]) -> Option<Address> {
    match text {
        [b'"', ..] => parse(quoted(text)?),
        [b'[', rest @ ..] => {
            let (inner, after) = split_once(rest, b']')?;
            if !after.is_empty() && !is_port(after.strip_prefix(b":")?) {
                return None;
            }
            match dotted(inner) {
                Some((bits, [])) => Some(Address(MAPPED | u128::from(bits))),
                _ => ipv6(inner),
            }
        }
        _ => ipv6(without_port(text)),
    }
}

/// The text between a pair of quotes, if there is nothing else and no quote in it.
pub(crate) fn quoted(text: &[u8]) -> Option<&[u8]> {
    match text {
        [b'"', inner @ .., b'"'] if !inner.contains(&b'"') => Some(inner),
        _ => None,
    }
}

/// A text without the port that follows an IPv4 address in it.
fn without_port(text: &[u8]) -> &[u8] {
    let colon = text.iter().rposition(|&byte| byte == b':');
    match colon.and_then(|colon| text.split_at_checked(colon)) {
        Some((address, [b':', port @ ..])) if address.contains(&b'.') && is_port(port) => address,
        _ => text,
    }
}

/// An address with colons, which may have a zone.
fn ipv6(mut text: &[u8]) -> Option<Address> {
    if let Some((address, zone)) = split_once(text, b'%') {
        if zone.is_empty() {
            return None;
        }
        text = address;
    }
    groups(text).map(Address)
}

/// What comes before and after the first of this byte.
fn split_once(text: &[u8], byte: u8) -> Option<(&[u8], &[u8])> {
    let end = text.iter().position(|&other| other == byte)?;
    Some((text.get(..end)?, text.get(end + 1..)?))
}

/// The bits of an IPv6 address, whose last two groups may be dotted. By hand, because the standard
/// parser takes 3 KB of the module and is slower.
fn groups(text: &[u8]) -> Option<u128> {
    let mut bits = 0;
    let mut count = 0;
    // How many groups come before the `::`.
    let mut before = None;
    let mut rest = text;
    if let Some(after) = rest.strip_prefix(b"::") {
        before = Some(0);
        rest = after;
    }
    while !(rest.is_empty() && before == Some(count)) {
        if let Some((dotted, [])) = dotted(rest) {
            bits = bits << 32 | u128::from(dotted);
            count += 2;
            break;
        }
        let (group, after) = group(rest)?;
        bits = bits << 16 | u128::from(group);
        count += 1;
        rest = match after {
            [] => break,
            [b':', b':', after @ ..] if before.is_none() => {
                before = Some(count);
                after
            }
            [b':', after @ ..] if count < 8 => after,
            _ => return None,
        };
    }
    match before {
        None => (count == 8).then_some(bits),
        // At least one group is left out.
        Some(before) if count < 8 => {
            let behind = bits & ((1 << (16 * (count - before))) - 1);
            let ahead = (bits ^ behind).checked_shl(16 * (8 - count));
            Some(ahead.unwrap_or(0) | behind)
        }
        Some(_) => None,
    }
}

/// A group of one to four hexadecimal digits, and what follows it.
fn group(text: &[u8]) -> Option<(u16, &[u8])> {
    let digit = |byte: &u8| char::from(*byte).to_digit(16);
    let length = text.iter().take(4).map_while(digit).count();
    let (digits, rest) = text.split_at_checked(length)?;
    let value = digits.iter().filter_map(digit);
    (length > 0).then_some((
        value.fold(0, |value, digit| value << 4 | digit as u16),
        rest,
    ))
}

#[cfg(test)]
mod tests;
