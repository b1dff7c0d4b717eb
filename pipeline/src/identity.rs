//! Which file a path or a stream leads to.

use std::ffi::OsString;
use std::fs::{File, Metadata};
use std::io;
use std::os::fd::AsFd;
use std::os::unix::fs::{FileTypeExt, MetadataExt};
use std::path::{Path, PathBuf};

/// The most symbolic links that lead to one file, as Linux has it.
const MAX_LINKS: usize = 40;

/// A file, whatever it is called: hard and symbolic links lead to the same one.
///
/// Terminals, sockets and devices have none, since to read and to write them at once is usual.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Identity {
    device: u64,
    inode: u64,
    /// The name in that directory, of a file that is not there yet.
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

    /// What a path leads to, or will once it is created; none where it can't lead to a file.
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
            // A link that leads to nothing is one to the file that will be created.
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

    /// What a standard stream leads to.
    pub(crate) fn of_stream(stream: impl AsFd) -> Option<Self> {
        Self::of_metadata(&metadata(stream).ok()?)
    }
}

/// What the system knows of a standard stream.
pub(crate) fn metadata(stream: impl AsFd) -> io::Result<Metadata> {
    File::from(stream.as_fd().try_clone_to_owned()?).metadata()
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::symlink;

    use super::*;

    #[test]
    fn names_of_one_file() {
        let directory = tempfile::tempdir().unwrap();
        let path = |name: &str| directory.path().join(name);
        std::fs::write(path("log"), "a\n").unwrap();
        std::fs::write(path("other"), "a\n").unwrap();
        std::fs::hard_link(path("log"), path("hard")).unwrap();
        symlink("log", path("soft")).unwrap();
        symlink("soft", path("softer")).unwrap();
        symlink("new", path("soft-new")).unwrap();
        symlink("loop", path("loop")).unwrap();
        std::fs::create_dir(path("folder")).unwrap();
        symlink("folder", path("soft-folder")).unwrap();
        let same = [
            ("log", "hard"),
            ("log", "soft"),
            ("hard", "softer"),
            ("log", "folder/../log"),
            ("new", "soft-new"),
            ("new", "./folder/../new"),
            ("folder/new", "soft-folder/new"),
        ];
        for (a, b) in same {
            let identity = Identity::of_path(&path(a));
            assert!(identity.is_some(), "{a}");
            assert_eq!(identity, Identity::of_path(&path(b)), "{a} and {b}");
        }
        let different = [
            ("log", "other"),
            ("log", "new"),
            ("new", "newer"),
            ("new", "folder/new"),
        ];
        for (a, b) in different {
            let identity = Identity::of_path(&path(a));
            assert!(identity.is_some(), "{a}");
            assert_ne!(identity, Identity::of_path(&path(b)), "{a} and {b}");
        }
        for none in ["folder", "no/new", "loop"] {
            assert_eq!(Identity::of_path(&path(none)), None, "{none}");
        }
        assert_eq!(Identity::of_path(Path::new("/dev/null")), None);
        let file = File::open(path("log")).unwrap();
        assert_eq!(Identity::of_stream(file), Identity::of_path(&path("log")));
    }
}
