//! The module's parameters, as the engine hands them over.

use super::cursor::Cursor;
use super::damaged::Damaged;

/// The first engine version whose parameters end with the bounds of the look-back.
const FIRST_WITH_LOOK_BACK: i16 = 20;
/// The first engine version whose look-back may be bounded by age.
const FIRST_WITH_AGE: i16 = 21;

/// Reads all names and values. Fluvio's own type can only look up names, so an unknown name would
/// go unnoticed.
pub(crate) fn parameters(bytes: &[u8], version: i16) -> Result<Vec<(&str, &str)>, Damaged> {
    let mut pairs = Vec::new();
    read(&mut Cursor::new(bytes), version, |name, value| {
        pairs.push((name, value));
    })
    .ok_or(Damaged::Envelope)?;
    Ok(pairs)
}

/// Skips parameters.
pub(super) fn skip(cursor: &mut Cursor<'_>, version: i16) -> Option<()> {
    read(cursor, version, |_, _| ())
}

fn read<'a>(
    cursor: &mut Cursor<'a>,
    version: i16,
    mut pair: impl FnMut(&'a str, &'a str),
) -> Option<()> {
    for _ in 0..cursor.u16()? {
        pair(text(cursor)?, text(cursor)?);
    }
    if version >= FIRST_WITH_LOOK_BACK && cursor.bool()? {
        cursor.bytes(size_of::<u64>())?;
        if version >= FIRST_WITH_AGE && cursor.bool()? {
            cursor.bytes(size_of::<u64>() + size_of::<u32>())?;
        }
    }
    Some(())
}

/// A text after its length; a negative length counts as 0, as in Fluvio's decoder.
fn text<'a>(cursor: &mut Cursor<'a>) -> Option<&'a str> {
    let length = usize::try_from(cursor.i16()?).unwrap_or(0);
    std::str::from_utf8(cursor.bytes(length)?).ok()
}
