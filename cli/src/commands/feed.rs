//! `sessionize feed`: feed a sessionized topic, in order and exactly once.

use std::collections::BTreeSet;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;

use clap::ValueEnum;
use sessionize_cluster::feed::{FeedFigures, FeedOptions, FeedOrigin, FeedReport, Start, feed};
use sessionize_cluster::{log, metrics};
use sessionize_pipeline::error::Error;
use sessionize_pipeline::exit::INTERRUPTED;
use sessionize_pipeline::stop_on_signal;

use super::restore::LogArgument;
use crate::arguments::size;

#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    /// Topic whose transform is the module
    #[arg(long, value_name = "TOPIC")]
    to: String,

    /// Raw topic to take events from
    #[arg(
        long,
        value_name = "TOPIC",
        required_unless_present = "files",
        conflicts_with = "files"
    )]
    from: Option<String>,

    /// Files to take events from, plain or compressed; `-` for the standard input
    #[arg(value_name = "FILE")]
    files: Vec<PathBuf>,

    /// Take only these partitions of the raw topic; others are for other feeders
    #[arg(
        long,
        value_name = "LIST",
        value_delimiter = ',',
        conflicts_with = "files"
    )]
    partitions: Vec<u32>,

    /// Go on with what is added to the files, and with the files that take their place
    #[arg(long, conflicts_with = "from")]
    follow: bool,

    /// End once all that the raw topic has is delivered
    #[arg(long, conflicts_with = "files")]
    once: bool,

    /// Whether each event carries where it came from: `on` for exactly once, `off` for at least
    /// once
    #[arg(long, value_enum, value_name = "ON|OFF", default_value = "on")]
    stamp: Switch,

    /// Where to begin if nothing was fed before
    #[arg(long, value_enum, value_name = "PLACE", default_value = "beginning")]
    start: StartArgument,

    /// How long a source must be silent before nobody waits for it
    #[arg(long, value_name = "DURATION", default_value = "10s", value_parser = humantime::parse_duration)]
    idle: Duration,

    /// Bytes of events from the first one that is not delivered to the last one that was read
    #[arg(long, value_name = "SIZE", default_value = "256MiB", value_parser = size)]
    window: u64,

    /// Bytes of a batch
    #[arg(long, value_name = "SIZE", default_value = "256KiB", value_parser = size)]
    batch_bytes: u64,

    /// Name of this feeder, if it feeds files [default: the name of this machine]
    #[arg(long, value_name = "NAME", conflicts_with = "from")]
    name: Option<String>,

    /// Profile of Fluvio's configuration [default: the current one]
    #[arg(long, value_name = "NAME")]
    profile: Option<String>,

    /// Serve figures for Prometheus under http://ADDRESS/metrics
    #[arg(long, value_name = "ADDRESS")]
    metrics: Option<SocketAddr>,

    /// Form of the log on the standard error
    #[arg(long, value_enum, value_name = "FORM", default_value = "text")]
    log: LogArgument,

    /// Show neither progress nor summary, and log only what goes wrong
    #[arg(short, long)]
    quiet: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Switch {
    /// Yes
    On,
    /// No
    Off,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum StartArgument {
    /// At the first event that is there
    Beginning,
    /// Behind the last event that is there
    End,
}

pub(crate) fn run(arguments: &Arguments) -> Result<ExitCode, Error> {
    let options = options(arguments)?;
    let figures = FeedFigures::default();
    let stop = stop_on_signal()?;
    let bar = sessionize_cluster::progress(!arguments.quiet);
    let level = if arguments.quiet { "warn" } else { "info" };
    log::start(arguments.log.into(), level, bar.clone())?;
    if let Some(address) = arguments.metrics {
        let figures = figures.clone();
        metrics::serve(address, move || figures.text())?;
    }
    let report = feed(&options, &figures, &stop, &bar)?;
    if !arguments.quiet {
        eprint!("{}", summary(&report));
    }
    for failure in &report.unreadable {
        eprintln!("sessionize: {failure}");
    }
    Ok(match (report.stopped, report.unreadable.is_empty()) {
        (true, _) => INTERRUPTED.into(),
        (false, true) => ExitCode::SUCCESS,
        (false, false) => ExitCode::FAILURE,
    })
}

fn options(arguments: &Arguments) -> Result<FeedOptions, Error> {
    let bytes = |size: u64| usize::try_from(size).unwrap_or(usize::MAX);
    let (window, batch) = (bytes(arguments.window), bytes(arguments.batch_bytes));
    if batch == 0 || batch > MOST_BATCH {
        return Err(Error::usage(format!(
            "--batch-bytes is {batch}, but must be from 1 to {MOST_BATCH}"
        )));
    }
    if window < batch {
        return Err(Error::usage(format!(
            "--window is {window} bytes, but must be at least --batch-bytes, which is {batch}"
        )));
    }
    let from = match &arguments.from {
        Some(name) => FeedOrigin::Topic {
            name: name.clone(),
            partitions: BTreeSet::from_iter(arguments.partitions.iter().copied())
                .into_iter()
                .collect(),
        },
        None => FeedOrigin::Files {
            paths: arguments.files.clone(),
            follow: arguments.follow,
        },
    };
    Ok(FeedOptions {
        profile: arguments.profile.clone(),
        to: arguments.to.clone(),
        from,
        is_stamped: arguments.stamp == Switch::On,
        name: arguments.name.clone().unwrap_or_else(machine),
        start: match arguments.start {
            StartArgument::Beginning => Start::Beginning,
            StartArgument::End => Start::End,
        },
        idle: arguments.idle,
        is_once: arguments.once,
        window,
        batch,
    })
}

/// The largest batch in bytes: what Fluvio takes is twice that, and the module makes events longer.
const MOST_BATCH: usize = 16 << 20;

/// The name of this machine.
fn machine() -> String {
    let name = std::fs::read_to_string("/proc/sys/kernel/hostname").unwrap_or_default();
    match name.trim() {
        "" => "files".into(),
        name => name.to_owned(),
    }
}

/// What became of it, as text.
fn summary(report: &FeedReport) -> String {
    let total: u64 = report.stored.iter().sum();
    let seconds = report.took.as_secs_f64();
    let share = |count: u64| 100.0 * count as f64 / total.max(1) as f64;
    let partitions: Vec<String> = (report.stored.iter().enumerate())
        .map(|(partition, &count)| format!("{partition}: {count} ({:.0} %)", share(count)))
        .collect();
    let keys: Vec<String> = (report.heaviest.iter())
        .map(|(key, share)| format!("{key} ({:.1} %)", 100.0 * share))
        .collect();
    format!(
        "stored     {total} records in {seconds:.2} s ({:.0} a second)\n\
         partitions {}\n\
         heaviest   {}\n\
         disorder   {} late, {} early, {} with a clock that is ahead\n\
         invalid    {}\n\
         failures   {} times begun anew, {} records lost by a source, {} stored twice\n",
        total as f64 / seconds.max(0.001),
        partitions.join(", "),
        keys.join(", "),
        report.late,
        report.early,
        report.ahead,
        report.invalid,
        report.failures,
        report.lost,
        report.doubled,
    )
}
