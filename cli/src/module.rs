//! The compiled module: embedded in this program, or in a file.

use std::borrow::Cow;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use sessionize_pipeline::Wasm;
use sessionize_pipeline::error::{Error, plain};

/// The module in this program, if it was built with one.
#[cfg(embedded)]
const EMBEDDED: Option<&[u8]> = Some(include_bytes!(concat!(env!("OUT_DIR"), "/sessionize.wasm")));
#[cfg(not(embedded))]
const EMBEDDED: Option<&[u8]> = None;

/// The module that `--wasm-file` names; or the one in this program; or, if there is none, the one
/// in `sessionize.wasm` beside this program.
///
/// # Errors
///
/// When a file can't be read.
pub(crate) fn module(named: Option<&Path>) -> Result<Wasm, Error> {
    if let (None, Some(bytes)) = (named, EMBEDDED) {
        return Ok(Wasm {
            bytes: Cow::Borrowed(bytes),
            file: None,
        });
    }
    let path = named.map_or_else(beside, Path::to_owned);
    match std::fs::read(&path) {
        Ok(bytes) => Ok(Wasm {
            bytes: Cow::Owned(bytes),
            file: Some(path),
        }),
        Err(error) => {
            let advice = match (named, error.kind()) {
                (None, ErrorKind::NotFound) => {
                    "; this program was built without one: `make build` puts it in, and --wasm-file \
                     names one"
                }
                _ => "",
            };
            Err(Error::failure(format!(
                "cannot read the module {}: {}{advice}",
                path.display(),
                plain(&error)
            )))
        }
    }
}

/// The file beside this program.
fn beside() -> PathBuf {
    const NAME: &str = "sessionize.wasm";
    std::env::current_exe().map_or_else(|_| NAME.into(), |program| program.with_file_name(NAME))
}
