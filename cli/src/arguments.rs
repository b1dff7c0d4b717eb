//! What the arguments of several commands have in common.

use std::path::Path;

use sessionize_core::parameters::DESCRIPTIONS;
use sessionize_pipeline::Destination;

/// The module's parameters with their defaults, to be shown below the options.
pub(crate) fn module_parameters() -> String {
    let mut text = String::from("Parameters, with their defaults:");
    for parameter in DESCRIPTIONS {
        let (name, default) = (parameter.name, parameter.default);
        text += &format!("\n  {name}={default}\n          {}", parameter.meaning);
    }
    text
}

/// Reads a parameter of the module.
pub(crate) fn name_and_value(argument: &str) -> Result<(String, String), String> {
    argument
        .split_once('=')
        .map(|(name, value)| (name.into(), value.into()))
        .ok_or_else(|| String::from("must be of the form NAME=VALUE"))
}

/// Reads a size in bytes.
pub(crate) fn size(argument: &str) -> Result<u64, String> {
    let digits = argument.trim_end_matches(|c: char| c.is_ascii_alphabetic());
    let unit = match argument.split_at(digits.len()).1 {
        "" | "B" => 0,
        "KiB" => 10,
        "MiB" => 20,
        "GiB" => 30,
        _ => return Err("must be a size such as `512MiB`, in B, KiB, MiB or GiB".into()),
    };
    digits
        .parse::<u64>()
        .ok()
        .and_then(|number| number.checked_mul(1 << unit))
        .ok_or_else(|| "must be a whole number of bytes, such as `512MiB`".into())
}

/// The destination that `--output` names: the standard output unless it is given.
pub(crate) fn output(file: Option<&Path>) -> Destination {
    file.map_or(Destination::Stdout, Destination::from_argument)
}
