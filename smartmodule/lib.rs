//! The SmartModule: the thin layer between Fluvio and the session rule.
//!
//! A record's way: the engine calls an export in [`abi`], which hands the batch to the [`module`]; that reads the records
//! off the [`wire`], lets `sessionize-core` place each of them, and writes them back.

#![deny(unsafe_code)]

#[cfg(target_arch = "wasm32")]
#[allow(unsafe_code)]
mod abi;
pub mod module;
pub mod wire;
