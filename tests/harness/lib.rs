//! The compiled module in Fluvio's own engine, fed by simulated brokers and judged by an
//! independent oracle.
//!
//! Nothing in [`batch_job`] and [`mod@reference`] shares code with the module: they are the session
//! rule written down once more, in the slowest and plainest way, over events parsed with
//! serde_json.

pub mod batch_job;
pub mod bounds;
pub mod broker;
pub mod calendar;
pub mod cpu;
pub mod endurance;
pub mod event;
pub mod guest;
pub mod host;
pub mod line;
pub mod reference;
pub mod sessionized;
pub mod simulation;
