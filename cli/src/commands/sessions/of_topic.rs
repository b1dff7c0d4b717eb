//! `sessionize sessions --from TOPIC`.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;

use sessionize_cluster::sessions::{
    SessionsFigures, SessionsOptions, SessionsReport, SessionsTarget, write_sessions,
};
use sessionize_cluster::{log, metrics};
use sessionize_pipeline::error::Error;
use sessionize_pipeline::exit::INTERRUPTED;
use sessionize_pipeline::stop_on_signal;

use crate::commands::restore::LogArgument;

#[derive(Debug, clap::Args)]
#[command(next_help_heading = "Sessions of a topic, for ever")]
pub(super) struct Arguments {
    /// Sessionized topic whose sessions are written as they end
    #[arg(long, value_name = "TOPIC", requires = "target")]
    pub(super) from: Option<String>,

    /// Folder for Parquet files, one folder per day
    #[arg(
        long,
        value_name = "FOLDER",
        group = "target",
        requires = "from",
        conflicts_with = "files"
    )]
    to: Option<PathBuf>,

    /// Topic that gets a JSON record for each session
    #[arg(
        long,
        value_name = "TOPIC",
        group = "target",
        requires = "from",
        conflicts_with = "files"
    )]
    to_topic: Option<String>,

    /// Write a row for each event, and not for each session
    #[arg(long, requires = "to", conflicts_with = "to_topic")]
    events: bool,

    /// How long rows wait for others before they become a file
    #[arg(long, value_name = "DURATION", default_value = "5m", value_parser = humantime::parse_duration)]
    every: Duration,

    /// End once all that the topic has is read
    #[arg(long, requires = "from")]
    once: bool,

    /// Profile of Fluvio's configuration [default: the current one]
    #[arg(long, value_name = "NAME", requires = "from")]
    profile: Option<String>,

    /// Serve figures for Prometheus under http://ADDRESS/metrics
    #[arg(long, value_name = "ADDRESS", requires = "from")]
    metrics: Option<SocketAddr>,

    /// Form of the log on the standard error
    #[arg(long, value_enum, value_name = "FORM", default_value = "text")]
    log: LogArgument,
}

pub(super) fn run(
    from: &str,
    arguments: &Arguments,
    parameters: &[(String, String)],
    quiet: bool,
) -> Result<ExitCode, Error> {
    let to = match (&arguments.to, &arguments.to_topic) {
        (Some(path), _) => SessionsTarget::Folder {
            path: path.clone(),
            is_of_events: arguments.events,
            every: arguments.every,
        },
        (None, Some(name)) => SessionsTarget::Topic(name.clone()),
        (None, None) => return Err(Error::usage("--from needs --to or --to-topic")),
    };
    let options = SessionsOptions {
        profile: arguments.profile.clone(),
        from: from.to_owned(),
        to,
        parameters: parameters.to_vec(),
        is_once: arguments.once,
    };
    let figures = SessionsFigures::default();
    let stop = stop_on_signal()?;
    let bar = sessionize_cluster::progress(!quiet);
    let level = if quiet { "warn" } else { "info" };
    log::start(arguments.log.into(), level, bar.clone())?;
    if let Some(address) = arguments.metrics {
        let figures = figures.clone();
        metrics::serve(address, move || figures.text())?;
    }
    let report = write_sessions(&options, &figures, &stop, &bar)?;
    if !quiet {
        eprint!("{}", summary(&report, &figures));
    }
    Ok(match report.stopped {
        true => INTERRUPTED.into(),
        false => ExitCode::SUCCESS,
    })
}

/// What was read and written, as text.
fn summary(report: &SessionsReport, figures: &SessionsFigures) -> String {
    let seconds = report.took.as_secs_f64();
    let events = figures.events.get();
    let stored = match (figures.files.get(), figures.batches.get()) {
        (files, 0) => format!("{files} files"),
        (_, batches) => format!("{batches} batches"),
    };
    format!(
        "events     {events} in {seconds:.2} s, {} events/s\n\
         invalid    {}, and {} that sessionize has not written\n\
         rows       {} in {stored}\n\
         failures   {} times begun anew, {} records lost by the topic\n",
        (events as f64 / seconds.max(0.001)) as u64,
        figures.invalid.get(),
        figures.foreign.get(),
        figures.rows.get(),
        figures.failures.get(),
        figures.lost.get(),
    )
}
