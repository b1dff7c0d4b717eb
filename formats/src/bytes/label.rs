//! Short texts that are written again and again: names of fields, with their quotes and colon.

/// A text in whole vectors of 16 bytes, at most three, so that copying it takes a few instructions.
#[derive(Clone, Copy, Debug)]
pub struct Label<const VECTORS: usize> {
    room: [[u8; 16]; VECTORS],
    length: u8,
}

impl<const VECTORS: usize> Label<VECTORS> {
    /// The most bytes that a label has.
    pub const ROOM: usize = 16 * VECTORS;

    /// Puts a text together from its parts, which must fit.
    pub const fn new(mut parts: &[&[u8]]) -> Self {
        let mut room = [[0; 16]; VECTORS];
        let mut length = 0;
        while let [part, others @ ..] = parts {
            let (_, free) = room.as_flattened_mut().split_at_mut(length);
            let (place, _) = free.split_at_mut(part.len());
            place.copy_from_slice(part);
            length += part.len();
            parts = others;
        }
        Label {
            room,
            length: length as u8,
        }
    }

    /// The length of the text, in bytes.
    #[inline(always)]
    pub(crate) fn length(&self) -> usize {
        self.length as usize
    }

    /// Copies the text, and the unused bytes after it.
    ///
    /// Vector by vector: of a loop, or of one copy of all of them, the compiler would make a call
    /// to the engine.
    #[inline(always)]
    pub(crate) fn copy_to(&self, room: &mut [[u8; 16]; VECTORS]) {
        if let (Some(from), Some(to)) = (self.room.first(), room.first_mut()) {
            *to = *from;
        }
        if let (Some(from), Some(to)) = (self.room.get(1), room.get_mut(1)) {
            *to = *from;
        }
        if let (Some(from), Some(to)) = (self.room.get(2), room.get_mut(2)) {
            *to = *from;
        }
    }
}
