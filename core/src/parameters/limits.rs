//! What parameters may be at most.

use sessionize_formats::time::Millis;

/// The shortest duration, in milliseconds; for `lateness` and `max_ahead` it is 0.
pub(super) const MIN_DURATION: Millis = 1;

/// The longest duration, in milliseconds: ten years. It keeps every sum of times small.
pub(super) const MAX_DURATION: Millis = 3_650 * 24 * 60 * 60 * 1_000;

/// The most fields of a key.
pub(crate) const MAX_KEY_FIELDS: usize = 8;

/// The most hops of your own proxies.
pub(super) const MAX_PROXIES: u64 = 64;

/// The most keys: what fits into the 4 GiB of memory that a module can have.
pub const MAX_KEYS: u64 = 64_000_000;

/// The longest prefix, in bytes.
pub(super) const MAX_PREFIX: usize = 32;
