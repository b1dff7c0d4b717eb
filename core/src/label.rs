//! Short texts that are written again and again: names of fields, with their quotes and colon.

/// A text in so many whole vectors of 16 bytes: copying it is a few instructions.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Label<const VECTORS: usize> {
    room: [[u8; 16]; VECTORS],
    length: usize,
}

impl<const VECTORS: usize> Label<VECTORS> {
    /// The most bytes that it has.
    pub(crate) const ROOM: usize = 16 * VECTORS;

    /// Puts a text together from its parts, which must fit.
    pub(crate) const fn new(mut parts: &[&[u8]]) -> Self {
        let mut room = [[0; 16]; VECTORS];
        let mut length = 0;
        while let [part, others @ ..] = parts {
            let (_, free) = room.as_flattened_mut().split_at_mut(length);
            let (place, _) = free.split_at_mut(part.len());
            place.copy_from_slice(part);
            length += part.len();
            parts = others;
        }
        Label { room, length }
    }

    /// The text, and what there is behind it.
    #[inline(always)]
    pub(crate) fn vectors(&self) -> &[[u8; 16]; VECTORS] {
        &self.room
    }

    #[inline(always)]
    pub(crate) fn length(&self) -> usize {
        self.length
    }
}
