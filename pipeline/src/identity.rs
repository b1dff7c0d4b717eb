//! The file that a path or a stream leads to.

use std::ffi::OsString;
use std::fs::{File, Metadata};
use std::io;
use std::os::fd::AsFd;
use std::os::unix::fs::{FileTypeExt, MetadataExt};
use std::path::{Path, PathBuf};

/// The most symbolic links in a row that are followed, as in Linux.
const MAX_LINKS: usize = 40;

/// A file, whatever its name: hard and symbolic links lead to the same file.
///
/// Terminals, sockets and devices have no identity, since it is usual to read and write the same
/// one at once.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Identity {
    device: u64,
    inode: u64,
    /// Of a file that does not exist yet: its name. Device and inode are then those of the
    /// directory.
    name: Option<OsString>,
}

impl Identity {
    pub(crate) fn of_metadata(metadata: &Metadata) -> Option<Self> {
        let kind = metadata.file_type();
        (kind.is_file() || kind.is_fifo()).then(|| Self {
            device: metadata.dev(),
            inode: metadata.ino(),
            name: None,
        })
    }

    /// The file that a path leads to, or will lead to once it is created; none where the path can't
    /// lead to a file.
    pub(crate) fn of_path(path: &Path) -> Option<Self> {
        let mut path = path.to_owned();
        for _ in 0..MAX_LINKS {
            match std::fs::metadata(&path) {
                Ok(metadata) => return Self::of_metadata(&metadata),
                Err(error) if error.kind() == io::ErrorKind::NotFound => {}
                Err(_) => return None,
            }
            let directory = match path.parent()? {
                parent if parent.as_os_str().is_empty() => PathBuf::from("."),
                parent => parent.to_owned(),
            };
            // A link that leads to nothing leads to the file that will be created.
            match std::fs::read_link(&path) {
                Ok(target) => path = directory.join(target),
                Err(_) => {
                    let metadata = std::fs::metadata(directory).ok()?;
                    return Some(Self {
                        device: metadata.dev(),
                        inode: metadata.ino(),
                        name: Some(path.file_name()?.to_owned()),
                    });
                }
            }
        }
        None
    }

    /// The file that a standard stream leads to.
    pub(crate) fn of_stream(stream: impl AsFd) -> Option<Self> {
        Self::of_metadata(&metadata(stream).ok()?)
    }
}

/// The metadata of a standard stream.
pub(crate) fn metadata(stream: impl AsFd) -> io::Result<Metadata> {
    File::from(stream.as_fd().try_clone_to_owned()?).metadata()
}

#[cfg(test)]
mod tests;
