//! The files in a folder.

use std::collections::HashSet;
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};

use walkdir::WalkDir;

use super::reader::unreadable;
use crate::error::Error;
use crate::identity::Identity;

/// What is in a folder, and in the folders in it.
#[derive(Debug, Default)]
pub(super) struct Contents {
    /// The regular files, in the order of their names, folder by folder.
    pub(super) files: Vec<PathBuf>,
    /// What can't be looked at.
    pub(super) failures: Vec<Error>,
    /// What is left out, in words for the user.
    pub(super) remarks: Vec<String>,
}

/// Lists the files of a folder. Links are followed, but a file that several names lead to is listed
/// once: `current.log` is often a link to a file beside it. Hidden files and folders are left out,
/// and so are pipes and devices, and what is in `written`.
pub(super) fn walk(folder: &Path, written: &[Identity]) -> Contents {
    let mut contents = Contents::default();
    let (mut hidden, mut others) = (0, 0);
    let mut seen: HashSet<Identity> = written.iter().cloned().collect();
    let mut entries = WalkDir::new(folder)
        .follow_links(true)
        .sort_by_file_name()
        .into_iter();
    while let Some(entry) = entries.next() {
        match entry {
            Ok(entry) if is_hidden(entry.path(), entry.depth()) => {
                hidden += 1;
                if entry.file_type().is_dir() {
                    entries.skip_current_dir();
                }
            }
            Ok(entry) if entry.file_type().is_file() => {
                let identity = Identity::of_path(entry.path());
                if identity.is_none_or(|file| seen.insert(file)) {
                    contents.files.push(entry.into_path());
                }
            }
            Ok(entry) if entry.file_type().is_dir() => {}
            Ok(_) => others += 1,
            Err(error)
                if error
                    .path()
                    .is_some_and(|path| is_hidden(path, error.depth())) =>
            {
                hidden += 1;
            }
            Err(error) => contents.failures.push(failure(folder, &error)),
        }
    }
    let name = folder.display();
    let counts = [
        (hidden, "hidden file or folder", "hidden files or folders"),
        (others, "pipe or device", "pipes or devices"),
    ];
    for (count, one, many) in counts.into_iter().filter(|(count, ..)| *count > 0) {
        let what = if count == 1 { one } else { many };
        let remark = format!("{name}: {count} {what} left out");
        contents.remarks.push(remark);
    }
    if contents.files.is_empty() && contents.failures.is_empty() {
        let error = Error::failure(format!(
            "cannot read {name}: there is no file to read in it"
        ));
        contents.failures.push(error);
    }
    contents
}

/// Whether a name in the folder begins with a full stop. What the user has named is never hidden.
fn is_hidden(path: &Path, depth: usize) -> bool {
    let name = path.file_name().unwrap_or_default();
    depth > 0 && name.as_bytes().starts_with(b".")
}

fn failure(folder: &Path, error: &walkdir::Error) -> Error {
    let name = error.path().unwrap_or(folder).display().to_string();
    match error.io_error() {
        Some(error) => unreadable(&name, error),
        // The only other error.
        None => Error::failure(format!(
            "cannot read {name}: it is a link to a folder that it is in"
        )),
    }
}

#[cfg(test)]
mod tests;
