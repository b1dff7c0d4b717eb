//! Stands in for `sessionize check` where the program is built without the engine.

use std::ffi::OsString;
use std::process::ExitCode;

use sessionize_pipeline::error::Error;

#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    /// Not looked at: this program was built without Fluvio's engine, which starts the module
    #[arg(trailing_var_arg = true, allow_hyphen_values = true, hide = true)]
    _ignored: Vec<OsString>,
}

pub(crate) fn check(_arguments: Arguments) -> Result<ExitCode, Error> {
    Err(Error::no_engine("check"))
}
