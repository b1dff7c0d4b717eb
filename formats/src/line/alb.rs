//! AWS application load balancers.
//!
//! Their documentation:
//! `docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-access-logs.html`

use crate::bytes::block::find_apart;

use super::columns::ALB;
use super::elb;
use super::error::Problem;
use super::reader::{Reader, split_token};

/// The number of columns from the type to the user agent, which are read one by one.
const FIRST: usize = 16;

pub(super) fn read(reader: &mut Reader<'_, '_>) -> Result<(), Problem> {
    let kind = reader.token();
    if !is_type(reader.text(kind)) {
        return Err(Problem::NoType);
    }
    reader.keep(kind);
    elb::read_until_request(reader)?;
    // Behind the user agent, two columns and a space come before the next quote.
    reader.keep_quoted(false, |_, after| {
        let after = after.get(1..).unwrap_or_default();
        match find_apart(after, b'"') {
            Some(quote) => {
                let unquoted = after.get(..quote).unwrap_or_default();
                unquoted.iter().filter(|&&byte| byte == b' ').count() >= 2
            }
            None => true,
        }
    });
    // Some of these are quoted and some are not, and the documentation and the logs have disagreed
    // on which.
    for _ in FIRST..ALB.len() - 1 {
        if reader.rest().is_empty() {
            break;
        }
        reader.keep_quoted(false, |_, _| true);
    }
    Ok(())
}

/// Whether a record looks like a line of this format, by its type and time.
pub(super) fn is_line(text: &[u8]) -> bool {
    let (kind, rest) = split_token(text);
    is_type(kind) && elb::is_time(rest)
}

fn is_type(text: &[u8]) -> bool {
    matches!(text, b"http" | b"https" | b"h2" | b"grpcs" | b"ws" | b"wss")
}
