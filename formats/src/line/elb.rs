//! AWS classic load balancers.
//!
//! <https://docs.aws.amazon.com/elasticloadbalancing/latest/classic/access-log-collection.html>

use crate::address;

use super::error::Problem;
use super::reader::Reader;

pub(super) fn read(reader: &mut Reader<'_, '_>) -> Result<(), Problem> {
    read_until_request(reader)?;
    // The client chooses the user agent, and it is not escaped. The columns after it hold no
    // quotes, so the last quote is its end.
    reader.keep_quoted(false, |_, after| !after.contains(&b'"'));
    reader.keep_token();
    reader.keep_token();
    Ok(())
}

/// Reads the columns with which the lines of both load balancers begin, from the time to the
/// request.
#[inline]
pub(super) fn read_until_request(reader: &mut Reader<'_, '_>) -> Result<(), Problem> {
    if !is_time(reader.rest()) {
        return Err(Problem::NoTimestamp);
    }
    reader.keep_token();
    reader.keep_token();
    let client = reader.token();
    match reader.text(client) {
        [] => return Err(Problem::NoIp),
        [b'-'] => {
            reader.keep(client);
            reader.keep(client);
        }
        _ => {
            let ip = reader.keep_address(client);
            // Without this, any line that starts with a time would be an event.
            address::parse(reader.text(ip)).ok_or(Problem::NotAnAddress)?;
            if ip.end == client.end && reader.rest().is_empty() {
                return Err(Problem::IpCutOff);
            }
        }
    }
    let backend = reader.token();
    reader.keep_address(backend);
    for _ in 0..7 {
        reader.keep_token();
    }
    reader.keep_quoted(false, |request, _| is_request(request));
    Ok(())
}

/// Whether a text starts with something of the shape of a log's time.
pub(super) fn is_time(text: &[u8]) -> bool {
    matches!(
        text,
        [
            b'0'..=b'9',
            _,
            _,
            _,
            b'-',
            _,
            _,
            b'-',
            _,
            _,
            b'T',
            _,
            _,
            b':',
            _,
            _,
            b':',
            ..
        ]
    )
}

/// Whether a text is a whole request: it ends with the protocol, or with what stands for a missing
/// one (`- - - `). A request holds whatever the client sent, quotes and spaces included, but only
/// its end is followed by a quote in this way.
pub(super) fn is_request(text: &[u8]) -> bool {
    matches!(
        text,
        [
            ..,
            b'H',
            b'T',
            b'T',
            b'P',
            b'/',
            b'0'..=b'9',
            b'.',
            b'0'..=b'9'
        ] | [.., b'H', b'T', b'T', b'P', b'/', b'0'..=b'9']
            | [.., b'-', b' ']
    )
}
