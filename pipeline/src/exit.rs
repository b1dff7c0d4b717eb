//! How a program ends: its exit codes, and what it says of an error.

use crate::error::{Error, ErrorKind};

/// All went well.
pub const SUCCESS: u8 = 0;

/// Something went wrong on the way.
const FAILURE: u8 = 1;

/// Wrong arguments, parameters or configuration, as clap has it for arguments.
const USAGE: u8 = 2;

/// All went well, and there is something to warn of.
pub const WARNED: u8 = 3;

/// Ctrl-C, as shells have it: 128 and the signal's number.
pub const INTERRUPTED: u8 = 130;

/// Prints an error, and gives the exit code for it.
///
/// That the reader of the output has gone, as `head` does, is no failure of ours: nothing is said.
pub fn with_error(error: &Error) -> u8 {
    let code = match error.kind() {
        ErrorKind::OutputClosed => return SUCCESS,
        ErrorKind::Failure => FAILURE,
        ErrorKind::Usage => USAGE,
    };
    eprintln!("sessionize: {error}");
    code
}
