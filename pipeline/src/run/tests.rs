//! The native processor and the module's own code, natively: the same output for any input, with
//! any parameters, in any order. `PROPTEST_CASES=10000` tries so many.

use std::io::Cursor;

use fluvio_protocol::{Decoder, Encoder};
use fluvio_smartmodule::dataplane::smartmodule::{SmartModuleInput, SmartModuleOutput};
use proptest::prelude::*;
use proptest::sample::Index;
use sessionize_generate::{Log, LogFormat, LogOptions};
use sessionize_smartmodule::adapter::Adapter;

use super::*;
use crate::processor::engine::{BROKER_VERSION, ProcessedBatch};
use crate::processor::module::Instance;
use crate::processor::refused;

/// The module's code without the engine around it.
struct WithoutEngine(Adapter);

impl Instance for WithoutEngine {
    fn process(
        &mut self,
        raw: Vec<u8>,
        offset: i64,
        append_time: i64,
    ) -> Result<ProcessedBatch, Error> {
        let mut input = Vec::new();
        SmartModuleInput::new(raw, offset, append_time)
            .encode(&mut input, BROKER_VERSION)
            .unwrap();
        let answer = self.0.filter_map(input, BROKER_VERSION).unwrap();
        let mut bytes = Cursor::new(answer.bytes);
        let output = SmartModuleOutput::decode_from(&mut bytes, BROKER_VERSION).unwrap();
        let refused = output.error.map(|error| {
            let reason = error.hint.lines().next().unwrap_or_default();
            refused(reason, error.record_value.as_ref())
        });
        Ok(ProcessedBatch {
            records: output.successes,
            refused,
        })
    }
}

/// How events are read and processed.
#[derive(Clone, Debug)]
struct Way {
    order: Order,
    parameters: Vec<(String, String)>,
    partitions: usize,
    threads: usize,
    batch: usize,
    sort_memory: u64,
}

/// What came out: the events, the summary, and what went wrong.
type Out = (Vec<u8>, Option<String>, Vec<String>);

fn out(lines: &[Vec<u8>], way: &Way, natively: bool) -> Out {
    let folder = tempfile::tempdir().unwrap();
    let (input, output) = (folder.path().join("in"), folder.path().join("out"));
    std::fs::write(&input, lines.join(&b'\n')).unwrap();
    let options = RunOptions {
        inputs: vec![Input::from_argument(&input)],
        wasm: None,
        parameters: way.parameters.clone(),
        output: Destination::File(output.clone()),
        summary: None,
        partitions: way.partitions,
        threads: way.threads,
        batch: way.batch,
        order: way.order,
        sort_memory: way.sort_memory,
        quiet: true,
        is_counted: true,
    };
    let leaves_late_out = |(name, value): &(String, String)| name == "fields" && value == "none";
    let has_late = !way.parameters.iter().any(leaves_late_out);
    let report = run_with(&options, &AtomicBool::new(false), |parameters, count| {
        let start = |_| ModuleProcessor::of(WithoutEngine(Adapter::new(parameters)));
        let module = (!natively).then(|| (0..count).map(start).collect());
        module.transpose()
    })
    .unwrap();
    let summary = report.summary.map(|summary| {
        let text = Summary {
            elapsed: std::time::Duration::default(),
            in_engine: false,
            // Only the native processor knows that without the field `late`.
            late: if has_late { summary.late } else { 0 },
            late_unknown: 0,
            ..summary
        };
        // With several partitions, each of them keeps its own example of a kind of reason.
        let text = text.to_string();
        let lines = text.lines().filter(|line| !line.starts_with("invalid"));
        lines.collect::<Vec<_>>().join("\n")
    });
    // The name of the folder is another one in each run.
    let failures = report.failures.iter().map(|failure| {
        let name = folder.path().display().to_string();
        failure.to_string().replace(&name, "")
    });
    let failures = failures.collect();
    (std::fs::read(&output).unwrap(), summary, failures)
}

const ORDERS: [Order; 3] = [Order::Watermark, Order::Full, Order::None];

const FORMATS: [LogFormat; 5] = [
    LogFormat::Json,
    LogFormat::Elb,
    LogFormat::Alb,
    LogFormat::Combined,
    LogFormat::Common,
];

/// Lines that need special care; `@` is a time that is near the others.
const ODD: &[&str] = &[
    "{}",
    "{",
    "nonsense",
    " {\"timestamp\":@,\"ip\":\"1.2.3.4\"} ",
    "{\"ip\":\"1.2.3.4:80\",\"timestamp\":@,\"session_id\":\"x\",\"a\":{\"session_id\":1}}",
    "{\"session_late\":1,\"ip\":\"::1\",\"session_late\":[{}],\"timestamp\":@ , \"session_cut\":\"\"}",
    "{\"visit_id\":1,\"timestamp\":@,\"ip\":\"9.9.9.9, 1.2.3.4\"}",
    "{\"ip\":\"\\u0061\\xe4\",\"timestamp\":@,\"user_agent\":\"a,\\\"b\"}",
    "{\"ip\":\"é\\ud800\",\"timestamp\":@}",
    "{\"ip\":\"-\",\"timestamp\":@}",
    "{\"ip\":7,\"timestamp\":\"2025-03-03T00:00:00\"}",
    "\u{feff}{\"ip\":\"1.2.3.4\",\"timestamp\":@}",
    "\"{\"\"ip\"\":\"\"1.2.3.4\"\",\"\"timestamp\"\":@}\"",
    "2025-03-03T00:00:00.1Z lb 1.2.3.4:5 - 0 0 0 200 200 0 1 \"GET \u{1}\\ HTTP/1.1\" \"a\"b\" - - x",
    "www:80 1.2.3.4 - - [03/Mar/2025:00:00:00 +0000] \"GET / HTTP/1.1\" 200 - 7",
];

const PARAMETERS: &[(&str, &str)] = &[
    ("gap", "1m"),
    ("max_events", "2"),
    ("max_duration", "2m"),
    ("ttl", "30m"),
    ("lateness", "0s"),
    ("lateness", "10m"),
    ("late", "drop"),
    ("key", "ip,user_agent"),
    ("key", "user_agent"),
    ("trusted_proxies", "1"),
    ("timestamp", "@timestamp"),
    ("format", "json"),
    ("format", "elb"),
    ("invalid", "drop"),
    ("invalid", "fail"),
    ("max_ahead", "1m"),
    ("max_ahead", "none"),
    ("max_keys", "2"),
    ("prefix", "visit_"),
    ("fields", "none"),
    ("fields", "start,late"),
    ("id", "hash"),
];

/// Lines of one format in some disorder, and other ones among them.
fn lines() -> impl Strategy<Value = Vec<Vec<u8>>> {
    let log = (
        prop::sample::select(&FORMATS[..]),
        any::<u64>(),
        0..40_u64,
        1..8_u32,
        prop::sample::select(&[0, 30_000, 600_000][..]),
    );
    let log = log.prop_map(|(format, seed, events, ips, disorder)| {
        let options = LogOptions {
            format,
            seed,
            events,
            ips,
            disorder,
            span: 7_200_000,
            ..LogOptions::default()
        };
        Log::new(&options).collect::<Vec<_>>()
    });
    // Now and then, a clock that is hours ahead.
    let seconds = prop_oneof![9 => 0..7_200_u32, 1 => 7_200..90_000_u32];
    let odd = (any::<Index>(), prop::sample::select(ODD), seconds);
    let damage = (any::<Index>(), any::<Index>(), any::<u8>());
    let odd = prop::collection::vec(odd, 0..12);
    let damage = prop::collection::vec(damage, 0..3);
    (log, odd, damage).prop_map(|(lines, odd, damage)| mixed(lines, &odd, &damage))
}

/// Lines with odd ones among them, and some bytes damaged.
fn mixed(
    mut lines: Vec<Vec<u8>>,
    odd: &[(Index, &str, u32)],
    damage: &[(Index, Index, u8)],
) -> Vec<Vec<u8>> {
    for (at, line, seconds) in odd {
        let time = (1_740_960_000 + seconds).to_string();
        let line = line.replace('@', &time).into_bytes();
        lines.insert(at.index(lines.len() + 1), line);
    }
    for (line, at, byte) in damage.iter().filter(|(.., byte)| *byte != b'\n') {
        let line = line.index(lines.len().max(1));
        if let Some(line) = lines.get_mut(line).filter(|line| !line.is_empty()) {
            *at.get_mut(line) = *byte;
        }
    }
    lines
}

fn way() -> impl Strategy<Value = Way> {
    let parameters = prop::sample::subsequence(PARAMETERS, 0..3);
    (
        prop::sample::select(&ORDERS[..]),
        parameters,
        1..4_usize,
        1..4_usize,
        prop_oneof![1..9_usize, Just(1_000)],
        prop::sample::select(&[1, 4_000, 1 << 30][..]),
    )
        .prop_map(
            |(order, mut parameters, partitions, threads, batch, sort_memory)| {
                parameters.dedup_by_key(|(name, _)| *name);
                let own = |&(name, value): &(&str, &str)| (name.to_owned(), value.to_owned());
                Way {
                    order,
                    parameters: parameters.iter().map(own).collect(),
                    partitions,
                    threads,
                    batch,
                    sort_memory,
                }
            },
        )
}

proptest! {
    #[test]
    fn the_native_processor_agrees_with_the_module(lines in lines(), way in way()) {
        let natively = out(&lines, &way, true);
        let by_module = out(&lines, &way, false);
        let text = |(bytes, ..): &Out| String::from_utf8_lossy(bytes).into_owned();
        prop_assert_eq!(text(&natively), text(&by_module));
        prop_assert_eq!(natively, by_module);
    }
}
