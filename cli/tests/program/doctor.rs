//! `sessionize doctor`, as far as it goes without a cluster.

use std::process::{Command, Stdio};
use std::time::Duration;

use crate::program::{Ended, NOWHERE, Program, are_refused};

fn command(program: &Program, line: &str) -> Command {
    program.for_cluster(Some(NOWHERE), "doctor", line)
}

fn doctor(line: &str) -> Ended {
    let program = Program::new();
    Ended(command(&program, line).output().unwrap())
}

#[test]
fn arguments() {
    let rows = [
        ("", "--topic <NAME>"),
        (
            "--topic sessions --within soon",
            "invalid value 'soon' for '--within <DURATION>'",
        ),
        (
            "--topic sessions --limit much",
            "must be a size such as `512MiB`, in B, KiB, MiB or GiB",
        ),
    ];
    are_refused(&rows, doctor);
}

#[test]
fn a_profile_that_is_not_there() {
    let ended = doctor("--topic sessions --profile none");
    assert_eq!(
        ended.errors(),
        "sessionize: Fluvio has no profile `none`; it has `local`\n"
    );
    assert_eq!(ended.code(), 2);
}

#[test]
fn a_cluster_out_of_reach() {
    let ended = doctor("--topic sessions --timeout 300ms");
    let (log, error) = ended.errors().split_once('\n').unwrap();
    assert!(log.contains("WARN the cluster is out of reach"), "{log}");
    assert_eq!(
        error,
        "sessionize: cannot connect to 127.0.0.1:1: connection refused\n"
    );
    assert_eq!((ended.out(), ended.code()), ("", 1));
}

#[test]
fn it_is_stopped_while_the_cluster_is_out_of_reach() {
    let program = Program::new();
    let mut child = command(&program, "--topic sessions --timeout 60s")
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    std::thread::sleep(Duration::from_millis(500));
    assert!(
        child.try_wait().unwrap().is_none(),
        "it waits for the cluster"
    );
    let id = child.id().to_string();
    let killed = Command::new("kill").args(["-INT", &id]).status();
    assert!(killed.unwrap().success());
    let ended = Ended(child.wait_with_output().unwrap());
    assert_eq!((ended.out(), ended.code()), ("", 130));
}
