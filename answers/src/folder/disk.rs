//! What a folder does on disk.

use std::fs::{self, File};
use std::io::{self, Write};
use std::path::Path;

/// What a folder does on disk. Tests have disks of which the program dies half way.
pub trait Disk: Send + Sync + 'static {
    /// Creates a folder and those that it is in, unless they are there.
    ///
    /// # Errors
    ///
    /// When that can't be done.
    fn create_folder(&self, path: &Path) -> io::Result<()> {
        fs::create_dir_all(path)
    }

    /// Writes a file, so that what is in it outlasts the loss of power.
    ///
    /// # Errors
    ///
    /// When that can't be done.
    fn write(&self, path: &Path, content: &[u8]) -> io::Result<()> {
        let mut file = File::create(path)?;
        file.write_all(content)?;
        file.sync_all()
    }

    /// Gives a file another name, in place of a file that has it.
    ///
    /// # Errors
    ///
    /// When that can't be done.
    fn rename(&self, from: &Path, to: &Path) -> io::Result<()> {
        fs::rename(from, to)
    }

    /// Sees to it that the names in a folder outlast the loss of power.
    ///
    /// # Errors
    ///
    /// When that can't be done.
    fn sync_folder(&self, path: &Path) -> io::Result<()> {
        File::open(path)?.sync_all()
    }

    /// Removes a file.
    ///
    /// # Errors
    ///
    /// When that can't be done.
    fn remove(&self, path: &Path) -> io::Result<()> {
        fs::remove_file(path)
    }
}

/// The disk of this machine.
#[derive(Clone, Copy, Debug, Default)]
pub struct LocalDisk;

impl Disk for LocalDisk {}
