//! The `sessionize` program.

mod arguments;
mod commands;
mod module;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

use arguments::module_parameters;
use commands::{
    check, doctor, feed, generate, module as module_command, query, restore, run, sessions,
};

/// Assign web events to visitor sessions
#[derive(Debug, Parser)]
#[command(name = "sessionize", version, max_term_width = 100)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Sessionize log files or the standard input, without a cluster
    #[command(after_help = module_parameters())]
    Run(run::Arguments),
    /// Write one row per session, of sessionized events
    Sessions(sessions::Arguments),
    /// Answer a question about sessionized events, in SQL
    Query(query::Arguments),
    /// Write a page with charts about sessionized events
    Report(query::Arguments),
    /// Check that the module starts with these parameters (a broker hides the reason when it does
    /// not), and that its look-back suffices
    #[command(after_help = module_parameters())]
    Check(check::Arguments),
    /// Tell a topic's module its sessions after a restart, from what the topic has stored
    Restore(restore::Arguments),
    /// Feed a topic with the module from a raw topic or from files: in order of time, nothing lost,
    /// nothing doubled
    Feed(feed::Arguments),
    /// Say how a topic with the module is, what a crash of its broker would do to its sessions, and
    /// what to set
    Doctor(doctor::Arguments),
    /// Write a realistic access log; the same seed gives the same log
    Generate(generate::Arguments),
    /// Write the compiled module, for a broker
    Module(module_command::Arguments),
}

fn main() -> ExitCode {
    let ended = match Cli::parse().command {
        Command::Run(arguments) => run::run(arguments),
        Command::Sessions(arguments) => sessions::sessions(arguments),
        Command::Query(arguments) => query::start("query", arguments),
        Command::Report(arguments) => query::start("report", arguments),
        Command::Check(arguments) => check::check(arguments),
        Command::Restore(arguments) => restore::restore(&arguments),
        Command::Feed(arguments) => feed::run(&arguments),
        Command::Doctor(arguments) => doctor::run(&arguments),
        Command::Generate(arguments) => generate::generate(&arguments),
        Command::Module(arguments) => module_command::write(&arguments),
    };
    ended.unwrap_or_else(|error| sessionize_pipeline::exit::with_error(&error).into())
}
