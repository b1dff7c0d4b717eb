//! The `sessionize` program.

use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering as Atomic};
use std::time::Duration;

use clap::{Parser, Subcommand};
use sessionize_cli::check::{Deployment, Remark};
use sessionize_core::parameters::DESCRIPTIONS;
use sessionize_generate::Log;
use sessionize_pipeline::Ordering;
use sessionize_pipeline::engine::{read_wasm, wasm_file};
use sessionize_pipeline::error::Error;
use sessionize_pipeline::input::Input;
use sessionize_pipeline::output::Destination;
use sessionize_pipeline::run::{self, run};

/// Exit code after Ctrl-C, as shells have it: 128 and the signal's number.
const INTERRUPTED: u8 = 130;

/// Tells each web event which visitor session it belongs to
#[derive(Debug, Parser)]
#[command(version, max_term_width = 100)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Sessionize log files, or the standard input, without a cluster
    #[command(after_help = module_parameters())]
    Run(RunArguments),
    /// Say whether the module will start with given parameters, as a broker would not
    #[command(after_help = module_parameters())]
    Check(CheckArguments),
    /// Write a realistic access log, the same one for the same seed
    Generate(GenerateArguments),
}

#[derive(Debug, clap::Args)]
struct RunArguments {
    /// Files to read, one after the other, plain or gzip; `-` is the standard input
    #[arg(value_name = "FILE", required = true)]
    files: Vec<PathBuf>,

    /// A parameter of the module, such as `-e gap=15m`; may be given several times
    #[arg(short = 'e', long = "params", value_name = "NAME=VALUE", value_parser = name_and_value)]
    parameters: Vec<(String, String)>,

    /// The compiled module [default: sessionize.wasm beside this program]
    #[arg(long, value_name = "FILE")]
    wasm_file: Option<PathBuf>,

    /// Where to write, one event per line; compressed if the name ends in .gz [default: `-`, the standard output]
    #[arg(short, long, value_name = "FILE")]
    output: Option<PathBuf>,

    /// How to put events in order of time
    #[arg(long, value_enum, default_value = "watermark")]
    order: Ordering,

    /// Memory for --order full; beyond it the sort goes on in the temporary directory
    #[arg(long, value_name = "SIZE", default_value = "512MiB", value_parser = size)]
    sort_memory: u64,

    /// Instances of the module, each on a thread of its own with its part of the keys
    #[arg(long, value_name = "N", default_value = "1", value_parser = clap::value_parser!(u16).range(1..=256))]
    partitions: u16,

    /// Records that are handed to the module at once
    #[arg(long, value_name = "N", default_value = "1000", value_parser = clap::value_parser!(u32).range(1..=1_000_000))]
    batch: u32,

    /// Also write the summary as a JSON object; `-` is the standard output
    #[arg(long, value_name = "FILE")]
    summary: Option<PathBuf>,

    /// Show neither progress nor summary
    #[arg(short, long)]
    quiet: bool,
}

#[derive(Debug, clap::Args)]
struct CheckArguments {
    /// A parameter of the module, such as `-e gap=15m`; may be given several times
    #[arg(short = 'e', long = "params", value_name = "NAME=VALUE", value_parser = name_and_value,
        conflicts_with_all = ["topic", "transforms"])]
    parameters: Vec<(String, String)>,

    /// The compiled module [default: sessionize.wasm beside this program]
    #[arg(long, value_name = "FILE")]
    wasm_file: Option<PathBuf>,

    /// A topic as `fluvio topic create --config` takes it, such as fluvio-topics.yaml
    #[arg(long, value_name = "FILE")]
    topic: Option<PathBuf>,

    /// Transforms as `fluvio consume --transforms-file` takes them, such as transforms.yaml
    #[arg(long, value_name = "FILE", alias = "transforms-file")]
    transforms: Option<PathBuf>,

    /// End with exit code 1 if there is a warning
    #[arg(long)]
    strict: bool,
}

#[derive(Debug, clap::Args)]
struct GenerateArguments {
    /// Another seed gives another log
    #[arg(long, default_value_t = sessionize_generate::Options::default().seed)]
    seed: u64,

    /// Number of lines
    #[arg(long, value_name = "N", default_value_t = sessionize_generate::Options::default().events)]
    events: u64,

    /// Visitors there are; a few make most of the traffic
    #[arg(long, value_name = "N", default_value_t = sessionize_generate::Options::default().ips, value_parser = clap::value_parser!(u32).range(1..=1_000_000_000))]
    ips: u32,

    /// Form of the lines
    #[arg(long, value_enum, default_value = "json")]
    format: sessionize_generate::Format,

    /// How far behind a later event a line may come
    #[arg(long, value_name = "DURATION", default_value = "0s", value_parser = humantime::parse_duration)]
    disorder: Duration,

    /// When the log begins
    #[arg(long, value_name = "TIME", default_value = "2025-03-03T00:00:00Z", value_parser = humantime::parse_rfc3339_weak)]
    start: std::time::SystemTime,

    /// The time that all events take together, roughly
    #[arg(long, value_name = "DURATION", default_value = "1d", value_parser = humantime::parse_duration)]
    span: Duration,

    /// Where to write; compressed if the name ends in .gz [default: `-`, the standard output]
    #[arg(short, long, value_name = "FILE")]
    output: Option<PathBuf>,
}

/// The module's parameters with their defaults, below the options.
fn module_parameters() -> String {
    let mut text = String::from("Parameters of the module, with their defaults:");
    for parameter in DESCRIPTIONS {
        let (name, default) = (parameter.name, parameter.default);
        text += &format!("\n  {name}={default}\n          {}", parameter.meaning);
    }
    text
}

fn main() -> ExitCode {
    let done = match Cli::parse().command {
        Command::Run(arguments) => sessionize(&arguments),
        Command::Check(arguments) => check(&arguments),
        Command::Generate(arguments) => generate(&arguments),
    };
    match done {
        Ok(code) => code,
        Err(error) => {
            if !error.is_quiet() {
                eprintln!("sessionize: {error}");
            }
            error.exit_code().into()
        }
    }
}

fn sessionize(arguments: &RunArguments) -> Result<ExitCode, Error> {
    let output = output(arguments.output.as_deref());
    let summary = arguments.summary.as_deref();
    let summary = summary.map(Destination::from_argument);
    if output == Destination::Stdout && summary == Some(Destination::Stdout) {
        return Err(Error::usage(
            "--summary - needs --output: the events go to the standard output",
        ));
    }
    let options = run::Options {
        inputs: arguments
            .files
            .iter()
            .map(|file| Input::from_argument(file))
            .collect(),
        wasm: read_wasm(arguments.wasm_file.as_deref())?,
        wasm_file: wasm_file(arguments.wasm_file.as_deref()),
        parameters: arguments.parameters.clone(),
        output,
        sums_up: !arguments.quiet || summary.is_some(),
        summary,
        partitions: arguments.partitions.into(),
        batch: arguments.batch,
        ordering: arguments.order,
        sort_memory: arguments.sort_memory,
        quiet: arguments.quiet,
    };
    let report = run(&options, stop_on_signal()?.as_ref())?;
    if let (Some(summary), false) = (&report.summary, arguments.quiet) {
        eprintln!("{summary}");
    }
    for failure in &report.failures {
        eprintln!("sessionize: {failure}");
    }
    Ok(if report.stopped {
        INTERRUPTED.into()
    } else if report.failures.is_empty() {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}

/// A flag that is set on Ctrl-C or a request to terminate. The second one ends the program at once.
fn stop_on_signal() -> Result<Arc<AtomicBool>, Error> {
    let stop = Arc::new(AtomicBool::new(false));
    let flag = stop.clone();
    ctrlc::set_handler(move || {
        if flag.swap(true, Atomic::Relaxed) {
            std::process::exit(INTERRUPTED.into());
        }
    })
    .map_err(|e| Error::failure(format!("cannot wait for signals: {e}")))?;
    Ok(stop)
}

fn check(arguments: &CheckArguments) -> Result<ExitCode, Error> {
    let mut deployments = Vec::new();
    if let Some(file) = &arguments.topic {
        deployments.push(Deployment::from_topic(file)?);
    }
    if let Some(file) = &arguments.transforms {
        deployments.extend(Deployment::from_transforms(file)?);
    }
    if deployments.is_empty() {
        deployments.push(Deployment {
            name: None,
            parameters: arguments.parameters.clone(),
            bounds: None,
            segment: None,
        });
    }
    let wasm = read_wasm(arguments.wasm_file.as_deref())?;
    let mut warned = false;
    for deployment in deployments {
        let remarks = deployment.check(&wasm)?;
        let lead = deployment
            .name
            .map_or_else(String::new, |name| format!("{name}: "));
        for remark in remarks {
            eprintln!("{lead}{remark}");
            warned |= matches!(remark, Remark::Warning(_));
        }
        println!("{lead}the module starts");
    }
    Ok(if warned && arguments.strict {
        ExitCode::FAILURE
    } else {
        ExitCode::SUCCESS
    })
}

fn generate(arguments: &GenerateArguments) -> Result<ExitCode, Error> {
    /// What is collected before it is written, in bytes.
    const CHUNK: usize = 256 << 10;
    let start = arguments
        .start
        .duration_since(std::time::UNIX_EPOCH)
        .map_err(|_| Error::usage("--start must not be before 1970"))?;
    let options = sessionize_generate::Options {
        seed: arguments.seed,
        events: arguments.events,
        ips: arguments.ips,
        format: arguments.format,
        start: millis(start),
        span: millis(arguments.span),
        disorder: millis(arguments.disorder),
    };
    let mut output = output(arguments.output.as_deref()).open()?.begin()?;
    let mut log = Log::new(&options);
    let mut lines = Vec::with_capacity(CHUNK + 4096);
    while log.write_next(&mut lines) {
        if lines.len() >= CHUNK {
            output.write(&lines)?;
            lines.clear();
        }
    }
    output.write(&lines)?;
    output.finish()?;
    Ok(ExitCode::SUCCESS)
}

/// Where `--output` leads, or its absence.
fn output(file: Option<&Path>) -> Destination {
    file.map_or(Destination::Stdout, Destination::from_argument)
}

fn millis(duration: Duration) -> i64 {
    i64::try_from(duration.as_millis()).unwrap_or(i64::MAX)
}

fn name_and_value(argument: &str) -> Result<(String, String), String> {
    argument
        .split_once('=')
        .map(|(name, value)| (name.into(), value.into()))
        .ok_or_else(|| String::from("must be of the form NAME=VALUE"))
}

fn size(argument: &str) -> Result<u64, String> {
    let digits = argument.trim_end_matches(|c: char| c.is_ascii_alphabetic());
    let unit = match argument.split_at(digits.len()).1 {
        "" | "B" => 0,
        "KiB" => 10,
        "MiB" => 20,
        "GiB" => 30,
        _ => return Err("must be a size such as `512MiB`, in B, KiB, MiB or GiB".into()),
    };
    digits
        .parse::<u64>()
        .ok()
        .and_then(|number| number.checked_mul(1 << unit))
        .ok_or_else(|| "must be a whole number of bytes, such as `512MiB`".into())
}
