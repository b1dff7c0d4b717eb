//! `sessionize restore`, as far as it goes without a cluster.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::process::{Command, Stdio};

use crate::program::{Ended, Program, are_refused};

/// An address where nobody listens.
fn nowhere() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    listener.local_addr().unwrap().to_string()
}

/// A configuration of Fluvio with the profiles `local` and `other`, both of nowhere.
fn configuration(current: &str) -> String {
    format!(
        "version = \"2.0\"\n{current}\n[profile.local]\ncluster = \"local\"\n[profile.other]\n\
         cluster = \"local\"\n[cluster.local]\nendpoint = \"{}\"\n",
        nowhere()
    )
}

/// `sessionize restore` with a configuration of Fluvio, where there is one.
fn command(program: &Program, configuration: Option<&str>, line: &str) -> Command {
    program.for_cluster(configuration, "restore", line)
}

fn restore(configuration: Option<&str>, line: &str) -> (Program, Ended) {
    let program = Program::new();
    let ended = Ended(command(&program, configuration, line).output().unwrap());
    (program, ended)
}

#[test]
fn arguments() {
    let rows = [
        ("", "--topic <NAME>"),
        (
            "--topic sessions --watch --timeout 1s",
            "the argument '--watch' cannot be used with '--timeout <DURATION>'",
        ),
        ("--topic sessions --metrics 127.0.0.1:0", "--watch"),
        (
            "--topic sessions --within soon",
            "invalid value 'soon' for '--within <DURATION>'",
        ),
        (
            "--topic sessions --log xml",
            "[possible values: text, json]",
        ),
        (
            "--topic sessions --watch --metrics here",
            "invalid socket address syntax",
        ),
    ];
    are_refused(&rows, |line| restore(None, line).1);
}

#[test]
fn profiles() {
    let current = configuration("current_profile = \"local\"");
    let rows = [
        (
            None,
            "",
            "cannot read the profiles of Fluvio: {fluvio}: no such file or directory",
        ),
        (
            Some("version = 2"),
            "",
            "cannot read the profiles of Fluvio: {fluvio}: invalid type: integer `2`, expected a string",
        ),
        (
            Some("version = \"2.0\"\n[profile]\n[cluster]\n"),
            "",
            "Fluvio has no current profile; name one with --profile",
        ),
        (
            Some(current.as_str()),
            "--profile cloud",
            "Fluvio has no profile `cloud`; it has `local`, `other`",
        ),
    ];
    for (configuration, line, message) in rows {
        for watch in ["", "--watch"] {
            let line = format!("--topic sessions {watch} {line}");
            let (program, ended) = restore(configuration, &line);
            let fluvio = program.path("fluvio").display().to_string();
            let message = message.replace("{fluvio}", &fluvio);
            assert_eq!(ended.errors(), format!("sessionize: {message}\n"), "{line}");
            assert_eq!(ended.code(), 2, "{line}");
        }
    }
}

#[test]
fn a_cluster_out_of_reach() {
    let configuration = configuration("current_profile = \"local\"");
    let endpoint = configuration.split('"').rev().nth(1).unwrap();
    for profile in ["", "--profile other"] {
        let line = format!("--topic sessions --timeout 300ms --quiet {profile}");
        let began = std::time::Instant::now();
        let (_, ended) = restore(Some(&configuration), &line);
        let (log, error) = ended.errors().split_once('\n').unwrap();
        assert!(
            log.contains("WARN") && log.contains("the cluster is out of reach"),
            "{log}"
        );
        assert_eq!(
            error,
            format!("sessionize: cannot connect to {endpoint}: connection refused\n")
        );
        assert_eq!(ended.code(), 1);
        assert!(began.elapsed().as_millis() >= 300);
    }
}

#[test]
fn a_log_that_cannot_be_filtered_so() {
    let program = Program::new();
    let current = configuration("current_profile = \"local\"");
    let mut command = command(&program, Some(&current), "--topic sessions");
    let ended = Ended(command.env("RUST_LOG", "a=b=c").output().unwrap());
    assert_eq!(
        ended.errors(),
        "sessionize: environment variable RUST_LOG is `a=b=c`: error parsing level filter: expected one of \"off\", \
         \"error\", \"warn\", \"info\", \"debug\", \"trace\", or a number 0-5\n"
    );
    assert_eq!(ended.code(), 2);
}

#[test]
fn a_watcher_waits_for_the_cluster_until_it_is_stopped() {
    for signal in ["-INT", "-TERM"] {
        let program = Program::new();
        let current = configuration("current_profile = \"local\"");
        let address = nowhere();
        let line = format!("--topic sessions --watch --log json --metrics {address}");
        let mut child = command(&program, Some(&current), &line)
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut log = BufReader::new(child.stderr.take().unwrap());
        let mut line = String::new();
        log.read_line(&mut line).unwrap();
        let said: serde_json::Value = serde_json::from_str(&line).unwrap();
        assert_eq!(said["fields"]["message"], "the cluster is out of reach");
        assert_eq!(said["level"], "WARN");

        let (status, text) = get(&address, "/metrics");
        assert_eq!(status, "HTTP/1.1 200 OK");
        assert!(
            text.contains("\nsessionize_restore_tellings_total 0\n"),
            "{text}"
        );
        let (status, text) = get(&address, "/");
        assert_eq!(status, "HTTP/1.1 404 Not Found");
        assert_eq!(text, "the figures are under /metrics\n");

        let killed = Command::new("kill")
            .args([signal, &child.id().to_string()])
            .status();
        assert!(killed.unwrap().success());
        assert_eq!(child.wait().unwrap().code(), Some(130));
        let mut rest = String::new();
        log.read_to_string(&mut rest).unwrap();
        assert_eq!(rest, "", "it says once that the cluster is out of reach");
    }
}

#[test]
fn an_address_for_metrics_that_is_in_use() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let current = configuration("current_profile = \"local\"");
    let line = format!("--topic sessions --watch --metrics {address}");
    let (_, ended) = restore(Some(&current), &line);
    assert_eq!(
        ended.errors(),
        format!("sessionize: cannot serve the metrics on {address}: address already in use\n")
    );
    assert_eq!(ended.code(), 1);
}

/// Status line and content of an HTTP answer.
fn get(address: &str, path: &str) -> (String, String) {
    let mut stream = TcpStream::connect(address).unwrap();
    write!(
        stream,
        "GET {path} HTTP/1.1\r\nHost: test\r\nConnection: close\r\n\r\n"
    )
    .unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    let (head, content) = answer.split_once("\r\n\r\n").unwrap();
    (head.lines().next().unwrap().into(), content.into())
}
