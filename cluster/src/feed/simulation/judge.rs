//! The judge: what is stored, and what a batch job over all events makes of them.

use std::collections::BTreeMap;

use super::source::{Kind, SimulatedSource};
use super::{GAP, SimulatedPartition};
use crate::words::Millis;

/// What is stored, by the id of each record.
pub(super) fn found(partitions: &[SimulatedPartition]) -> Vec<(String, serde_json::Value)> {
    let stored = partitions.iter().flat_map(|partition| &partition.stored);
    stored
        .map(|(_, value)| {
            let output: serde_json::Value = serde_json::from_slice(value).unwrap();
            let raw = output["session_raw"].as_str();
            let id = match raw.and_then(|raw| raw.strip_prefix("no event ")) {
                Some(id) => id.to_owned(),
                None => {
                    let inner = raw.map(|raw| serde_json::from_str(raw).unwrap());
                    let event: serde_json::Value = inner.unwrap_or_else(|| output.clone());
                    event["id"].as_str().unwrap().to_owned()
                }
            };
            (id, output)
        })
        .collect()
}

/// The session id of each record, as a batch job computes it; none for what is no event.
pub(super) fn expected(sources: &[SimulatedSource]) -> BTreeMap<String, Option<String>> {
    let mut expected = BTreeMap::new();
    let mut visitors: BTreeMap<u8, Vec<(Millis, String)>> = BTreeMap::new();
    for (number, source) in sources.iter().enumerate() {
        for (record, sent) in source.records.iter().zip(&source.sent) {
            let id = format!("{number}-{}", record.offset);
            if sent.kind == Kind::Event {
                visitors
                    .entry(sent.visitor)
                    .or_default()
                    .push((sent.time, id.clone()));
            }
            expected.insert(id, None);
        }
    }
    for (visitor, mut events) in visitors {
        events.sort();
        let mut start = 0;
        let mut last = Millis::MIN / 2;
        for (time, id) in events {
            if time - last > GAP {
                start = time;
            }
            last = time;
            expected.insert(id, Some(format!("192.0.2.{visitor}-{start}")));
        }
    }
    expected
}
