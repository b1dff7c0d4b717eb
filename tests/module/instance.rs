//! Instances of the compiled module, and records for them.

use fluvio_smartmodule::{Record, RecordData};
use harness::host::{Engine, Host, Instance, Processed, SMDK_VERSION, wasm_named};
use sessionize_pipeline::engine::NO_APPEND_TIME;

/// An instance as brokers start it, with these parameters.
pub fn started(parameters: &[(&str, &str)]) -> Box<dyn Instance> {
    Engine::new().unwrap().start(&owned(parameters)).unwrap()
}

pub fn owned(parameters: &[(&str, &str)]) -> Vec<(String, String)> {
    let owned = |(name, value): &(&str, &str)| ((*name).to_owned(), (*value).to_owned());
    parameters.iter().map(owned).collect()
}

/// Every engine version and WebAssembly target, with its name.
///
/// Panics if the module for wasip1 is not built, rather than test less without a word.
pub fn engines() -> [(&'static str, Engine); 3] {
    let broker = || Engine::new().unwrap();
    let smdk = Engine {
        version: SMDK_VERSION,
        ..broker()
    };
    let wasip1 = Engine {
        wasm: wasm_named("sessionize-wasip1.wasm").unwrap(),
        ..broker()
    };
    [
        ("engine version 25", broker()),
        ("engine version 22", smdk),
        ("wasip1", wasip1),
    ]
}

/// An event in the form that the default parameters expect.
pub fn event(ip: &str, time: i64, path: &str) -> Record {
    record(&format!(
        r#"{{"ip":"{ip}","timestamp":{time},"path":"{path}"}}"#
    ))
}

pub fn record(value: &str) -> Record {
    Record::new(value)
}

pub fn keyed(key: &str, value: &str) -> Record {
    let mut record = record(value);
    record.key = Some(RecordData::from(key));
    record
}

/// Processes a batch without append times, as a consumer's stream presents it.
pub fn process(instance: &mut dyn Instance, offset: i64, records: &[Record]) -> Processed {
    let raw = harness::host::raw(&records.to_vec()).unwrap();
    instance.process(raw, offset, NO_APPEND_TIME).unwrap()
}

pub fn texts(records: &[Record]) -> Vec<String> {
    let text = |record: &Record| record.value.as_utf8_lossy_string().into_owned();
    records.iter().map(text).collect()
}
