//! Stands in for `sessionize sessions --from TOPIC` where the program was built without Fluvio's
//! client.

use std::ffi::OsString;
use std::process::ExitCode;

use sessionize_pipeline::error::Error;

#[derive(Debug, clap::Args)]
pub(super) struct Arguments {
    /// Not looked at: this program was built without Fluvio's client
    #[arg(long, num_args = 1.., allow_hyphen_values = true, hide = true)]
    pub(super) from: Option<Vec<OsString>>,
}

pub(super) fn run(
    _from: &[OsString],
    _arguments: &Arguments,
    _parameters: &[(String, String)],
    _quiet: bool,
) -> Result<ExitCode, Error> {
    Err(Error::no_client("sessions --from"))
}
