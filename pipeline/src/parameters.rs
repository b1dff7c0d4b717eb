//! Parameters as users give them.

use sessionize_core::parameters::Parameters;

use crate::error::Error;

/// The parameters of these names and values.
///
/// # Errors
///
/// When one of them is refused, with the message that the module gives.
pub fn parameters(pairs: &[(String, String)]) -> Result<Parameters, Error> {
    let pairs = pairs.iter();
    let pairs = pairs.map(|(name, value)| (name.as_str(), value.as_str()));
    Parameters::from_pairs(pairs).map_err(|e| Error::usage(e.to_string()))
}
