//! What must come out for a batch, record by record.

use anyhow::{Context, Result, ensure};
use fluvio_smartmodule::Record;
use serde_json::{Map, Value};

use super::record_format::{FormatParameter, object};
use crate::broker::StoredBatch;
use crate::event::Event;
use crate::reference::{Reference, Verdict};
use crate::sessionized::{Sessionized, is_tagged};

/// The parameter `invalid`: what becomes of records that are no events.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum InvalidParameter {
    Tag,
    Drop,
    Fail,
}

impl InvalidParameter {
    pub(super) fn parameter(self) -> (String, String) {
        let value = match self {
            Self::Tag => "tag",
            Self::Drop => "drop",
            Self::Fail => "fail",
        };
        ("invalid".into(), value.into())
    }
}

/// A record that must come out, described by the record that went in.
#[derive(Debug, Clone)]
pub(super) struct Expected {
    record: Record,
    event: Option<(Event, Sessionized)>,
}

impl Expected {
    /// The event and its added fields, unless the record is no event.
    pub(super) fn event(&self) -> Option<&(Event, Sessionized)> {
        self.event.as_ref()
    }
}

/// The append time of a batch, if it has one.
pub(super) fn appended(batch: &StoredBatch) -> Option<i64> {
    (batch.base_timestamp > 0).then_some(batch.base_timestamp)
}

/// The events of a batch, as a module with this format reads them.
pub(super) fn events(batch: &StoredBatch, format: FormatParameter) -> Vec<Option<Event>> {
    let read = |record: &Record| {
        let appended = appended(batch).map(|base| base + record.timestamp_delta());
        format.read(record.value.as_ref(), appended)
    };
    batch.records.iter().map(read).collect()
}

/// Processes a batch with these events in the reference. Returns what must come out, or `None` if
/// the batch must be refused.
pub(super) fn expect(
    reference: &mut Reference,
    batch: &StoredBatch,
    events: &[Option<Event>],
    invalid: InvalidParameter,
) -> Option<Vec<Expected>> {
    let before = reference.clone();
    reference.begin_batch(appended(batch));
    let mut expected = Vec::new();
    for (record, event) in batch.records.iter().zip(events) {
        let outcome = event
            .as_ref()
            .map_or(Verdict::Invalid, |event| reference.event(event));
        let record = record.clone();
        match (outcome, invalid, event) {
            (Verdict::Passed(fields), _, Some(event)) => expected.push(Expected {
                record,
                event: Some((event.clone(), fields)),
            }),
            (Verdict::Invalid, InvalidParameter::Tag, _) => expected.push(Expected {
                record,
                event: None,
            }),
            (Verdict::Invalid, InvalidParameter::Fail, _) => {
                *reference = before;
                return None;
            }
            _ => {}
        }
    }
    Some(expected)
}

/// Compares what came out with what must come out.
pub(super) fn check(expected: &[Expected], records: &[Record]) -> Result<()> {
    for (expected, record) in expected.iter().zip(records) {
        check_record(expected, record)
            .with_context(|| format!("{:?} became {:?}", expected.record.value, record.value))?;
    }
    ensure!(
        expected.len() == records.len(),
        "{} records came out instead of {}",
        records.len(),
        expected.len()
    );
    Ok(())
}

/// Compares what must come out with what would have to come out without restarts.
pub(super) fn same(expected: &[Expected], undisturbed: &[Expected]) -> Result<()> {
    for (one, other) in expected.iter().zip(undisturbed) {
        ensure!(
            one.event == other.event,
            "expected {:?}, but {:?} without restarts",
            one.event,
            other.event
        );
    }
    ensure!(
        expected.len() == undisturbed.len(),
        "{} records must come out, but {} without restarts",
        expected.len(),
        undisturbed.len()
    );
    Ok(())
}

fn check_record(expected: &Expected, record: &Record) -> Result<()> {
    let input = &expected.record;
    ensure!(
        record.offset_delta() == input.offset_delta(),
        "the offset changed"
    );
    ensure!(
        record.timestamp_delta() == input.timestamp_delta(),
        "the timestamp changed"
    );
    let value = record.value.as_ref();
    let Some((event, fields)) = &expected.event else {
        ensure!(
            is_tagged(value, input.value.as_ref()),
            "not the tagged record"
        );
        ensure!(record.key == input.key, "the record key changed");
        return Ok(());
    };
    let object = serde_json::from_slice(value).context("not a JSON object")?;
    ensure!(
        keeps(value, &object, input.value.as_ref()),
        "the event changed"
    );
    let key = input
        .key
        .as_ref()
        .map_or(event.key.as_bytes(), |key| key.as_ref());
    ensure!(
        record.key.as_ref().map(|key| key.as_ref()) == Some(key),
        "the record key is {:?}",
        record.key
    );
    let found = Sessionized::of(&object)?;
    ensure!(&found == fields, "expected {fields:?}");
    Ok(())
}

/// Whether an output keeps its event: the bytes of a JSON object, or the fields of a line.
fn keeps(value: &[u8], fields: &Map<String, Value>, own: &[u8]) -> bool {
    let Some(object) = object(own) else {
        let own = own.strip_suffix(b"}");
        return own.is_some_and(|own| value.starts_with(own));
    };
    let added = fields.keys().filter(|name| name.starts_with("session_"));
    fields.len() == object.len() + added.count()
        && object
            .iter()
            .all(|(name, value)| fields.get(name) == Some(value))
}
