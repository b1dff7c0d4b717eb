//! Copies of short texts, in pieces of a size that is one instruction.

/// From this length on, in bytes, a call to the engine costs about the same as copying in pieces.
const LONGEST_IN_PIECES: usize = 512;

/// Copies a text to the start of a longer room, and returns its length.
///
/// The last two pieces overlap where the length is no multiple of a piece, which saves a search for
/// smaller ones that fit.
#[inline(never)]
pub(super) fn copy(text: &[u8], room: &mut [u8]) -> usize {
    let Some((room, _)) = room.split_at_mut_checked(text.len()) else {
        return 0;
    };
    match text.len() {
        0 => {}
        1 => copy_ends::<1>(text, room),
        2..4 => copy_ends::<2>(text, room),
        4..8 => copy_ends::<4>(text, room),
        8..16 => copy_ends::<8>(text, room),
        16..32 => copy_ends::<16>(text, room),
        32..64 => copy_wide_ends(text, room),
        64..LONGEST_IN_PIECES => {
            let (blocks, _) = text.as_chunks::<64>();
            let (rooms, _) = room.as_chunks_mut::<64>();
            for (block, room) in blocks.iter().zip(rooms) {
                copy_wide_ends(block, room);
            }
            if let (Some(block), Some(room)) =
                (text.last_chunk::<64>(), room.last_chunk_mut::<64>())
            {
                copy_wide_ends(block, room);
            }
        }
        _ => room.copy_from_slice(text),
    }
    text.len()
}

/// Copies the first and the last `N` bytes. `N` should be 1, 2, 4, 8 or 16.
#[inline(always)]
fn copy_ends<const N: usize>(text: &[u8], room: &mut [u8]) {
    if let (Some(bytes), Some(room)) = (text.first_chunk::<N>(), room.first_chunk_mut()) {
        *room = *bytes;
    }
    if let (Some(bytes), Some(room)) = (text.last_chunk::<N>(), room.last_chunk_mut()) {
        *room = *bytes;
    }
}

/// Copies the first and the last 32 bytes of a text that has at least 32.
#[inline(always)]
fn copy_wide_ends(text: &[u8], room: &mut [u8]) {
    if let (Some((first, _)), Some((room, _))) =
        (text.split_at_checked(32), room.split_at_mut_checked(32))
    {
        copy_ends::<16>(first, room);
    }
    let before = text.len().saturating_sub(32);
    if let (Some(last), Some(room)) = (text.get(before..), room.get_mut(before..)) {
        copy_ends::<16>(last, room);
    }
}
