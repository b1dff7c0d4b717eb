//! Stand-ins for the commands that the program was built without. They take any arguments, and say
//! which feature is missing.

use std::ffi::OsString;
use std::process::ExitCode;

use sessionize_pipeline::error::Error;

#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    /// Not looked at: this program was built without this command
    #[arg(trailing_var_arg = true, allow_hyphen_values = true, hide = true)]
    _ignored: Vec<OsString>,
}

#[cfg(not(feature = "engine"))]
pub(crate) mod check {
    pub(crate) use super::Arguments;
    use super::*;

    pub(crate) fn check(_arguments: Arguments) -> Result<ExitCode, Error> {
        Err(Error::no_engine("check"))
    }
}

#[cfg(not(feature = "cluster"))]
pub(crate) mod restore {
    pub(crate) use super::Arguments;
    use super::*;

    pub(crate) fn restore(_arguments: &Arguments) -> Result<ExitCode, Error> {
        Err(Error::no_client("restore"))
    }
}

#[cfg(not(feature = "cluster"))]
pub(crate) mod feed {
    pub(crate) use super::Arguments;
    use super::*;

    pub(crate) fn run(_arguments: &Arguments) -> Result<ExitCode, Error> {
        Err(Error::no_client("feed"))
    }
}

#[cfg(not(feature = "cluster"))]
pub(crate) mod doctor {
    pub(crate) use super::Arguments;
    use super::*;

    pub(crate) fn run(_arguments: &Arguments) -> Result<ExitCode, Error> {
        Err(Error::no_client("doctor"))
    }
}
