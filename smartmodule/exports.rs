//! The SmartModule: the functions that the engine calls, and the one that it offers in return.
//!
//! One batch's way: the engine calls an export here, the export hands the bytes to the
//! `Adapter`, and that reads the records off the wire, lets `sessionize-core` place each of
//! them, and writes them back.
//!
//! The exports are written by hand. The code that Fluvio's macros generate leaks every output
//! buffer of a transform and dies after about 1 GB of output; its `look_back` copies all records
//! three times; its `init` links an error type that can print backtraces, which would be a third of
//! the module's size. `fluvio-smartmodule` exports `alloc` and `dealloc`.

#![cfg(target_arch = "wasm32")]

use std::cell::RefCell;

use fluvio_smartmodule::dataplane::smartmodule::SmartModuleTransformErrorStatus as Status;

use sessionize_smartmodule::adapter::{Adapter, Answer};

thread_local! {
    /// The adapter of this instance; a module has one thread. It is on the heap, as the module's
    /// file would hold the whole of an empty place for it, and it is leaked, as code that drops it
    /// would never run: together they took 4 KB of the module.
    static ADAPTER: RefCell<Option<&'static mut Adapter>> = const { RefCell::new(None) };
}

#[link(wasm_import_module = "env")]
unsafe extern "C" {
    /// Tells the engine where the output is. The engine copies it after the export has returned.
    fn copy_records(ptr: i32, len: i32);
}

/// Checks the parameters and starts the adapter with them. Returns 0, or a negative status with
/// the error as the output.
///
/// # Safety
/// As for [`filter_map`].
#[unsafe(no_mangle)]
pub unsafe extern "C" fn init(ptr: *mut u8, len: usize, version: i32) -> i32 {
    // SAFETY: the engine got this memory from `alloc`, with this very capacity, and filled it.
    let input = unsafe { Vec::from_raw_parts(ptr, len, len) };
    match Adapter::start(&input, version as i16) {
        Ok(adapter) => {
            ADAPTER.set(Some(Box::leak(Box::new(adapter))));
            0
        }
        Err(refusal) => {
            // SAFETY: the error stays in place until the engine has read it, because it is leaked.
            // The leak costs nothing: the engine drops an instance that refuses its parameters.
            unsafe { answer(refusal.bytes.leak()) };
            refusal.status as i32
        }
    }
}

/// Sessionizes a batch. Returns the number of records in the output, or a negative status.
///
/// # Safety
/// `ptr` must come from `alloc(len)`, all its bytes must be set, and the caller must give it up.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn filter_map(ptr: *mut u8, len: usize, version: i32) -> i32 {
    // SAFETY: the engine got this memory from `alloc`, with this very capacity, and filled it.
    let input = unsafe { Vec::from_raw_parts(ptr, len, len) };
    with_adapter(|adapter| match adapter.filter_map(input, version as i16) {
        Ok(Answer { bytes, count }) => {
            // SAFETY: the adapter owns the output's buffer and leaves it alone until the next call.
            unsafe { answer(bytes) };
            count as i32
        }
        Err(status) => status as i32,
    })
    .unwrap_or(Status::UnknownError as i32)
}

/// Restores the state from stored records. Always succeeds.
///
/// # Safety
/// As for [`filter_map`].
#[unsafe(no_mangle)]
pub unsafe extern "C" fn look_back(ptr: *mut u8, len: usize, version: i32) -> i32 {
    // SAFETY: the engine got this memory from `alloc`, with this very capacity, and filled it.
    let input = unsafe { Vec::from_raw_parts(ptr, len, len) };
    with_adapter(|adapter| adapter.look_back(&input, version as i16));
    0
}

/// # Safety
/// `bytes` must stay in place until the engine has read them, after the export has returned.
unsafe fn answer(bytes: &[u8]) {
    // SAFETY: a pointer and its length, both within the module's memory.
    unsafe { copy_records(bytes.as_ptr() as i32, bytes.len() as i32) };
}

/// `None` before `init`, which the engine always calls first.
fn with_adapter<T>(work: impl FnOnce(&mut Adapter) -> T) -> Option<T> {
    ADAPTER.with_borrow_mut(|adapter| adapter.as_mut().map(|adapter| work(adapter)))
}
