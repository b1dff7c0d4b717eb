//! `sessionize sessions`: one row per session, of files or, for ever, of a topic.

#[cfg(feature = "cluster")]
mod of_topic;
#[cfg(not(feature = "cluster"))]
#[path = "sessions/no_topic.rs"]
mod of_topic;

use std::path::PathBuf;
use std::process::ExitCode;

use clap::ValueEnum;
use sessionize_answers::write::RowFormat;
use sessionize_answers::{SessionsOptions, SessionsReport};
use sessionize_pipeline::error::Error;
use sessionize_pipeline::exit::{INTERRUPTED, SUCCESS, with_error};
use sessionize_pipeline::{Destination, Input, stop_on_signal};

use crate::arguments::{name_and_value, output};

#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    /// Sessionized events: files that `sessionize run` or `fluvio consume` wrote, plain or
    /// compressed (gzip, zstd, bzip2, xz), and folders of such files; `-` is the standard input
    #[arg(
        value_name = "FILE",
        required_unless_present = "from",
        conflicts_with = "from"
    )]
    files: Vec<PathBuf>,

    /// Parameter with which the events were sessionized; `gap`, `ttl`, `lateness` and `prefix`
    /// count; may be given several times; a topic with the module has its own
    #[arg(short = 'e', long = "params", value_name = "NAME=VALUE", value_parser = name_and_value)]
    parameters: Vec<(String, String)>,

    /// Where to write the rows: .ndjson, .csv or .parquet; the first two are compressed if .gz or
    /// .zst follows [default: `-`, the standard output]
    #[arg(short, long, value_name = "FILE", conflicts_with = "from")]
    output: Option<PathBuf>,

    /// Form of the rows [default: that of the output's name, or else ndjson]
    #[arg(short, long, value_enum, value_name = "FORM", conflicts_with = "from")]
    format: Option<FormatArgument>,

    /// Show neither progress nor summary, and log only what goes wrong
    #[arg(short, long)]
    quiet: bool,

    #[command(flatten)]
    topic: of_topic::Arguments,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum FormatArgument {
    /// JSON objects, one per line
    Ndjson,
    /// Comma-separated values
    Csv,
    /// Comma-separated values, with an apostrophe in front of texts that a spreadsheet would take
    /// for formulas
    Spreadsheet,
    /// Parquet
    Parquet,
}

impl From<FormatArgument> for RowFormat {
    fn from(argument: FormatArgument) -> Self {
        match argument {
            FormatArgument::Ndjson => Self::Ndjson,
            FormatArgument::Csv => Self::Csv,
            FormatArgument::Spreadsheet => Self::Spreadsheet,
            FormatArgument::Parquet => Self::Parquet,
        }
    }
}

pub(crate) fn sessions(arguments: Arguments) -> Result<ExitCode, Error> {
    if let Some(from) = &arguments.topic.from {
        let Arguments {
            parameters, quiet, ..
        } = &arguments;
        return of_topic::run(from, &arguments.topic, parameters, *quiet);
    }
    let output = output(arguments.output.as_deref());
    let of_name = match &output {
        Destination::File(path) => RowFormat::of(path),
        Destination::Stdout => Some(RowFormat::Ndjson),
    };
    let format = arguments.format.map(RowFormat::from).or(of_name);
    let options = SessionsOptions {
        inputs: arguments
            .files
            .iter()
            .map(|file| Input::from_argument(file))
            .collect(),
        parameters: arguments.parameters,
        format: format.ok_or_else(|| {
            Error::usage(
                "the name of the output must end in .ndjson, .csv or .parquet, unless --format is \
                 given",
            )
        })?,
        output,
        quiet: arguments.quiet,
    };
    let SessionsReport {
        tally,
        stopped,
        failures,
        remarks,
    } = sessionize_answers::sessions(&options, stop_on_signal()?.as_ref())?;
    if !arguments.quiet {
        for remark in &remarks {
            eprintln!("sessionize: note: {remark}");
        }
        eprintln!("{tally}");
    }
    // The worst of them decides.
    let code = failures.iter().map(with_error).max().unwrap_or(SUCCESS);
    Ok(if stopped { INTERRUPTED } else { code }.into())
}
