//! What the compiled module does in Fluvio's own engine.
