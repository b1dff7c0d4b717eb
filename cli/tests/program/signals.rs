//! Runs that end early.

use std::io::{BufRead, BufReader, Read, Write};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use crate::program::{Program, event};

fn interrupt(child: &Child) {
    let status = Command::new("kill")
        .args(["-INT", &child.id().to_string()])
        .status()
        .unwrap();
    assert!(status.success());
}

#[test]
fn ctrl_c_finishes_what_was_read() {
    let program = Program::new();
    let mut child = program
        .run_command("-")
        .stdin(Stdio::piped())
        .spawn()
        .unwrap();
    let mut stdin = child.stdin.take().unwrap();
    stdin
        .write_all(event("1.2.3.4", "00:00:00").as_bytes())
        .unwrap();
    stdin
        .write_all(event("1.2.3.4", "00:10:00").as_bytes())
        .unwrap();
    stdin.flush().unwrap();
    // The first event comes out while the input is still open: the second event has moved the
    // watermark past it.
    let mut stdout = BufReader::new(child.stdout.take().unwrap());
    let mut first = String::new();
    stdout.read_line(&mut first).unwrap();
    assert!(first.contains("\"session_cut\":\"first\""), "{first}");

    interrupt(&child);
    let mut rest = String::new();
    stdout.read_to_string(&mut rest).unwrap();
    assert_eq!(rest.lines().count(), 1);
    assert!(rest.contains("\"session_duration\":600,"), "{rest}");
    let mut said = String::new();
    child
        .stderr
        .take()
        .unwrap()
        .read_to_string(&mut said)
        .unwrap();
    assert!(said.contains("sessions   1: first 1,"), "{said}");
    assert_eq!(child.wait().unwrap().code(), Some(130));
    drop(stdin);
}

#[test]
fn a_second_ctrl_c_ends_at_once() {
    let program = Program::new();
    program.generate("--events 400000 --ips 100", "events");
    let mut child = program.run_command("events").spawn().unwrap();
    // After its first line nobody reads the output, so that the first Ctrl-C has to wait.
    let mut stdout = BufReader::new(child.stdout.take().unwrap());
    stdout.read_line(&mut String::new()).unwrap();
    interrupt(&child);
    std::thread::sleep(Duration::from_millis(300));
    assert!(
        child.try_wait().unwrap().is_none(),
        "it waits for its output to be read"
    );
    interrupt(&child);
    assert_eq!(child.wait().unwrap().code(), Some(130));
}

#[test]
fn a_closed_output_ends_quietly() {
    let program = Program::new();
    program.generate("--events 100000", "events");
    for partitions in [1, 3] {
        let mut child = program
            .run_command(&format!("events --partitions {partitions}"))
            .spawn()
            .unwrap();
        let mut stdout = BufReader::new(child.stdout.take().unwrap());
        let mut line = String::new();
        stdout.read_line(&mut line).unwrap();
        drop(stdout);
        let mut said = String::new();
        child
            .stderr
            .take()
            .unwrap()
            .read_to_string(&mut said)
            .unwrap();
        assert_eq!(said, "");
        assert_eq!(child.wait().unwrap().code(), Some(0));
    }
    let mut child = program
        .command(["generate", "--events", "1000000"])
        .spawn()
        .unwrap();
    drop(child.stdout.take());
    assert_eq!(child.wait().unwrap().code(), Some(0));
}
