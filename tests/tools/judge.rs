//! Judges sessionized events: it recomputes every session from `ip` and `timestamp` alone.
//!
//!     fluvio consume sessions --all-partitions --beginning --end … | target/release/judge
//!
//! Each event is compared with the session rule, with the documented defaults, over the events of
//! its visitor in the order in which they come. Visitors may be interleaved in any way. If the
//! events of a visitor are also in order of time, the sessions are compared with those of a batch
//! job.

use std::collections::{BTreeMap, HashMap};
use std::io::{BufRead, stdin};
use std::process::ExitCode;

use anyhow::{Context, Result, ensure};
use harness::batch_job::{by_id, expected_by_id, sessions};
use harness::bounds::Bounds;
use harness::calendar::millis_of;
use harness::event::Event;
use harness::reference::{Reference, Verdict};
use harness::sessionized::Sessionized;
use serde_json::Value;

/// Number of wrong events to print.
const SHOWN: u64 = 5;

/// What is known of one visitor.
struct Visitor {
    reference: Reference,
    events: Vec<Event>,
    outputs: Vec<Sessionized>,
}

fn main() -> ExitCode {
    match judge() {
        Ok(0) => ExitCode::SUCCESS,
        Ok(_) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("judge: {error:#}");
            ExitCode::FAILURE
        }
    }
}

/// Returns the number of differences.
fn judge() -> Result<u64> {
    let bounds = Bounds::default();
    let mut visitors: BTreeMap<String, Visitor> = BTreeMap::new();
    let (mut read, mut wrong) = (0_u64, 0_u64);
    let mut differs = |what: String| {
        wrong += 1;
        if wrong <= SHOWN {
            println!("{what}");
        }
    };
    for line in stdin().lock().split(b'\n') {
        let line = line?;
        read += 1;
        let (event, output) = match read_event(&line) {
            Ok(both) => both,
            Err(error) => {
                let line = String::from_utf8_lossy(&line);
                differs(format!("line {read}: {error:#}: {line}"));
                continue;
            }
        };
        let visitor = visitors
            .entry(event.key.clone())
            .or_insert_with(|| Visitor {
                reference: Reference::new(&bounds),
                events: Vec::new(),
                outputs: Vec::new(),
            });
        let expected = visitor.reference.event(&event);
        if expected != Verdict::Passed(output.clone()) {
            differs(format!(
                "line {read}: {event:?}\n  is  {output:?}\n  not {expected:?}"
            ));
        }
        visitor.events.push(event);
        visitor.outputs.push(output);
    }

    let mut ids = HashMap::new();
    for (key, visitor) in &visitors {
        let found = by_id(&visitor.outputs);
        if visitor.events.is_sorted_by_key(|event| event.time) {
            let expected = expected_by_id(&sessions(&visitor.events, &bounds));
            if found != expected {
                differs(format!("sessions of {key}: {found:?}, not {expected:?}"));
            }
        }
        for id in found.into_keys() {
            if let Some(other) = ids.insert(id.clone(), key) {
                differs(format!("{id} is a session of both {other} and {key}"));
            }
        }
    }
    let visitors = visitors.len();
    let sessions = ids.len();
    println!("{read} events, {visitors} visitors, {sessions} sessions, {wrong} wrong");
    ensure!(read > 0, "there are no events");
    Ok(wrong)
}

fn read_event(line: &[u8]) -> Result<(Event, Sessionized)> {
    let output = Sessionized::parse(line)?;
    let value: Value = serde_json::from_slice(line)?;
    let text = |name: &str| {
        value
            .get(name)
            .and_then(Value::as_str)
            .with_context(|| format!("{name} is not a string"))
    };
    let time = text("timestamp")?;
    let millis = whole_millis(time)
        .and_then(|time| millis_of(&time))
        .with_context(|| format!("timestamp is {time}"))?;
    Ok((Event::new(text("ip")?, millis), output))
}

/// Brings a time to milliseconds, which is what sessions are measured in. Logs have microseconds,
/// or whole seconds.
fn whole_millis(time: &str) -> Option<String> {
    let time = time.strip_suffix('Z')?;
    let (seconds, fraction) = time.split_once('.').unwrap_or((time, ""));
    let millis: String = fraction.chars().chain("000".chars()).take(3).collect();
    Some(format!("{seconds}.{millis}Z"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_truncated_to_milliseconds() {
        for (time, millis) in [
            ("1970-01-01T00:00:01Z", Some(1_000)),
            ("1970-01-01T00:00:01.5Z", Some(1_500)),
            ("1970-01-01T00:00:00.136999Z", Some(136)),
            ("1970-01-01T00:00:01+01:00", None),
        ] {
            let read = whole_millis(time).and_then(|time| millis_of(&time));
            assert_eq!(read, millis, "{time}");
        }
    }
}
