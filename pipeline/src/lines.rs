//! Reads the lines of inputs for those who do something else with them than [`run`](crate::run()).

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use sessionize_core::parameters::Parameters;

use crate::error::Error;
use crate::overwrite;
use crate::progress::Progress;
use crate::reading::LineReader;
use crate::sink::Destination;
use crate::source::{self, BlockStream, Found, Input, Next, Sequence, Source};

/// What takes lines.
pub trait LineSink {
    /// The inputs are there, and the output is none of them: lines will come.
    ///
    /// # Errors
    ///
    /// What ends the reading.
    fn begin(&mut self) -> Result<(), Error> {
        Ok(())
    }

    /// Takes a line without its end. Blank lines don't come.
    ///
    /// # Errors
    ///
    /// What ends the reading.
    fn take(&mut self, line: &[u8]) -> Result<(), Error>;

    /// There is no more to read for now.
    ///
    /// # Errors
    ///
    /// What ends the reading.
    fn idle(&mut self) -> Result<(), Error> {
        Ok(())
    }
}

/// How the reading of lines ended.
#[derive(Debug)]
pub struct LinesReport {
    /// Number of lines.
    pub lines: u64,
    /// How long it took.
    pub elapsed: Duration,
    /// Whether it was stopped before the end of the inputs.
    pub stopped: bool,
    /// Inputs, or files in folders, that could not be read to their ends.
    pub failures: Vec<Error>,
    /// What was left out of folders, in words for the user.
    pub remarks: Vec<String>,
}

/// Hands over the lines of all inputs until their end, or until `stop` is set. Regular files are
/// merged by the times that `parameters` name; the others follow one after the other. Progress is
/// shown on a terminal unless `quiet` is set. The output, if there is one, is left out of folders.
///
/// # Errors
///
/// When an input can't be opened or is also the output, and those of the sink.
pub fn read_lines(
    inputs: &[Input],
    parameters: &Parameters,
    output: Option<&Destination>,
    quiet: bool,
    stop: &AtomicBool,
    sink: &mut impl LineSink,
) -> Result<LinesReport, Error> {
    let written: Vec<_> = output.and_then(Destination::identity).into_iter().collect();
    let Found {
        sources,
        mut failures,
        remarks,
    } = source::find(inputs, &written)?;
    if let Some(output) = output {
        overwrite::refuse(&sources, None, output, None)?;
    }
    let size = sources.iter().map(Source::size).sum();
    let mut reader = LineReader::of_lines(parameters);
    let sequence = Sequence::by_time(sources, move |line| reader.time(line));
    sink.begin()?;
    let mut progress = Progress::new(size, quiet || output.is_some_and(Destination::is_terminal));
    let mut blocks = BlockStream::start(sequence, progress.bytes_read())?;
    let mut lines = 0;
    let stopped = loop {
        if stop.load(Ordering::Relaxed) {
            break true;
        }
        match blocks.next() {
            Next::Block(block) => {
                for line in block.lines() {
                    lines += 1;
                    sink.take(line.text)?;
                }
                blocks.give_back(block);
            }
            Next::Idle => sink.idle()?,
            Next::Failed(error) => failures.push(error),
            Next::End => break false,
        }
        progress.show(lines);
    };
    Ok(LinesReport {
        lines,
        elapsed: progress.finish(),
        stopped,
        failures,
        remarks,
    })
}
