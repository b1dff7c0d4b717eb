//! `sessionize check`: check parameters and look-back before they are deployed.

use std::path::PathBuf;
use std::process::ExitCode;

use sessionize_cli::check::{Deployment, RECORD_SIZE, Remark};
use sessionize_pipeline::error::Error;

use crate::arguments::name_and_value;
use crate::module::module;

#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    /// Parameter of the module, such as `-e gap=15m`; may be given several times
    #[arg(short = 'e', long = "params", value_name = "NAME=VALUE", value_parser = name_and_value,
        conflicts_with_all = ["topic", "transforms"])]
    parameters: Vec<(String, String)>,

    /// The compiled module [default: the one in this program]
    #[arg(long, value_name = "FILE")]
    wasm_file: Option<PathBuf>,

    /// Topic to check, in the form that `fluvio topic create --config` takes
    #[arg(long, value_name = "FILE")]
    topic: Option<PathBuf>,

    /// Transforms to check, in the form that `fluvio consume --transforms-file` takes
    #[arg(long, value_name = "FILE", alias = "transforms-file")]
    transforms: Option<PathBuf>,

    /// Average size of a stored event with its session; about 800 for lines of a classic load
    /// balancer
    #[arg(long, value_name = "BYTES", default_value_t = RECORD_SIZE,
        value_parser = clap::value_parser!(u64).range(1..=1_000_000_000))]
    record_size: u64,

    /// End with exit code 1 if there is a warning
    #[arg(long)]
    strict: bool,
}

pub(crate) fn check(arguments: Arguments) -> Result<ExitCode, Error> {
    let mut deployments = Vec::new();
    if let Some(file) = &arguments.topic {
        deployments.push(Deployment::from_topic(file)?);
    }
    if let Some(file) = &arguments.transforms {
        deployments.extend(Deployment::from_transforms(file)?);
    }
    if deployments.is_empty() {
        deployments.push(Deployment::from_parameters(arguments.parameters));
    }
    let module = module(arguments.wasm_file.as_deref())?;
    let mut warned = false;
    for deployment in deployments {
        let remarks = deployment.check(&module.bytes, arguments.record_size)?;
        let lead = deployment
            .name
            .map_or_else(String::new, |name| format!("{name}: "));
        for remark in remarks {
            eprintln!("{lead}{remark}");
            warned |= matches!(remark, Remark::Warning(_));
        }
        println!("{lead}the module starts");
    }
    Ok(if warned && arguments.strict {
        ExitCode::FAILURE
    } else {
        ExitCode::SUCCESS
    })
}
