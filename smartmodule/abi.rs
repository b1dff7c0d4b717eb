//! What the engine calls, and the one function that it offers in return.
//!
//! Written by hand: the code that Fluvio's macro generates for a transform leaks every output buffer, and dies after
//! about 1 GB of output. `init` stays generated (see [`crate::init`]), and so do `alloc` and `dealloc`, which
//! `fluvio-smartmodule` exports.

use std::cell::RefCell;

use fluvio_smartmodule::dataplane::smartmodule::SmartModuleTransformErrorStatus as Status;
use sessionize_core::parameters::Parameters;

use crate::module::{Answer, Module};

thread_local! {
    /// The one module of this instance; a module has one thread.
    static MODULE: RefCell<Option<Module>> = const { RefCell::new(None) };
}

#[link(wasm_import_module = "env")]
unsafe extern "C" {
    /// Tells the engine where the output is; it copies it when the export returns.
    fn copy_records(ptr: i32, len: i32);
}

/// Starts the module.
pub(crate) fn start(parameters: &Parameters) {
    MODULE.set(Some(Module::new(parameters)));
}

/// Sessionizes a batch: the number of records in the output, or a negative status.
///
/// # Safety
/// `ptr` must come from `alloc(len)`, be filled, and not be used any more.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn filter_map(ptr: *mut u8, len: usize, version: i32) -> i32 {
    // SAFETY: the engine fills what `alloc` made with this very capacity, and hands it over.
    let input = unsafe { Vec::from_raw_parts(ptr, len, len) };
    with_module(|module| match module.filter_map(input, version as i16) {
        Ok(Answer { bytes, count }) => {
            // SAFETY: the output's buffer belongs to the module and stays as it is until the next call.
            unsafe { copy_records(bytes.as_ptr() as i32, bytes.len() as i32) };
            count as i32
        }
        Err(status) => status as i32,
    })
    .unwrap_or(Status::UnknownError as i32)
}

/// Restores the state from stored records; always succeeds.
///
/// # Safety
/// As for [`filter_map`].
#[unsafe(no_mangle)]
pub unsafe extern "C" fn look_back(ptr: *mut u8, len: usize, version: i32) -> i32 {
    // SAFETY: the engine fills what `alloc` made with this very capacity, and hands it over.
    let input = unsafe { Vec::from_raw_parts(ptr, len, len) };
    with_module(|module| module.look_back(&input, version as i16));
    0
}

/// `None` before `init`, which the engine always calls first.
fn with_module<T>(work: impl FnOnce(&mut Module) -> T) -> Option<T> {
    MODULE.with_borrow_mut(|module| module.as_mut().map(work))
}
