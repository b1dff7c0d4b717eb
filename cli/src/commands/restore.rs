//! `sessionize restore`: tell a topic's module its sessions after a restart.

use std::net::SocketAddr;
use std::process::ExitCode;
use std::time::Duration;

use clap::ValueEnum;
use sessionize_cli::millis;
use sessionize_cluster::figures::Figures;
use sessionize_cluster::log::{self, LogFormat};
use sessionize_cluster::{RestoreOptions, RestoreReport, metrics};
use sessionize_pipeline::error::Error;
use sessionize_pipeline::exit::INTERRUPTED;
use sessionize_pipeline::stop_on_signal;

#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    /// Topic whose transform is the module, with the parameter `restore`
    #[arg(long, value_name = "NAME")]
    topic: String,

    /// Profile of Fluvio's configuration [default: the current one]
    #[arg(long, value_name = "NAME")]
    profile: Option<String>,

    /// Stay, ask each partition once a second whether it was told, and tell it whenever it was not
    #[arg(long)]
    watch: bool,

    /// Tell partitions that were told before, too
    #[arg(long)]
    force: bool,

    /// Read back no further than this in event time [default: twice `ttl` + `lateness`]
    #[arg(long, value_name = "DURATION", value_parser = humantime::parse_duration)]
    within: Option<Duration>,

    /// How long to try again where a partition can't be reached
    #[arg(long, value_name = "DURATION", default_value = "60s", value_parser = humantime::parse_duration,
        conflicts_with = "watch")]
    timeout: Duration,

    /// Serve figures for Prometheus under http://ADDRESS/metrics
    #[arg(long, value_name = "ADDRESS", requires = "watch")]
    metrics: Option<SocketAddr>,

    /// Form of the log on the standard error
    #[arg(long, value_enum, value_name = "FORM", default_value = "text")]
    log: LogArgument,

    /// Show neither progress nor summary; with --watch, log only what goes wrong
    #[arg(short, long)]
    quiet: bool,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
pub(super) enum LogArgument {
    /// Lines for people
    Text,
    /// JSON objects, one per line
    Json,
}

impl From<LogArgument> for LogFormat {
    fn from(argument: LogArgument) -> Self {
        match argument {
            LogArgument::Text => Self::Text,
            LogArgument::Json => Self::Json,
        }
    }
}

pub(crate) fn restore(arguments: &Arguments) -> Result<ExitCode, Error> {
    let options = RestoreOptions {
        profile: arguments.profile.clone(),
        topic: arguments.topic.clone(),
        force: arguments.force,
        within: arguments.within.map(millis),
        timeout: arguments.timeout,
    };
    let figures = Figures::default();
    let stop = stop_on_signal()?;
    let bar = sessionize_cluster::progress(!arguments.watch && !arguments.quiet);
    let level = if arguments.watch && !arguments.quiet {
        "info"
    } else {
        "warn"
    };
    log::start(arguments.log.into(), level, bar.clone())?;
    if arguments.watch {
        if let Some(address) = arguments.metrics {
            let figures = figures.clone();
            metrics::serve(address, move || figures.text())?;
        }
        sessionize_cluster::watch(&options, &figures, &stop)?;
        return Ok(INTERRUPTED.into());
    }
    let report = sessionize_cluster::restore(&options, &figures, &bar, &stop)?;
    if report.stopped {
        return Ok(INTERRUPTED.into());
    }
    if !arguments.quiet {
        summarize(&report);
    }
    for (partition, failure) in &report.failed {
        eprintln!("sessionize: partition {partition}: {failure}");
    }
    Ok(if report.failed.is_empty() {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}

/// Says on the standard error what was told.
fn summarize(report: &RestoreReport) {
    let (told, before, failed) = (report.told.len(), report.told_before, report.failed.len());
    let sum = |figure: fn(&sessionize_cluster::telling::Told) -> u64| -> u64 {
        report.told.iter().map(figure).sum()
    };
    eprintln!(
        "partitions {}: {told} told in {:.2} s, {before} told before, {failed} not told\n\
         sessions   {}\n\
         records    {} read, {} passed over",
        told + before + failed,
        report.took.as_secs_f64(),
        sum(|told| told.sessions),
        sum(|told| told.read),
        sum(|told| told.passed_over),
    );
}
