//! Looks up names in short lists.

/// The position of a name in a list.
///
/// Never inlined: where the compiler knows the names, it would write out a comparison with each.
#[inline(never)]
pub(crate) fn position(names: &[&str], name: &[u8]) -> Option<usize> {
    names.iter().position(|other| other.as_bytes() == name)
}
