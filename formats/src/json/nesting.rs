//! How deep a value is nested.

/// How deep objects and arrays may be nested in each other, the record itself included.
pub(super) const MAX_DEPTH: usize = 128;

/// The objects and arrays that are open below the record's top level.
#[derive(Default)]
pub(super) struct Nesting {
    depth: usize,
    /// A bit for each, the innermost lowest: 1 for an object, 0 for an array.
    objects: u128,
}

const _: () = assert!(MAX_DEPTH <= 128, "a bit for each level");

impl Nesting {
    /// Opens an object or an array. False if that is deeper than [`MAX_DEPTH`].
    pub(super) fn push(&mut self, object: bool) -> bool {
        self.depth += 1;
        self.objects = self.objects << 1 | u128::from(object);
        // The record itself is the first level.
        self.depth < MAX_DEPTH
    }

    /// Closes the innermost, and says whether it was the last.
    pub(super) fn pop(&mut self) -> bool {
        self.depth -= 1;
        self.objects >>= 1;
        self.depth == 0
    }

    pub(super) fn in_object(&self) -> bool {
        self.objects & 1 != 0
    }

    /// The bracket that closes the innermost.
    pub(super) fn closing(&self) -> u8 {
        if self.in_object() { b'}' } else { b']' }
    }
}
