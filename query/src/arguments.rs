//! The arguments.

use std::path::PathBuf;

use clap::{Parser, Subcommand, ValueEnum};

use crate::questions;

/// Ask sessionized events
#[derive(Debug, Parser)]
#[command(name = "sessionize", version, max_term_width = 100)]
pub(crate) struct Program {
    #[command(subcommand)]
    pub(crate) command: Command,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Answer a question about sessionized events, in SQL
    ///
    /// The tables are `sessions`, one row per session; `events`, one row per event with all its
    /// fields; and `raw`, the events as they are, invalid records included. `COPY (SELECT …) TO
    /// 'FILE'` works, too.
    #[command(after_help = questions::list())]
    Query(QueryArguments),
    /// Write a page with charts about sessionized events
    ///
    /// It needs no network and nothing beside it. Its figures are the answers to the questions that
    /// `sessionize query` knows by name.
    Report(ReportArguments),
}

#[derive(Debug, clap::Args)]
pub(crate) struct QueryArguments {
    /// The question in SQL, or the name of one of those below
    #[arg(value_name = "SQL")]
    pub(crate) sql: String,

    #[command(flatten)]
    pub(crate) inputs: Inputs,

    /// Where to write the answer: .csv, .ndjson or .parquet [default: `-`, the standard output]
    #[arg(short, long, value_name = "FILE")]
    pub(crate) output: Option<PathBuf>,

    /// Form of the answer [default: that of the output's name, or else table]
    #[arg(short, long, value_enum, value_name = "FORM")]
    pub(crate) format: Option<Form>,
}

#[derive(Debug, clap::Args)]
pub(crate) struct ReportArguments {
    #[command(flatten)]
    pub(crate) inputs: Inputs,

    /// Where to write the page; `-` is the standard output
    #[arg(short, long, value_name = "FILE")]
    pub(crate) output: PathBuf,

    /// Title of the page
    #[arg(long, default_value = "Sessions")]
    pub(crate) title: String,

    /// Write the page again whenever a file has grown, until Ctrl-C
    #[arg(long)]
    pub(crate) follow: bool,
}

#[derive(Debug, clap::Args)]
pub(crate) struct Inputs {
    /// Sessionized events as NDJSON, plain or compressed (gzip, zstd, bzip2, xz), and folders of
    /// such files, `-` for the standard input; or Parquet: events, or what `sessionize sessions`
    /// wrote
    #[arg(value_name = "FILE", required = true)]
    pub(crate) files: Vec<PathBuf>,

    /// Parameter with which the events were sessionized; `gap`, `ttl`, `lateness` and `prefix`
    /// count; may be given several times
    #[arg(short = 'e', long = "params", value_name = "NAME=VALUE", value_parser = name_and_value)]
    pub(crate) parameters: Vec<(String, String)>,

    /// About how much memory answers take; what does not fit is on disk meanwhile, in TMPDIR
    #[arg(long, value_name = "MIB", default_value = "1024",
        value_parser = clap::value_parser!(u32).range(64..))]
    pub(crate) memory: u32,

    /// Show neither progress nor remarks
    #[arg(short, long)]
    pub(crate) quiet: bool,
}

/// The form of an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Form {
    /// For people
    Table,
    /// Comma-separated values
    Csv,
    /// JSON objects, one per line
    Ndjson,
    /// Parquet
    Parquet,
}

fn name_and_value(argument: &str) -> Result<(String, String), String> {
    argument
        .split_once('=')
        .map(|(name, value)| (name.into(), value.into()))
        .ok_or_else(|| String::from("must be of the form NAME=VALUE"))
}
