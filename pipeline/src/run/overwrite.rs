//! No run writes over what it reads.

use super::RunOptions;
use crate::error::Error;
use crate::identity::Identity;
use crate::sink::Destination;
use crate::source::Source;

/// The files that are written.
pub(super) fn written(options: &RunOptions) -> Vec<Identity> {
    let outputs = options.summary.iter().chain([&options.output]);
    outputs.filter_map(Destination::identity).collect()
}

/// Refuses to write over an input, the module or the other output, whatever names lead there.
///
/// # Errors
///
/// When one file has two roles.
pub(super) fn refuse(options: &RunOptions, sources: &[Source]) -> Result<(), Error> {
    let inputs = sources.iter().filter_map(Source::identity);
    let mut taken: Vec<(Identity, &str)> = inputs.map(|file| (file.clone(), "input")).collect();
    let module = options.wasm.as_ref().and_then(|wasm| wasm.file.as_ref());
    let module = module.and_then(|file| Identity::of_path(file));
    taken.extend(module.map(|file| (file, "module")));
    add(&mut taken, &options.output, "output")?;
    match &options.summary {
        Some(summary) => add(&mut taken, summary, "summary"),
        None => Ok(()),
    }
}

/// Adds a file that is written to those that have a role already.
fn add<'r>(
    taken: &mut Vec<(Identity, &'r str)>,
    destination: &Destination,
    role: &'r str,
) -> Result<(), Error> {
    let Some(file) = destination.identity() else {
        return Ok(());
    };
    if let Some((_, other)) = taken.iter().find(|(known, _)| *known == file) {
        let name = destination.name();
        return Err(Error::usage(format!("{name} is both {other} and {role}")));
    }
    taken.push((file, role));
    Ok(())
}
