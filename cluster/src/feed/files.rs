//! Files as sources.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};
use std::time::SystemTime;

use sessionize_pipeline::Input;
use sessionize_pipeline::error::Error;

use super::driver::Sources;
use super::file_source::{FileSource, Opened};
use super::followed_file::{FollowPace, FollowedFile};
use super::source::{Portion, Source, Start};
use crate::failure::Failure;

/// What the names of compressed files end with.
const COMPRESSED: [&str; 4] = ["gz", "zst", "bz2", "xz"];

/// The files of a command line.
pub(crate) struct Files {
    inputs: Vec<FileInput>,
}

/// A file, a pipe or the standard input.
enum FileInput {
    /// A file that can be read again.
    Regular(Input),
    /// A pipe, which stays open.
    Pipe(Arc<Mutex<Opened>>),
    /// A file that grows.
    Followed(PathBuf, FollowPace),
}

/// A file as a source.
pub(crate) struct AnyFile {
    kind: FileKind,
    family: Option<usize>,
}

enum FileKind {
    Once(FileSource),
    Followed(FollowedFile),
}

impl Files {
    /// Files that are read once. Of pipes, the latest `keep` bytes are kept: they can't be read
    /// again.
    ///
    /// # Errors
    ///
    /// When one of them can't be read.
    pub(crate) fn once(paths: &[PathBuf], keep: usize) -> Result<Self, Error> {
        let open = |path: &PathBuf| {
            let input = Input::from_argument(path);
            let opened = Opened::new(&input, keep)?;
            let is_regular = input != Input::Stdin && path.metadata().is_ok_and(|m| m.is_file());
            Ok(match is_regular {
                true => FileInput::Regular(input),
                false => FileInput::Pipe(Arc::new(Mutex::new(opened))),
            })
        };
        Ok(Self {
            inputs: paths.iter().map(open).collect::<Result<_, Error>>()?,
        })
    }

    /// Files that grow.
    ///
    /// # Errors
    ///
    /// When one of them can't be followed.
    pub(crate) fn followed(paths: &[PathBuf], pace: FollowPace) -> Result<Self, Error> {
        for path in paths {
            let cannot = |why: &str| {
                let path = path.display();
                Error::usage(format!("cannot follow {path}: {why}"))
            };
            if path == Path::new("-") {
                return Err(cannot(
                    "the standard input is no file; it is read to its end without --follow",
                ));
            }
            if is_compressed(path) {
                return Err(cannot("it is compressed"));
            }
            if path.metadata().is_ok_and(|metadata| !metadata.is_file()) {
                return Err(cannot("it is no regular file"));
            }
        }
        let follow = |path: &PathBuf| FileInput::Followed(path.clone(), pace);
        Ok(Self {
            inputs: paths.iter().map(follow).collect(),
        })
    }
}

impl Sources for Files {
    type Source = AnyFile;

    async fn open(&self) -> Result<Vec<AnyFile>, Failure> {
        let mut files = Vec::new();
        for (number, input) in self.inputs.iter().enumerate() {
            let family = Some(number);
            match input {
                FileInput::Regular(input) => files.push(once(input, None)?),
                FileInput::Pipe(opened) => files.push(AnyFile {
                    kind: FileKind::Once(FileSource::new(opened.clone())),
                    family: None,
                }),
                FileInput::Followed(path, pace) => {
                    for older in rotated(path) {
                        // It may be gone by now, as the oldest one is in each rotation.
                        if is_compressed(&older) {
                            files.extend(once(&Input::File(older), family));
                        } else {
                            let file = FollowedFile::new(&older, *pace).rotated();
                            files.push(AnyFile {
                                kind: FileKind::Followed(file),
                                family,
                            });
                        }
                    }
                    files.push(AnyFile {
                        kind: FileKind::Followed(FollowedFile::new(path, *pace)),
                        family: None,
                    });
                }
            }
        }
        Ok(files)
    }

    fn count(&self) -> impl Future<Output = Option<usize>> + Send + 'static {
        // Those that come while it goes on are successors of others.
        std::future::ready(None)
    }
}

fn once(input: &Input, family: Option<usize>) -> Result<AnyFile, Failure> {
    let opened = Opened::new(input, 0).map_err(|e| Failure::Connection(e.to_string()))?;
    Ok(AnyFile {
        kind: FileKind::Once(FileSource::new(Arc::new(Mutex::new(opened)))),
        family,
    })
}

fn is_compressed(path: &Path) -> bool {
    let extension = path.extension().and_then(|extension| extension.to_str());
    extension.is_some_and(|extension| COMPRESSED.contains(&extension))
}

/// The files that had a path before, as their names tell: `access.log.1` and `access.log-20250303`.
/// The oldest comes first.
fn rotated(path: &Path) -> Vec<PathBuf> {
    let folder = match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    };
    let Some(name) = path.file_name().and_then(|name| name.to_str()) else {
        return Vec::new();
    };
    let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
    let mut files: Vec<(SystemTime, PathBuf)> = entries
        .filter_map(|entry| {
            let file = entry.file_name();
            let behind = file.to_str()?.strip_prefix(name)?;
            let metadata = entry.metadata().ok()?;
            let is_one = behind.starts_with(['.', '-']) && metadata.is_file() && metadata.len() > 0;
            is_one.then_some((metadata.modified().ok()?, entry.path()))
        })
        .collect();
    files.sort();
    files.into_iter().map(|(_, path)| path).collect()
}

impl Source for AnyFile {
    async fn name(&mut self) -> Result<Option<String>, Failure> {
        match &mut self.kind {
            FileKind::Once(file) => file.name().await,
            FileKind::Followed(file) => file.name().await,
        }
    }

    async fn start(&mut self, start: Start) -> Result<u64, Failure> {
        match &mut self.kind {
            FileKind::Once(file) => file.start(start).await,
            FileKind::Followed(file) => file.start(start).await,
        }
    }

    async fn read(&mut self, from: u64) -> Result<Portion, Failure> {
        match &mut self.kind {
            FileKind::Once(file) => file.read(from).await,
            FileKind::Followed(file) => file.read(from).await,
        }
    }

    fn family(&self) -> Option<usize> {
        self.family
    }

    fn successor(&mut self) -> Option<Self> {
        let FileKind::Followed(file) = &mut self.kind else {
            return None;
        };
        let kind = FileKind::Followed(file.successor()?);
        Some(Self { kind, family: None })
    }
}

#[cfg(test)]
mod tests;
