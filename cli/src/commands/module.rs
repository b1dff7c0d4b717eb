//! `sessionize module`: write the compiled module.

use std::io::{IsTerminal, stdout};
use std::path::PathBuf;
use std::process::ExitCode;

use sessionize_pipeline::Destination;
use sessionize_pipeline::error::Error;

use crate::arguments::output;
use crate::module::module;

#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    /// Where to write the module [default: `-`, the standard output]
    #[arg(short, long, value_name = "FILE")]
    output: Option<PathBuf>,
}

pub(crate) fn write(arguments: &Arguments) -> Result<ExitCode, Error> {
    let output = output(arguments.output.as_deref());
    if output == Destination::Stdout && stdout().is_terminal() {
        return Err(Error::usage(
            "the module is not for a terminal: name a file with --output",
        ));
    }
    let module = module(None)?;
    let mut output = output.open()?.begin()?;
    output.write(&module.bytes)?;
    output.finish()?;
    Ok(ExitCode::SUCCESS)
}
