//! No run writes over what it reads.

use std::path::Path;

use crate::error::Error;
use crate::identity::Identity;
use crate::sink::Destination;
use crate::source::Source;

/// The files that are written.
pub(crate) fn written(output: &Destination, summary: Option<&Destination>) -> Vec<Identity> {
    let outputs = summary.into_iter().chain([output]);
    outputs.filter_map(Destination::identity).collect()
}

/// Refuses to write over an input, the module or the other output, whatever names lead there.
///
/// # Errors
///
/// When one file has two roles.
pub(crate) fn refuse(
    sources: &[Source],
    module: Option<&Path>,
    output: &Destination,
    summary: Option<&Destination>,
) -> Result<(), Error> {
    let inputs = sources.iter().filter_map(Source::identity);
    let mut taken: Vec<(Identity, &str)> = inputs.map(|file| (file.clone(), "input")).collect();
    let module = module.and_then(Identity::of_path);
    taken.extend(module.map(|file| (file, "module")));
    add(&mut taken, output, "output")?;
    match summary {
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
