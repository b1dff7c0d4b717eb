//! The keyed hash that spreads keys over the buckets of the index.

use crate::key::{Key, digest};

/// A keyed hash function: only who knows the seed can choose keys that meet in one bucket.
///
/// It is two rounds of Murmur3's finaliser. SipHash was rejected: it costs four times as much for
/// 16 bytes. Neither helps against somebody who knows the seed; the index bounds what such keys
/// cost.
///
/// Public for the benchmark of such keys.
#[derive(Clone, Copy, Debug, Default)]
pub struct KeyHash {
    seed: u128,
}

impl KeyHash {
    /// The hash function that follows from these bytes.
    pub fn seeded(bytes: &[u8]) -> Self {
        KeyHash {
            seed: digest(bytes),
        }
    }

    /// The hash of a key.
    pub fn of(self, key: &Key) -> u32 {
        let bits = key.bits() ^ self.seed;
        mix(mix(bits as u64) ^ (bits >> 64) as u64) as u32
    }

    /// The attack of somebody who knows the seed: the bits of an address with this lower half. All
    /// such addresses have the same hash. Tests and benchmarks attack with it.
    pub fn collision(self, lower: u64) -> u128 {
        let upper = mix(lower ^ self.seed as u64) ^ (self.seed >> 64) as u64;
        u128::from(upper) << 64 | u128::from(lower)
    }
}

fn mix(mut x: u64) -> u64 {
    x ^= x >> 33;
    x = x.wrapping_mul(0xff51_afd7_ed55_8ccd);
    x ^= x >> 33;
    x = x.wrapping_mul(0xc4ce_b9fe_1a85_ec53);
    x ^ (x >> 33)
}

#[cfg(test)]
mod tests {
    use super::*;
    use sessionize_formats::address::Address;
    #[cfg(target_os = "unknown")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    /// The vectors are those of Murmur3, computed apart from this code.
    #[test]
    fn the_mixer_is_that_of_murmur3() {
        assert_eq!(mix(0), 0);
        assert_eq!(mix(1), 0xb456_bcfc_34c2_cb2c);
        assert_eq!(mix(0xdead_beef_cafe_babe), 0x7082_9950_08f0_c48c);
    }

    #[test]
    fn who_knows_the_seed_finds_keys_of_one_hash() {
        let hash = KeyHash::seeded(b"known");
        let others = KeyHash::seeded(b"another");
        let keys = (0..1_000).map(|lower| Key::address(Address::from_bits(hash.collision(lower))));
        let first = Key::address(Address::from_bits(hash.collision(1_000)));
        for key in keys {
            assert_eq!(hash.of(&key), hash.of(&first));
            assert_ne!(others.of(&key), others.of(&first));
        }
    }
}
