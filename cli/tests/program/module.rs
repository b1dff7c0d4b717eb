//! Where the compiled module comes from.

use std::process::Command;

use crate::program::{Ended, Program, event, wasm};

/// A copy of the program in a folder that has nothing else of ours.
struct Copy(Program);

impl Copy {
    fn new() -> Self {
        let program = Program::new();
        std::fs::copy(env!("CARGO_BIN_EXE_sessionize"), program.path("sessionize")).unwrap();
        program.write("events", event("1.2.3.4", "00:00:00"));
        Self(program)
    }

    fn call(&self, line: &str) -> Ended {
        let mut command = Command::new(self.0.path("sessionize"));
        command
            .args(line.split_whitespace())
            .current_dir(self.0.path(""));
        Ended(command.output().unwrap())
    }
}

#[test]
fn the_module_is_written_as_it_was_built() {
    let program = Program::new();
    let ended = program.call("module -o sessionize.wasm");
    assert_eq!((ended.errors(), ended.code()), ("", 0));
    assert!(program.read("sessionize.wasm") == std::fs::read(wasm()).unwrap());
    let ended = program.call("module");
    assert!(ended.0.stdout == std::fs::read(wasm()).unwrap());
}

#[cfg(embedded)]
#[test]
fn a_copied_program_works_alone() {
    let copy = Copy::new();
    let ended = copy.call("run events --quiet --engine");
    assert_eq!((ended.errors(), ended.code()), ("", 0));
    assert_eq!(ended.out().lines().count(), 1);
    let ended = copy.call("check");
    assert_eq!((ended.out(), ended.code()), ("the module starts\n", 0));

    // Only what is asked for goes before what is embedded.
    copy.0.write("sessionize.wasm", "not wasm");
    assert_eq!(copy.call("run events --quiet --engine").code(), 0);
    let ended = copy.call("run events --quiet --engine --wasm-file sessionize.wasm");
    assert!(
        ended
            .errors()
            .starts_with("sessionize: cannot start the module: "),
        "{}",
        ended.errors()
    );
}

#[cfg(not(embedded))]
#[test]
fn a_program_without_a_module_looks_beside_itself() {
    let copy = Copy::new();
    let ended = copy.call("run events --quiet --engine");
    let sought = copy.0.path("").canonicalize().unwrap();
    assert_eq!(
        ended.errors(),
        format!(
            "sessionize: cannot read the module {}: no such file or directory; this program was \
             built without one: `make build` puts it in, and --wasm-file names one\n",
            sought.join("sessionize.wasm").display()
        )
    );
    assert_eq!(ended.code(), 1);

    std::fs::copy(wasm(), copy.0.path("sessionize.wasm")).unwrap();
    let ended = copy.call("run events --quiet --engine");
    assert_eq!((ended.errors(), ended.code()), ("", 0));
}
