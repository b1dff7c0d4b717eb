//! Runs every golden file in every configuration. `tests/README.md` describes their format.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use fluvio_smartmodule::Record;
use harness::host::{Engine, Host, raw};
use serde::Deserialize;
use serde_json::value::RawValue;
use sessionize_pipeline::engine::NO_APPEND_TIME;

use crate::instance::{engines, keyed, record};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Golden<'a> {
    /// What the file shows: for its readers only.
    #[serde(rename = "about")]
    _about: &'a str,
    #[serde(default)]
    parameters: BTreeMap<String, String>,
    #[serde(default)]
    appended: Option<i64>,
    #[serde(borrow)]
    input: Vec<&'a RawValue>,
    #[serde(borrow)]
    expected: Vec<&'a RawValue>,
}

/// A record as the file states it.
struct GoldenRecord {
    /// `None` if the file says nothing about the key, `Some(None)` if it says `null`.
    key: Option<Option<String>>,
    value: String,
    /// Milliseconds after the file's `appended`.
    after: i64,
}

impl GoldenRecord {
    fn new(raw: &RawValue) -> Self {
        if !raw.get().starts_with('[') {
            return GoldenRecord {
                key: None,
                value: value(raw),
                after: 0,
            };
        }
        let parts: Vec<&RawValue> = serde_json::from_str(raw.get()).unwrap();
        GoldenRecord {
            key: Some(serde_json::from_str(parts[0].get()).unwrap()),
            value: value(parts[1]),
            after: parts.get(2).map_or(0, |after| after.get().parse().unwrap()),
        }
    }
}

/// The content of a JSON string; of any other value, its text as it stands in the file.
fn value(raw: &RawValue) -> String {
    serde_json::from_str(raw.get()).unwrap_or_else(|_| raw.get().to_owned())
}

impl Golden<'_> {
    fn records(&self) -> Vec<Record> {
        let record = |raw: &&RawValue| {
            let GoldenRecord { key, value, after } = GoldenRecord::new(raw);
            let mut record = match key.flatten() {
                Some(key) => keyed(&key, &value),
                None => record(&value),
            };
            record.preamble.set_timestamp_delta(after);
            record
        };
        self.input.iter().map(record).collect()
    }

    /// The record keys and values that come out.
    fn output(&self, engine: &Engine, batch: usize) -> Vec<(Option<String>, String)> {
        let parameters: Vec<(String, String)> = self.parameters.clone().into_iter().collect();
        let mut instance = engine.start(&parameters).unwrap();
        let mut output = Vec::new();
        for (number, records) in (0..).zip(self.records().chunks(batch)) {
            let appended = self.appended.unwrap_or(NO_APPEND_TIME);
            let records = raw(&records.to_vec()).unwrap();
            let processed = instance.process(records, number, appended).unwrap();
            assert_eq!(processed.refused, None);
            for record in processed.records {
                let key = record
                    .key
                    .map(|key| key.as_utf8_lossy_string().into_owned());
                let value = record.value.as_utf8_lossy_string().into_owned();
                output.push((key, value));
            }
        }
        output
    }

    fn check(&self, engine: &Engine, batch: usize) {
        let output = self.output(engine, batch);
        for (n, ((key, found), expected)) in output.iter().zip(&self.expected).enumerate() {
            let expected = GoldenRecord::new(expected);
            assert_eq!(*found, expected.value, "record {n}");
            if let Some(expected) = expected.key {
                assert_eq!(*key, expected, "key of record {n}");
            }
        }
        assert_eq!(output.len(), self.expected.len());
    }
}

fn files() -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("golden");
    let files = std::fs::read_dir(&folder).unwrap();
    let mut files: Vec<PathBuf> = files.map(|file| file.unwrap().path()).collect();
    assert!(!files.is_empty(), "{} is empty", folder.display());
    files.sort();
    files
}

/// The batch sizes for each of the [`engines`]. Not every engine gets every size, because it
/// compiles the module again for each instance.
const BATCHES: [[usize; 2]; 3] = [[1, 100], [3, 100], [2, 2]];

#[test]
fn golden_files_in_every_configuration() {
    let engines = engines();
    for file in files() {
        let text = std::fs::read_to_string(&file).unwrap();
        let golden: Golden<'_> = serde_json::from_str(&text).unwrap();
        assert!(!golden.input.is_empty(), "{} has no input", file.display());
        for ((name, engine), batches) in engines.iter().zip(BATCHES) {
            for batch in batches {
                println!("{}, {name}, batches of {batch}", file.display());
                golden.check(engine, batch);
            }
        }
    }
}
