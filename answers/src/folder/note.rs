//! Notes in a folder, as JSON.

use std::fs;
use std::io;
use std::path::Path;

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use sessionize_pipeline::error::Error;

use crate::log::Place;

/// How far a folder has come in a partition.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Note {
    /// Where to go on.
    pub(super) place: Place,
    /// The files of the latest step, as paths in the folder.
    pub(super) files: Vec<String>,
}

/// Reads a note; none if there is none.
pub(super) fn read<T: DeserializeOwned>(path: &Path) -> Result<Option<T>, Error> {
    let content = match fs::read(path) {
        Ok(content) => content,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(super::failed("read", path, &error)),
    };
    let note = serde_json::from_slice(&content).map_err(|error| {
        let name = path.display();
        Error::failure(format!("{name} is not what sessionize wrote: {error}"))
    })?;
    Ok(Some(note))
}
