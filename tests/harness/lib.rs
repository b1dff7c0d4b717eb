//! The compiled module in Fluvio's own engine, fed by simulated brokers and judged by an independent oracle.
