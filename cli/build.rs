//! Embeds the compiled module in the program, so that a copied program works alone.
//!
//! The module is built for WebAssembly, by another cargo, so it can't be a dependency. `make`
//! builds it first and names it in `SESSIONIZE_EMBED`. Without that variable the program is built
//! all the same, and looks for the module beside itself.

use std::env;
use std::error::Error;
use std::fs;
use std::path::Path;

fn main() -> Result<(), Box<dyn Error>> {
    println!("cargo::rustc-check-cfg=cfg(embedded)");
    println!("cargo::rerun-if-changed=build.rs");
    println!("cargo::rerun-if-env-changed=SESSIONIZE_EMBED");
    let Some(module) = env::var_os("SESSIONIZE_EMBED").filter(|module| !module.is_empty()) else {
        return Ok(());
    };
    let module = Path::new(&module);
    println!("cargo::rerun-if-changed={}", module.display());
    let copy = Path::new(&env::var_os("OUT_DIR").unwrap_or_default()).join("sessionize.wasm");
    fs::copy(module, copy).map_err(|e| {
        let name = module.display();
        format!("cannot embed the module {name}, which SESSIONIZE_EMBED names: {e}")
    })?;
    println!("cargo::rustc-cfg=embedded");
    Ok(())
}
