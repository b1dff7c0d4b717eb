//! The SmartModule: what the engine calls, and the one function that it offers in return.
//!
//! A record's way: the engine calls an export here, which hands the batch to the `Module`; that reads the records off the
//! wire, lets `sessionize-core` place each of them, and writes them back.
//!
//! Written by hand: the code that Fluvio's macros generate for a transform leaks every output buffer, and dies after about
//! 1 GB of output; for `look_back` it copies all records three times; and for `init` it brings along an error type that
//! can print backtraces, a third of the module's size. `alloc` and `dealloc` are those that `fluvio-smartmodule` exports.

#![cfg(target_arch = "wasm32")]

use std::cell::RefCell;
use std::mem::ManuallyDrop;

use fluvio_smartmodule::dataplane::smartmodule::SmartModuleTransformErrorStatus as Status;

use sessionize_smartmodule::module::{Answer, Module};

thread_local! {
    /// The one module of this instance; a module has one thread. It stays for as long as the instance does: the code that
    /// would drop it is never needed.
    static MODULE: RefCell<Option<ManuallyDrop<Module>>> = const { RefCell::new(None) };
}

#[link(wasm_import_module = "env")]
unsafe extern "C" {
    /// Tells the engine where the output is; it copies it when the export has returned.
    fn copy_records(ptr: i32, len: i32);
}

/// Checks the parameters and starts the module with them: 0, or a negative status with the error as the output.
///
/// # Safety
/// As for [`filter_map`].
#[unsafe(no_mangle)]
pub unsafe extern "C" fn init(ptr: *mut u8, len: usize, version: i32) -> i32 {
    // SAFETY: the engine fills what `alloc` made with this very capacity, and hands it over.
    let input = unsafe { Vec::from_raw_parts(ptr, len, len) };
    match Module::start(&input, version as i16) {
        Ok(module) => {
            MODULE.set(Some(ManuallyDrop::new(module)));
            0
        }
        Err(refusal) => {
            // SAFETY: the error stays where it is until the engine has read it, when this function has returned: an
            // instance that is refused is not used again, so that leaking it costs nothing.
            unsafe { answer(refusal.bytes.leak()) };
            refusal.status as i32
        }
    }
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
            unsafe { answer(bytes) };
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

/// # Safety
/// `bytes` must stay where they are until the engine has read them, when the export has returned.
unsafe fn answer(bytes: &[u8]) {
    // SAFETY: a pointer and its length, both within the module's memory.
    unsafe { copy_records(bytes.as_ptr() as i32, bytes.len() as i32) };
}

/// `None` before `init`, which the engine always calls first.
fn with_module<T>(work: impl FnOnce(&mut Module) -> T) -> Option<T> {
    MODULE.with_borrow_mut(|module| module.as_mut().map(|module| work(module)))
}
