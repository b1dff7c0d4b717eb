//! The progress of a run, shown while it lasts.

use std::io::IsTerminal;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use indicatif::{HumanCount, ProgressBar, ProgressStyle};

/// Time between two updates.
const STEP: Duration = Duration::from_millis(100);

/// A progress bar on the terminal; nothing where the standard error is not a terminal.
pub(crate) struct Progress {
    bar: ProgressBar,
    /// Bytes read so far, as stored.
    read: Arc<AtomicU64>,
    began: Instant,
    shown: Instant,
}

impl Progress {
    /// `size` is the size of all inputs as stored, in bytes, where it is known. With `quiet`,
    /// nothing is shown.
    pub(crate) fn new(size: Option<u64>, quiet: bool) -> Self {
        let style = match size {
            Some(_) => {
                "{percent:>3} % {wide_bar} {bytes} of {total_bytes}, {bytes_per_sec}, {msg}, {eta} left"
            }
            None => "{spinner} {bytes}, {bytes_per_sec}, {msg}, {elapsed}",
        };
        let bar = match (quiet || !std::io::stderr().is_terminal(), size) {
            (true, _) => ProgressBar::hidden(),
            (false, Some(size)) => ProgressBar::new(size),
            (false, None) => ProgressBar::new_spinner(),
        };
        // With a faulty template the bar would keep its default style.
        if let Ok(style) = ProgressStyle::with_template(style) {
            bar.set_style(style);
        }
        Self {
            bar: bar.with_message("0 events/s"),
            read: Arc::default(),
            began: Instant::now(),
            shown: Instant::now(),
        }
    }

    /// The counter to which whoever reads adds the bytes read, as stored.
    pub(crate) fn bytes_read(&self) -> Arc<AtomicU64> {
        self.read.clone()
    }

    /// Shows the progress, unless it was shown just before. `events` is their number so far.
    pub(crate) fn show(&mut self, events: u64) {
        if self.shown.elapsed() < STEP {
            return;
        }
        self.shown = Instant::now();
        let rate = (events as f64 / self.began.elapsed().as_secs_f64()) as u64;
        // The message comes last, as the bar is drawn with it.
        self.bar.set_position(self.read.load(Ordering::Relaxed));
        self.bar
            .set_message(format!("{} events/s", HumanCount(rate)));
    }

    /// Removes the bar, and returns how long the run took.
    pub(crate) fn finish(self) -> Duration {
        self.bar.finish_and_clear();
        self.began.elapsed()
    }
}
