//! The session rule of sessionize: it tells each web event which visitor session it belongs to.
//!
//! This crate is pure: no Fluvio types, no I/O, no `unsafe`, no panics. It reads the clock of the
//! events and no other, so that the same input gives the same output in any run.
//!
//! # One record's way
//!
//! [`Sessionizer::process`](sessionizer::Sessionizer::process) takes a record all the way:
//!
//! 1. [`event`]: parses the record, and reads the key and the time of its event.
//! 2. [`state`]: finds the current session of the key. An undo log can take back what a batch did.
//! 3. [`rule`]: decides whether the event joins that [`session`] or opens a new one.
//! 4. [`fields`]: writes what is known of the session, such as its [id](id::IdForm).
//! 5. [`output`]: puts the added fields into the event. A record that step 1 refuses gets a
//!    [`wrapper`] instead.
//!
//! The [`parameters`] configure all of these, and are checked once, at start. The state is restored
//! by a [look-back](sessionizer::Sessionizer::look_back) at the module's own output, or by a client
//! that tells the sessions before the first event ([`restore`]).
//!
//! # Example
//!
//! ```
//! use sessionize_core::event::Record;
//! use sessionize_core::parameters::Parameters;
//! use sessionize_core::sessionizer::{Outcome, Sessionizer};
//!
//! let parameters = Parameters::from_pairs([("gap", "10m")])?;
//! let mut sessionizer = Sessionizer::new(&parameters);
//! sessionizer.begin_batch(None);
//! let events = [
//!     r#"{"ip":"192.0.2.1","timestamp":"2025-03-03T10:00:00Z"}"#,
//!     r#"{"ip":"192.0.2.1","timestamp":"2025-03-03T10:01:30Z"}"#,
//! ];
//! let outputs = events.map(|event| {
//!     let record = Record { value: event.as_bytes(), ..Record::default() };
//!     match sessionizer.process(&record) {
//!         Outcome::Emit { value, .. } => String::from_utf8(value.concat()).unwrap(),
//!         outcome => panic!("{outcome:?}"),
//!     }
//! });
//! let session = r#""session_id":"192.0.2.1-1740996000000","#;
//! assert!(outputs.iter().all(|output| output.contains(session)));
//! assert!(outputs[1].contains(r#""session_duration":90,"session_events":2,"session_cut":null,"#));
//! # Ok::<(), sessionize_core::parameters::ParameterError>(())
//! ```
#![forbid(unsafe_code)]

pub mod event;
pub mod fields;
pub mod id;
pub mod key;
mod name;
pub mod output;
pub mod parameters;
pub mod restore;
pub mod rule;
pub mod session;
pub mod sessionizer;
pub mod state;
pub mod stored;
pub mod wrapper;
