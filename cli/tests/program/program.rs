//! Runs the program.

use std::ffi::OsStr;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use tempfile::TempDir;

/// A configuration of Fluvio whose cluster is nowhere: nobody listens on this port.
pub const NOWHERE: &str = "version = \"2.0\"\ncurrent_profile = \"local\"\n[profile.local]\n\
                           cluster = \"local\"\n[cluster.local]\nendpoint = \"127.0.0.1:1\"\n";

/// The program with a directory of its own, in which all file names are.
pub struct Program {
    directory: TempDir,
}

impl Program {
    pub fn new() -> Self {
        Self {
            directory: tempfile::tempdir().unwrap(),
        }
    }

    /// A file in the directory.
    pub fn path(&self, name: &str) -> PathBuf {
        self.directory.path().join(name)
    }

    pub fn write(&self, name: &str, content: impl AsRef<[u8]>) {
        std::fs::write(self.path(name), content).unwrap();
    }

    pub fn read(&self, name: &str) -> Vec<u8> {
        std::fs::read(self.path(name)).unwrap()
    }

    /// The program with a command for a cluster, by this configuration of Fluvio, where there is
    /// one.
    pub fn for_cluster(&self, configuration: Option<&str>, name: &str, line: &str) -> Command {
        if let Some(content) = configuration {
            self.write("fluvio", content);
        }
        let mut command = self.command([name]);
        command
            .args(line.split_whitespace())
            .env("FLV_PROFILE_PATH", self.path("fluvio"))
            .env_remove("RUST_LOG");
        command
    }

    /// The program with these arguments.
    pub fn command<A: AsRef<OsStr>>(&self, arguments: impl IntoIterator<Item = A>) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_sessionize"));
        command
            .args(arguments)
            .current_dir(self.directory.path())
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        command
    }

    /// Runs the program with the words of a line as arguments.
    pub fn call(&self, line: &str) -> Ended {
        Ended(self.command(line.split_whitespace()).output().unwrap())
    }

    /// Runs `sessionize run` with the words of a line.
    pub fn run(&self, line: &str) -> Ended {
        Ended(self.run_command(line).output().unwrap())
    }

    /// Does the same by the compiled module in Fluvio's engine.
    pub fn run_in_engine(&self, line: &str) -> Ended {
        let mut command = self.run_command(line);
        command.arg("--engine").arg("--wasm-file").arg(wasm());
        Ended(command.output().unwrap())
    }

    /// The same, with something on the standard input.
    pub fn run_with_input(&self, line: &str, input: &[u8]) -> Ended {
        let mut child = self
            .run_command(line)
            .stdin(Stdio::piped())
            .spawn()
            .unwrap();
        let mut stdin = child.stdin.take().unwrap();
        let input = input.to_vec();
        let writer = std::thread::spawn(move || stdin.write_all(&input));
        let ended = Ended(child.wait_with_output().unwrap());
        writer.join().unwrap().unwrap();
        ended
    }

    pub fn run_command(&self, line: &str) -> Command {
        let mut command = self.command(["run"]);
        command.args(line.split_whitespace());
        command
    }

    /// Runs `sessionize generate` to a file.
    pub fn generate(&self, line: &str, file: &str) {
        let ended = self.call(&format!("generate {line} --output {file}"));
        assert_eq!(ended.code(), 0, "{}", ended.errors());
    }
}

/// The compiled module: named by `SESSIONIZE_WASM`, or where `make build` puts it.
pub fn wasm() -> PathBuf {
    let path = std::env::var_os("SESSIONIZE_WASM").map_or_else(
        || Path::new(env!("CARGO_BIN_EXE_sessionize")).with_file_name("sessionize.wasm"),
        PathBuf::from,
    );
    assert!(
        path.is_file(),
        "there is no module at {}: run `make build`",
        path.display()
    );
    path
}

/// What became of a call.
pub struct Ended(pub Output);

impl Ended {
    pub fn code(&self) -> i32 {
        self.0.status.code().unwrap()
    }

    pub fn out(&self) -> &str {
        std::str::from_utf8(&self.0.stdout).unwrap()
    }

    pub fn errors(&self) -> &str {
        std::str::from_utf8(&self.0.stderr).unwrap()
    }

    /// The lines of the output, sorted.
    pub fn sorted(&self) -> Vec<&str> {
        let mut lines: Vec<&str> = self.out().lines().collect();
        lines.sort_unstable();
        lines
    }
}

/// A JSON event.
pub fn event(ip: &str, time: &str) -> String {
    format!("{{\"ip\":\"{ip}\",\"timestamp\":\"2025-03-03T{time}Z\"}}\n")
}

/// The content as gzip.
pub fn gzip(content: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    encoder.write_all(content).unwrap();
    encoder.finish().unwrap()
}

/// The content in each compression that is read, by the extension of its files.
pub fn compressed(content: &[u8]) -> [(&'static str, Vec<u8>); 4] {
    // Blocks of 100,000 bytes.
    let mut bzip2 = bzip2::write::BzEncoder::new(Vec::new(), bzip2::Compression::fast());
    bzip2.write_all(content).unwrap();
    [
        ("gz", gzip(content)),
        ("zst", zstd::encode_all(content, 1).unwrap()),
        ("bz2", bzip2.finish().unwrap()),
        ("xz", liblzma::encode_all(content, 1).unwrap()),
    ]
}

/// Checks rows of wrong arguments, each with a part of what is said of them.
pub fn are_refused(rows: &[(&str, &str)], run: impl Fn(&str) -> Ended) {
    for (line, message) in rows {
        let ended = run(line);
        assert_eq!(ended.code(), 2, "{line}");
        assert!(
            ended.errors().contains(message),
            "{line}: {}",
            ended.errors()
        );
    }
}
