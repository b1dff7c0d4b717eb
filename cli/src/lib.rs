//! The host program of sessionize, as a library for the harness and the benchmarks.
