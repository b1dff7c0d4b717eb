//! `sessionize doctor`: say how a topic is, and what a crash of its broker would do.

use std::io::{self, Write};
use std::process::ExitCode;
use std::time::Duration;

use sessionize_cli::millis;
use sessionize_cluster::doctor::{DoctorOptions, DoctorReport, Level, doctor};
use sessionize_cluster::log::{self, LogFormat};
use sessionize_pipeline::error::Error;
use sessionize_pipeline::exit::{INTERRUPTED, WARNED};
use sessionize_pipeline::stop_on_signal;

use crate::arguments::size;

#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    /// Topic whose transform is the module
    #[arg(long, value_name = "NAME")]
    topic: String,

    /// Profile of Fluvio's configuration [default: the current one]
    #[arg(long, value_name = "NAME")]
    profile: Option<String>,

    /// Read each partition back no further than this in event time [default: `ttl` + `lateness`]
    #[arg(long, value_name = "DURATION", value_parser = humantime::parse_duration)]
    within: Option<Duration>,

    /// Read no more than this of each partition
    #[arg(long, value_name = "SIZE", default_value = "1GiB", value_parser = size)]
    limit: u64,

    /// How long to try again where a partition can't be reached
    #[arg(long, value_name = "DURATION", default_value = "10s", value_parser = humantime::parse_duration)]
    timeout: Duration,

    /// Write a JSON object, for programs
    #[arg(long)]
    json: bool,

    /// Show no progress
    #[arg(short, long)]
    quiet: bool,
}

pub(crate) fn run(arguments: &Arguments) -> Result<ExitCode, Error> {
    let options = DoctorOptions {
        profile: arguments.profile.clone(),
        topic: arguments.topic.clone(),
        within: arguments.within.map(millis),
        limit: arguments.limit,
        timeout: arguments.timeout,
    };
    let stop = stop_on_signal()?;
    let bar = sessionize_cluster::progress(!arguments.quiet);
    log::start(LogFormat::Text, "warn", bar.clone())?;
    let report = doctor(&options, &bar, &stop)?;
    if report.stopped {
        return Ok(INTERRUPTED.into());
    }
    let text = match arguments.json {
        true => report.to_json() + "\n",
        false => report.to_string(),
    };
    io::stdout()
        .write_all(text.as_bytes())
        .map_err(|error| Error::writing("the standard output", &error))?;
    for failed in &report.failed {
        eprintln!(
            "sessionize: partition {}: {}",
            failed.partition, failed.reason
        );
    }
    Ok(code(&report))
}

fn code(report: &DoctorReport) -> ExitCode {
    let is_warned = report
        .findings
        .iter()
        .any(|finding| finding.level == Level::Warning);
    match (report.failed.is_empty(), is_warned) {
        (false, _) => ExitCode::FAILURE,
        (true, true) => WARNED.into(),
        (true, false) => ExitCode::SUCCESS,
    }
}
