//! `sessionize generate`: write an access log.

use std::path::PathBuf;
use std::process::ExitCode;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use clap::ValueEnum;
use sessionize_cli::millis;
use sessionize_generate::{Log, LogFormat, LogOptions};
use sessionize_pipeline::error::Error;

use crate::arguments::output;

/// How much is collected before it is written, in bytes.
const CHUNK: usize = 256 << 10;

#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    /// Seed of the random numbers; another seed gives another log
    #[arg(long, default_value_t = LogOptions::default().seed)]
    seed: u64,

    /// Number of lines
    #[arg(long, value_name = "N", default_value_t = LogOptions::default().events)]
    events: u64,

    /// Number of visitors to draw from; a few of them make most of the traffic
    #[arg(long, value_name = "N", default_value_t = LogOptions::default().ips,
        value_parser = clap::value_parser!(u32).range(1..=1_000_000_000))]
    ips: u32,

    /// Format of the lines
    #[arg(long, value_enum, default_value = "json")]
    format: FormatArgument,

    /// How late a line may come, behind lines of later events
    #[arg(long, value_name = "DURATION", default_value = "0s",
        value_parser = humantime::parse_duration)]
    disorder: Duration,

    /// Time of the first event
    #[arg(long, value_name = "TIME", default_value = "2025-03-03T00:00:00Z",
        value_parser = humantime::parse_rfc3339_weak)]
    start: SystemTime,

    /// Time from the first event to the last, roughly
    #[arg(long, value_name = "DURATION", default_value = "1d",
        value_parser = humantime::parse_duration)]
    span: Duration,

    /// Where to write; compressed if the name ends in .gz [default: `-`, the standard output]
    #[arg(short, long, value_name = "FILE")]
    output: Option<PathBuf>,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum FormatArgument {
    /// One JSON object per line, about 280 bytes
    Json,
    /// AWS classic load balancer
    Elb,
    /// AWS application load balancer
    Alb,
    /// Apache and nginx combined log
    Combined,
    /// Apache common log
    Common,
}

impl From<FormatArgument> for LogFormat {
    fn from(argument: FormatArgument) -> Self {
        match argument {
            FormatArgument::Json => Self::Json,
            FormatArgument::Elb => Self::Elb,
            FormatArgument::Alb => Self::Alb,
            FormatArgument::Combined => Self::Combined,
            FormatArgument::Common => Self::Common,
        }
    }
}

pub(crate) fn generate(arguments: &Arguments) -> Result<ExitCode, Error> {
    let start = arguments
        .start
        .duration_since(UNIX_EPOCH)
        .map_err(|_| Error::usage("--start must not be before 1970"))?;
    let options = LogOptions {
        seed: arguments.seed,
        events: arguments.events,
        ips: arguments.ips,
        format: arguments.format.into(),
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
