//! `sessionize report`: a page with charts.
//!
//! * [`answers`]: the answers to all questions, as text.
//! * [`layout`]: which of them have a chart, and of what.
//! * [`page`]: the page, and [`text`]: how values are shown on it.

mod answers;
mod layout;
mod page;
mod text;

use std::io::IsTerminal;
use std::path::Path;
use std::process::ExitCode;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use indicatif::{ProgressBar, ProgressStyle};
use sessionize_pipeline::Destination;
use sessionize_pipeline::error::Error;
use sessionize_pipeline::exit::INTERRUPTED;

use crate::arguments::ReportArguments;
use crate::engine::Engine;
use crate::questions::QUESTIONS;
use answers::Answer;

/// How often files are looked at that may have grown.
const STEP: Duration = Duration::from_secs(2);

/// Writes the page, again and again if it is to follow its files.
///
/// # Errors
///
/// When a question can't be answered, or the page can't be written.
pub(crate) fn report(arguments: &ReportArguments, stop: &AtomicBool) -> Result<ExitCode, Error> {
    if arguments.follow && arguments.inputs.files.iter().any(|file| !file.is_file()) {
        return Err(Error::usage(
            "--follow needs files that can be read again and again",
        ));
    }
    loop {
        let sizes = sizes(arguments);
        if !write(arguments, stop)? {
            return Ok(INTERRUPTED.into());
        }
        if !arguments.follow {
            return Ok(ExitCode::SUCCESS);
        }
        while sizes == self::sizes(arguments) {
            std::thread::sleep(STEP);
            if stop.load(Ordering::Relaxed) {
                return Ok(INTERRUPTED.into());
            }
        }
    }
}

fn sizes(arguments: &ReportArguments) -> Vec<Option<u64>> {
    let size = |file: &Path| Some(std::fs::metadata(file).ok()?.len());
    arguments
        .inputs
        .files
        .iter()
        .map(|file| size(file))
        .collect()
}

/// Writes the page once. False if it was stopped.
fn write(arguments: &ReportArguments, stop: &AtomicBool) -> Result<bool, Error> {
    let inputs = &arguments.inputs;
    let Some(engine) = Engine::start(inputs, stop)? else {
        return Ok(false);
    };
    if !inputs.quiet {
        for remark in &engine.remarks {
            eprintln!("sessionize: note: {remark}");
        }
    }
    let bar = bar(inputs.quiet);
    if !engine.keep_sessions(stop)? {
        return Ok(false);
    }
    let mut answers = Vec::new();
    for question in QUESTIONS {
        bar.set_message(question.name);
        let Some(answer) = Answer::of(question, &engine, stop)? else {
            return Ok(false);
        };
        answers.push(answer);
        bar.inc(1);
    }
    bar.finish_and_clear();
    let files = inputs.files.iter().map(|file| file.display().to_string());
    let page = page::page(
        &arguments.title,
        &files.collect::<Vec<_>>(),
        &answers,
        &engine.remarks,
    );
    let destination = Destination::from_argument(&arguments.output);
    let mut output = destination.open()?.begin()?;
    output.write(page.as_bytes())?;
    output.finish()?;
    Ok(true)
}

fn bar(quiet: bool) -> ProgressBar {
    if quiet || !std::io::stderr().is_terminal() {
        return ProgressBar::hidden();
    }
    let bar = ProgressBar::new(QUESTIONS.len() as u64);
    // With a faulty template the bar would keep its default style.
    if let Ok(style) = ProgressStyle::with_template("{percent:>3} % {wide_bar} {msg}") {
        bar.set_style(style);
    }
    bar.enable_steady_tick(Duration::from_millis(100));
    bar
}
