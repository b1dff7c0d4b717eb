//! `sessionize feed`, as far as it goes without a cluster.

use std::process::{Command, Stdio};
use std::time::Duration;

use crate::program::{Ended, NOWHERE, Program, are_refused};

fn feed(line: &str) -> Ended {
    let program = Program::new();
    let mut command = program.for_cluster(Some(NOWHERE), "feed", line);
    Ended(command.output().unwrap())
}

#[test]
fn arguments() {
    let rows = [
        ("--from weblog", "--to <TOPIC>"),
        ("--to sessions", "--from <TOPIC>"),
        (
            "--to sessions --from weblog a.log",
            "the argument '--from <TOPIC>' cannot be used with '[FILE]...'",
        ),
        (
            "--to sessions a.log --once",
            "the argument '[FILE]...' cannot be used with '--once'",
        ),
        (
            "--to sessions a.log --partitions 0",
            "the argument '[FILE]...' cannot be used with '--partitions <LIST>'",
        ),
        (
            "--to sessions --from weblog --follow",
            "the argument '--from <TOPIC>' cannot be used with '--follow'",
        ),
        (
            "--to sessions --from weblog --name web1",
            "the argument '--from <TOPIC>' cannot be used with '--name <NAME>'",
        ),
        (
            "--to sessions --from weblog --partitions 0,x",
            "invalid value 'x' for '--partitions <LIST>'",
        ),
        (
            "--to sessions --from weblog --stamp maybe",
            "[possible values: on, off]",
        ),
        (
            "--to sessions --from weblog --start now",
            "[possible values: beginning, end]",
        ),
        (
            "--to sessions --from weblog --window much",
            "must be a size such as `512MiB`",
        ),
    ];
    are_refused(&rows, feed);
}

#[test]
fn values_that_cannot_be() {
    let rows = [
        (
            "--to sessions --from sessions",
            "sessionize: topic sessions cannot be fed from itself\n",
        ),
        (
            "--to sessions --from weblog --batch-bytes 0",
            "sessionize: --batch-bytes is 0, but must be from 1 to 16777216\n",
        ),
        (
            "--to sessions --from weblog --batch-bytes 32MiB",
            "sessionize: --batch-bytes is 33554432, but must be from 1 to 16777216\n",
        ),
        (
            "--to sessions --from weblog --window 1KiB",
            "sessionize: --window is 1024 bytes, but must be at least --batch-bytes, which is 262144\n",
        ),
        (
            "--to sessions --from weblog --profile none",
            "sessionize: Fluvio has no profile `none`; it has `local`\n",
        ),
    ];
    for (line, message) in rows {
        let ended = feed(line);
        assert_eq!((ended.code(), ended.errors()), (2, message), "{line}");
    }
}

#[test]
fn it_is_stopped_while_the_cluster_is_out_of_reach() {
    let program = Program::new();
    let mut child = program
        .for_cluster(Some(NOWHERE), "feed", "--to sessions --from weblog")
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    std::thread::sleep(Duration::from_millis(500));
    assert!(
        child.try_wait().unwrap().is_none(),
        "it waits for the cluster"
    );
    let id = child.id().to_string();
    assert!(
        Command::new("kill")
            .args(["-TERM", &id])
            .status()
            .unwrap()
            .success()
    );
    let ended = Ended(child.wait_with_output().unwrap());
    assert_eq!(ended.code(), 130);
    assert!(
        ended.errors().contains("the cluster is out of reach"),
        "{}",
        ended.errors()
    );
}
