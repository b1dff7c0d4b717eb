//! The parameters, as the engine hands them over.

use std::collections::BTreeMap;

use fluvio_smartmodule::dataplane::core::{Decoder, Encoder};
use fluvio_smartmodule::dataplane::smartmodule::SmartModuleExtraParams;
use fluvio_smartmodule::{Result, eyre, smartmodule};
use sessionize_core::parameters::Parameters;

/// The last version of the parameters' encoding that holds nothing but names and values.
const NAMES_AND_VALUES: i16 = 19;

/// Checks the parameters and starts the module with them.
#[smartmodule(init)]
fn init(params: SmartModuleExtraParams) -> Result<()> {
    let parameters = parameters(&params)?;
    #[cfg(target_arch = "wasm32")]
    crate::abi::start(&parameters);
    #[cfg(not(target_arch = "wasm32"))]
    drop(parameters);
    Ok(())
}

fn parameters(params: &SmartModuleExtraParams) -> Result<Parameters> {
    let pairs = pairs(params)?;
    let pairs = pairs
        .iter()
        .map(|(name, value)| (name.as_str(), value.as_str()));
    Parameters::from_pairs(pairs).map_err(|error| eyre!("{error}"))
}

/// All names and values. Fluvio's type answers only for names that are asked for, so that an unknown one would go
/// unnoticed; its encoding holds them all.
fn pairs(params: &SmartModuleExtraParams) -> Result<BTreeMap<String, String>> {
    let mut encoded = Vec::new();
    params.encode(&mut encoded, NAMES_AND_VALUES)?;
    let mut pairs = BTreeMap::new();
    pairs.decode(&mut encoded.as_slice(), NAMES_AND_VALUES)?;
    Ok(pairs)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn params(pairs: &[(&str, &str)]) -> SmartModuleExtraParams {
        let mut params = SmartModuleExtraParams::default();
        for (name, value) in pairs {
            params.insert(String::from(*name), String::from(*value));
        }
        params
    }

    #[test]
    fn every_parameter_arrives() {
        let parameters = parameters(&params(&[("gap", "90s"), ("count", "5"), ("age", "1000")]));
        assert_eq!(parameters.unwrap().rule.gap, 90_000);
    }

    #[test]
    fn an_unknown_parameter_is_noticed() {
        let error = init(params(&[("gap", "90s"), ("grap", "1s")])).unwrap_err();
        assert!(
            error
                .to_string()
                .starts_with("unknown parameter `grap` (value `1s`); ")
        );
    }
}
