//! The whole program, from file to file.

use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use anyhow::{Context, Result, ensure};
use harness::cpu::{Whose, took};
use sessionize_cli::generate::{Log, Options};
use tempfile::TempDir;

/// The built program with its input.
pub struct Program {
    path: PathBuf,
    folder: TempDir,
    events: u64,
}

impl Program {
    pub fn new(events: u64) -> Result<Self> {
        let folder = tempfile::tempdir()?;
        File::create(folder.path().join("empty"))?;
        let mut log = Log::new(&Options {
            events,
            ips: 100_000,
            ..Options::default()
        });
        let mut file = BufWriter::new(File::create(folder.path().join("events"))?);
        let mut line = Vec::new();
        while log.write_next(&mut line) {
            file.write_all(&line)?;
            line.clear();
        }
        file.flush()?;
        Ok(Self {
            path: std::env::current_exe()?.with_file_name("sessionize"),
            folder,
            events,
        })
    }

    /// Events per CPU second.
    pub fn run(&self, partitions: usize, batch: usize) -> Result<f64> {
        let took = self.cpu("events", partitions, batch)?;
        Ok(self.events as f64 / took.as_secs_f64())
    }

    /// What it takes to start, and to end.
    pub fn start(&self) -> Result<Duration> {
        self.cpu("empty", 1, 1_000)
    }

    fn cpu(&self, input: &str, partitions: usize, batch: usize) -> Result<Duration> {
        let mut command = Command::new(&self.path);
        command.arg("run").arg(self.file(input)).arg("--quiet");
        command.args(["--partitions", &partitions.to_string()]);
        command.args(["--batch", &batch.to_string()]);
        command.arg("--output").arg(self.file("sessions"));
        let (took, status) = took(Whose::Children, || {
            let status = command.status();
            status.with_context(|| format!("cannot run {}", self.path.display()))
        })?;
        ensure!(status.success(), "sessionize run failed: {status}");
        Ok(took)
    }

    fn file(&self, name: &str) -> PathBuf {
        Path::join(self.folder.path(), name)
    }
}
