//! The compiled module in Fluvio's own engine, fed by simulated brokers and judged by an
//! independent oracle.
//!
//! [`batch_job`] and [`mod@reference`] share no code with the module. They state the session rule a
//! second time, in the slowest and plainest way, over events that serde_json has parsed.

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
