//! `sessionize query` and `sessionize report`: they are in a program of their own, which this one
//! starts.
//!
//! The SQL engine takes as long to build as everything else together, and is twice as large.

use std::ffi::OsString;
use std::io;
use std::os::unix::process::CommandExt;
use std::path::PathBuf;
use std::process::{Command, ExitCode};

use sessionize_pipeline::error::{Error, plain};

/// The name of the other program.
const PROGRAM: &str = "sessionize-query";

#[derive(Debug, clap::Args)]
#[command(disable_help_flag = true)]
pub(crate) struct Arguments {
    /// Arguments of the command; `--help` lists them
    #[arg(
        trailing_var_arg = true,
        allow_hyphen_values = true,
        value_name = "ARGUMENT"
    )]
    arguments: Vec<OsString>,
}

/// Becomes the other program: the one beside this program, or else the one on the PATH.
pub(crate) fn start(command: &str, arguments: Arguments) -> Result<ExitCode, Error> {
    let beside = beside();
    let program = match &beside {
        Some(path) if path.is_file() => path.clone(),
        _ => PathBuf::from(PROGRAM),
    };
    let mut process = Command::new(program);
    let error = process.arg(command).args(arguments.arguments).exec();
    Err(match error.kind() {
        io::ErrorKind::NotFound => Error::usage(format!(
            "`sessionize {command}` needs the program {PROGRAM}, which is neither {} nor on the \
             PATH: `make query` builds it",
            match beside {
                Some(path) => format!("at {}", path.display()),
                None => "beside this one".into(),
            }
        )),
        _ => Error::failure(format!("cannot start {PROGRAM}: {}", plain(&error))),
    })
}

/// Where the other program is if it is beside this one.
fn beside() -> Option<PathBuf> {
    Some(std::env::current_exe().ok()?.with_file_name(PROGRAM))
}
