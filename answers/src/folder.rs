//! A folder of Parquet files with the rows of a topic, by day.
//!
//! ```text
//! sessions/
//!   day=2026-11-28/sessions-0-00000000000000000000-00000000000000005210.parquet
//!   _sessionize/folder.json         what it holds
//!   _sessionize/partition-0.json    how far it has come, and the files of the latest step
//! ```
//!
//! Rows are added in steps: those of the records of one partition from one offset up to another
//! one, which are in the files' names. A step is taken as a whole, whenever the program dies:
//!
//! 1. Its files are written beside the note of the partition, under other names.
//! 2. The note is replaced. From now on the step is taken.
//! 3. The files are renamed to where they belong. Who finds that this was not done does it first.

mod contents;
mod disk;
mod note;

use std::collections::{BTreeMap, BTreeSet};
use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};

use sessionize_formats::bytes::text::Text;
use sessionize_formats::time::{Millis, Rfc3339};
use sessionize_pipeline::error::{Error, plain};

use crate::log::Place;
use crate::row::TableRow;
use crate::write::ParquetRows;
pub use contents::Contents;
pub use disk::{Disk, LocalDisk};
use note::Note;

/// Where the notes are. Readers of such folders pass over names that begin with `_`.
const NOTES: &str = "_sessionize";

/// What the names of the folders of a day begin with.
const DAY: &str = "day=";

/// A folder to which one program at a time adds rows.
pub struct RowFolder<D = LocalDisk> {
    root: PathBuf,
    contents: Contents,
    disk: D,
    /// Holds the lock.
    _lock: File,
}

/// What was added.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Added {
    /// Files.
    pub files: usize,
    /// Their bytes.
    pub bytes: u64,
}

impl<D: Disk> RowFolder<D> {
    /// Opens a folder, or makes one.
    ///
    /// # Errors
    ///
    /// When it can't be made or read, when it has something else in it, or when another program
    /// adds to it.
    pub fn open(root: &Path, contents: &Contents, disk: D) -> Result<Self, Error> {
        let notes = root.join(NOTES);
        let name = root.display();
        let in_folder = |e: io::Error| Error::failure(format!("folder {name}: {}", plain(&e)));
        let has_days = has_days(root).map_err(in_folder)?;
        disk.create_folder(&notes).map_err(in_folder)?;
        let lock = File::create(notes.join("lock")).map_err(in_folder)?;
        lock.try_lock().map_err(|_| {
            Error::failure(format!("another program adds to folder {name} right now"))
        })?;
        let note = notes.join("folder.json");
        let found = note::read::<Contents>(&note)?;
        if found.is_none() && has_days {
            return Err(Error::usage(format!(
                "folder {name} has rows, but no {NOTES}/folder.json, so that it is not known where \
                 to go on: name another folder"
            )));
        }
        if let Some(found) = found.as_ref().filter(|found| *found != contents) {
            return Err(Error::usage(format!(
                "folder {name} holds {found}, and not {contents}: name another folder"
            )));
        }
        let folder = Self {
            root: root.to_owned(),
            contents: contents.clone(),
            disk,
            _lock: lock,
        };
        if found.is_none() {
            folder.replace(&note, contents)?;
            folder.sync(&folder.root)?;
        }
        Ok(folder)
    }

    /// How far it has come in a partition; none if it has nothing of it. Finishes what was begun.
    ///
    /// # Errors
    ///
    /// When it can't be read or finished.
    pub fn place(&self, partition: u32) -> Result<Option<Place>, Error> {
        let note = note::read::<Note>(&self.note(partition))?;
        if let Some(note) = &note {
            self.publish(note)?;
        }
        // What is left now belongs to a step that was not taken.
        let own = format!(".{}-{partition}-", self.contents.rows);
        let notes = self.root.join(NOTES);
        let entries = std::fs::read_dir(&notes).map_err(|e| failed("read", &notes, &e))?;
        for entry in entries {
            let path = entry.map_err(|e| failed("read", &notes, &e))?.path();
            let name = path.file_name().unwrap_or_default().to_string_lossy();
            if name.starts_with(DAY) && name.contains(&own) {
                let removed = self.disk.remove(&path);
                removed.map_err(|e| failed("remove", &path, &e))?;
            }
        }
        Ok(note.map(|note| note.place))
    }

    /// Adds the rows of a partition that the records from the offset `begin` up to that of `place`
    /// make due. The files have these offsets in their names.
    ///
    /// # Errors
    ///
    /// When they can't be written. The folder is sound then, but has to be opened anew.
    pub fn add<R: TableRow>(
        &self,
        partition: u32,
        begin: u64,
        place: Place,
        rows: impl IntoIterator<Item = R>,
    ) -> Result<Added, Error> {
        let mut days: BTreeMap<String, Vec<R>> = BTreeMap::new();
        for row in rows {
            days.entry(day(row.day())).or_default().push(row);
        }
        let end = place.offset;
        let name = format!("{}-{partition}-{begin:020}-{end:020}.parquet", R::NAME);
        let mut note = Note {
            place,
            files: Vec::new(),
        };
        let mut added = Added::default();
        for (day, rows) in days {
            let file = format!("{DAY}{day}/{name}");
            let content = self.content(partition, (begin, end), rows)?;
            added.files += 1;
            added.bytes += content.len() as u64;
            let path = self.unpublished(&file);
            let written = self.disk.write(&path, &content);
            written.map_err(|e| failed("write", &path, &e))?;
            note.files.push(file);
        }
        self.sync(&self.root.join(NOTES))?;
        self.replace(&self.note(partition), &note)?;
        self.publish(&note)?;
        Ok(added)
    }

    /// A file of rows, with where they come from in its metadata.
    fn content<R: TableRow>(
        &self,
        partition: u32,
        (begin, end): (u64, u64),
        rows: Vec<R>,
    ) -> Result<Vec<u8>, Error> {
        let mut file = ParquetRows::new(Vec::new())?;
        file.note("sessionize.topic", &self.contents.topic);
        file.note("sessionize.partition", &partition.to_string());
        file.note("sessionize.offsets", &format!("{begin}-{end}"));
        for row in rows {
            file.write(row)?;
        }
        file.finish()
    }

    /// Renames the files of a step to where they belong, unless that was done.
    fn publish(&self, note: &Note) -> Result<(), Error> {
        let mut days = BTreeSet::new();
        for file in &note.files {
            let (from, to) = (self.unpublished(file), self.root.join(file));
            // Once it is where it belongs, it may be moved or deleted.
            if !from.exists() {
                continue;
            }
            if let Some(day) = to.parent() {
                let created = self.disk.create_folder(day);
                created.map_err(|e| failed("create", day, &e))?;
                days.insert(day.to_owned());
            }
            let renamed = self.disk.rename(&from, &to);
            renamed.map_err(|e| failed("write", &to, &e))?;
        }
        if !days.is_empty() {
            self.sync(&self.root)?;
        }
        days.iter().try_for_each(|day| self.sync(day))
    }

    /// Replaces a note.
    fn replace<T: serde::Serialize>(&self, path: &Path, note: &T) -> Result<(), Error> {
        let new = path.with_extension("new");
        let content = serde_json::to_vec(note).map_err(|e| Error::failure(e.to_string()))?;
        let replaced = self.disk.write(&new, &content);
        replaced
            .and_then(|()| self.disk.rename(&new, path))
            .map_err(|e| failed("write", path, &e))?;
        self.sync(&self.root.join(NOTES))
    }

    fn sync(&self, folder: &Path) -> Result<(), Error> {
        let synced = self.disk.sync_folder(folder);
        synced.map_err(|e| failed("write", folder, &e))
    }

    fn note(&self, partition: u32) -> PathBuf {
        let name = format!("partition-{partition}.json");
        self.root.join(NOTES).join(name)
    }

    /// Where a file is before its step is taken.
    fn unpublished(&self, file: &str) -> PathBuf {
        let name = format!("{}.new", file.replace('/', "."));
        self.root.join(NOTES).join(name)
    }
}

/// The day of a time, in UTC.
fn day(time: Millis) -> String {
    let mut text = Text::new();
    let mut out = text.writer(32);
    Rfc3339::default().write(time, &mut out);
    out.end();
    let date = text.as_bytes().iter().take(10);
    date.map(|&byte| char::from(byte)).collect()
}

/// Whether there are folders of days in it.
fn has_days(root: &Path) -> io::Result<bool> {
    let entries = match std::fs::read_dir(root) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(false),
        entries => entries?,
    };
    for entry in entries {
        if entry?.file_name().to_string_lossy().starts_with(DAY) {
            return Ok(true);
        }
    }
    Ok(false)
}

fn failed(what: &str, path: &Path, error: &io::Error) -> Error {
    Error::failure(format!(
        "cannot {what} {}: {}",
        path.display(),
        plain(error)
    ))
}

#[cfg(test)]
mod tests;
