//! What `sessionize run` is made of. A log line goes this way:
//!
//! ```text
//! source → reading → order → sink → processor → tally, output
//! ```
//!
//! 1. A **source** reads a file, a pipe or the standard input, decompresses it, and cuts it into
//!    lines. Each line knows the input and the byte that it came from.
//! 2. The **reading** takes each line as an event: its time, the visitor's key, and where the
//!    added fields go. With them, the line is a record of the stream, and nothing of it is read
//!    again.
//! 3. An **order** takes records in the order of the input, and releases them in order of time.
//! 4. The **sink** takes the released records, and collects them in batches, one partition of the
//!    keys for each processor.
//! 5. A **processor** adds the session to each event: the session rule in this process, or the
//!    compiled module in Fluvio's engine.
//! 6. A **tally** counts what comes out, and the sink writes it.
//!
//! A **pool** of threads shares the work of the native processor that needs no order: reading lines
//! and writing outputs. The **read stream** gives all lines in order, whichever thread has read
//! them.
//!
//! [`run()`] assembles these parts. An ordering owns no thread and reads no clock: records are
//! pushed in and popped out, so that it can be tested by calls alone and used by an asynchronous
//! program.
//!
//! [`read_lines`] is the first of these steps alone, for those who read what comes out. The other
//! commands also share how they [exit], how they [stop on a signal](stop_on_signal), and how they
//! read [parameters](parameters()).

pub mod error;
pub mod exit;
mod identity;
mod lines;
mod order;
mod overwrite;
mod parameters;
mod pool;
mod processed;
mod processor;
mod progress;
mod read_stream;
mod reading;
mod record;
mod run;
mod signals;
mod sink;
mod source;
mod tally;
mod thread;

pub use lines::{LineSink, LinesReport, read_lines};
pub use order::Order;
pub use parameters::parameters;
#[cfg(feature = "engine")]
pub use processor::engine;
pub use processor::random;
pub use run::{RunOptions, RunReport, Wasm, run};
pub use signals::stop_on_signal;
pub use sink::{Destination, Output};
pub use source::{Input, InputLine, InputLines};
