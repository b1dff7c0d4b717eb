//! `sessionize run`: sessionize files without a cluster.

use std::num::NonZero;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::ValueEnum;
use sessionize_pipeline::error::Error;
use sessionize_pipeline::exit::{INTERRUPTED, SUCCESS, with_error};
use sessionize_pipeline::{Destination, Input, Order, RunOptions, stop_on_signal};

use crate::arguments::{name_and_value, output, size};
use crate::module::module;

#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    /// Files to read, plain or compressed (gzip, zstd, bzip2, xz), and folders of such files; `-`
    /// is the standard input
    #[arg(value_name = "FILE", required = true)]
    files: Vec<PathBuf>,

    /// Parameter of the session rule, such as `-e gap=15m`; may be given several times
    #[arg(short = 'e', long = "params", value_name = "NAME=VALUE", value_parser = name_and_value)]
    parameters: Vec<(String, String)>,

    /// Run the compiled module in Fluvio's engine, as a broker does; the events are the same, and
    /// it takes more time
    #[arg(long)]
    engine: bool,

    /// The compiled module for --engine [default: the one in this program]
    #[arg(long, value_name = "FILE", requires = "engine")]
    wasm_file: Option<PathBuf>,

    /// Where to write the events, one per line; compressed if the name ends in .gz or .zst
    /// [default: `-`, the standard output]
    #[arg(short, long, value_name = "FILE")]
    output: Option<PathBuf>,

    /// How to put events in order of time
    #[arg(long, value_enum, default_value = "watermark")]
    order: OrderArgument,

    /// About how much memory --order full takes for sorting; what does not fit into a part of it is
    /// sorted in the temporary folder, TMPDIR
    #[arg(long, value_name = "SIZE", default_value = "512MiB", value_parser = size)]
    sort_memory: u64,

    /// Processors, each with its own part of the visitors, as on a topic with so many partitions
    /// [default: 1]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=256))]
    partitions: Option<u16>,

    /// Threads that share the work; the output does not depend on them. The engine has one for each
    /// partition [default: those of --partitions, or else the cores that there are]
    #[arg(long, value_name = "N", conflicts_with = "engine",
        value_parser = clap::value_parser!(u16).range(1..=256))]
    threads: Option<u16>,

    /// Most events that are handed to a processor at once
    #[arg(long, value_name = "N", default_value = "1000",
        value_parser = clap::value_parser!(u32).range(1..=1_000_000))]
    batch: u32,

    /// Also write the summary as a JSON object; `-` is the standard output
    #[arg(long, value_name = "FILE")]
    summary: Option<PathBuf>,

    /// Show neither progress nor summary
    #[arg(short, long)]
    quiet: bool,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum OrderArgument {
    /// Hold events back by `lateness`, and release them in order of time
    Watermark,
    /// Sort the whole input first, on disk where it does not fit into memory
    Full,
    /// Leave them as they come
    None,
}

impl From<OrderArgument> for Order {
    fn from(argument: OrderArgument) -> Self {
        match argument {
            OrderArgument::Watermark => Self::Watermark,
            OrderArgument::Full => Self::Full,
            OrderArgument::None => Self::None,
        }
    }
}

pub(crate) fn run(arguments: Arguments) -> Result<ExitCode, Error> {
    if arguments.engine && cfg!(not(feature = "engine")) {
        return Err(Error::no_engine("--engine"));
    }
    let wasm = arguments
        .engine
        .then(|| module(arguments.wasm_file.as_deref()))
        .transpose()?;
    let output = output(arguments.output.as_deref());
    let summary = arguments.summary.as_deref();
    let summary = summary.map(Destination::from_argument);
    if output == Destination::Stdout && summary == Some(Destination::Stdout) {
        return Err(Error::usage(
            "--summary - needs --output: the events go to the standard output",
        ));
    }
    let inputs = arguments.files.iter();
    let options = RunOptions {
        inputs: inputs.map(|file| Input::from_argument(file)).collect(),
        wasm,
        parameters: arguments.parameters,
        output,
        is_counted: !arguments.quiet || summary.is_some(),
        summary,
        partitions: arguments.partitions.unwrap_or(1).into(),
        threads: match arguments.threads.or(arguments.partitions) {
            Some(threads) => threads.into(),
            None => std::thread::available_parallelism().map_or(1, NonZero::get),
        },
        batch: arguments.batch as usize,
        order: arguments.order.into(),
        sort_memory: arguments.sort_memory,
        quiet: arguments.quiet,
    };
    let report = sessionize_pipeline::run(&options, stop_on_signal()?.as_ref())?;
    if !arguments.quiet {
        for remark in &report.remarks {
            eprintln!("sessionize: note: {remark}");
        }
        if let Some(summary) = &report.summary {
            eprintln!("{summary}");
        }
    }
    // The worst of them decides.
    let codes = report.failures.iter().map(with_error);
    let code = codes.max().unwrap_or(SUCCESS);
    Ok(if report.stopped { INTERRUPTED } else { code }.into())
}
