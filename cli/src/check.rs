//! Checks that the module starts where it is to be deployed, and that its look-back does what it is
//! for.
//!
//! A broker hides the reason when the module does not start: a topic whose module refuses a
//! parameter has no leader, and that is all that producers are told.

mod deployment;

pub use deployment::Deployment;
pub use sessionize_cluster::lookback::RECORD_SIZE;
pub use sessionize_cluster::remark::Remark;
