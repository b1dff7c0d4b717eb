//! The adapter between Fluvio and the session rule.
