//! All inputs of a run: those that a user names, and the files of the folders among them.

use super::folder;
use super::input::{Input, Source};
use crate::error::Error;
use crate::identity::Identity;

/// How many files are allowed for where the system does not say.
const ALLOWED: u64 = 256;

/// What is there to be read.
pub(crate) struct Found {
    /// In the order given, and the files of a folder in the order of their names.
    pub(crate) sources: Vec<Source>,
    /// What is in a folder and can't be read.
    pub(crate) failures: Vec<Error>,
    /// What is in a folder and is not read, in words for the user.
    pub(crate) remarks: Vec<String>,
}

/// Finds all inputs. A file in a folder is left out if it is one of those that are `written`: a
/// folder may hold the output of an earlier run.
///
/// # Errors
///
/// When an input that the user has named is not there, can't be opened or has an unsupported
/// compression. A file in a folder that can't be read is no reason to read none of them.
pub(crate) fn find(inputs: &[Input], written: &[Identity]) -> Result<Found, Error> {
    // Systems allow for few open files unless they are asked.
    let allowed = rlimit::increase_nofile_limit(u64::MAX).unwrap_or(ALLOWED);
    let mut finder = Finder {
        // Outputs, temporary files and what is opened again need the others.
        may_hold: allowed / 2,
        found: Found {
            sources: Vec::new(),
            failures: Vec::new(),
            remarks: Vec::new(),
        },
    };
    for input in inputs {
        match input {
            Input::File(path) if path.is_dir() => {
                let contents = folder::walk(path, written);
                finder.found.failures.extend(contents.failures);
                finder.found.remarks.extend(contents.remarks);
                for file in contents.files {
                    if let Err(error) = finder.add(&Input::File(file)) {
                        finder.found.failures.push(error);
                    }
                }
            }
            input => finder.add(input)?,
        }
    }
    Ok(finder.found)
}

struct Finder {
    /// How many files may still be held open.
    may_hold: u64,
    found: Found,
}

impl Finder {
    fn add(&mut self, input: &Input) -> Result<(), Error> {
        let number = u32::try_from(self.found.sources.len())
            .map_err(|_| Error::usage(format!("there are more than {} files", u32::MAX)))?;
        let source = input.find(number, self.may_hold > 0)?;
        self.may_hold = self.may_hold.saturating_sub(1);
        self.found.sources.push(source);
        Ok(())
    }
}
