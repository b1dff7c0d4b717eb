//! Names of which there are few.

/// The place of a name among others.
///
/// Apart from those who ask: where the compiler knows the names, it writes the comparison with each of them out.
#[inline(never)]
pub(crate) fn position(names: &[&str], name: &[u8]) -> Option<usize> {
    names.iter().position(|other| other.as_bytes() == name)
}
