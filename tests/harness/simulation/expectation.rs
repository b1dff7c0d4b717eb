//! What must come out of a batch, record by record.

use anyhow::{Context, Result, ensure};
use fluvio_smartmodule::Record;

use crate::broker::StoredBatch;
use crate::event::Event;
use crate::reference::{Outcome, Reference};
use crate::sessionized::{Sessionized, is_tagged};

/// What becomes of records that are no events.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Invalid {
    Tag,
    Drop,
    Fail,
}

impl Invalid {
    pub(super) fn parameter(self) -> (String, String) {
        let value = match self {
            Self::Tag => "tag",
            Self::Drop => "drop",
            Self::Fail => "fail",
        };
        ("invalid".into(), value.into())
    }
}

/// A record that must come out.
#[derive(Debug, Clone)]
pub(super) struct Expected {
    record: Record,
    event: Option<(Event, Sessionized)>,
}

impl Expected {
    /// The event and its session, unless the record is no event.
    pub(super) fn event(&self) -> Option<&(Event, Sessionized)> {
        self.event.as_ref()
    }
}

/// Has the reference process a batch: what must come out, or `None` where the batch must be refused.
pub(super) fn expect(
    reference: &mut Reference,
    batch: &StoredBatch,
    invalid: Invalid,
) -> Option<Vec<Expected>> {
    let before = reference.clone();
    let appended = (batch.base_timestamp > 0).then_some(batch.base_timestamp);
    reference.begin_batch(appended);
    let mut expected = Vec::new();
    for record in &batch.records {
        let appended = appended.map(|base| base + record.timestamp_delta());
        let event = Event::parse(record.value.as_ref(), appended);
        let outcome = event
            .as_ref()
            .map_or(Outcome::Invalid, |event| reference.event(event));
        let record = record.clone();
        match (outcome, invalid, event) {
            (Outcome::Passed(fields), _, Some(event)) => expected.push(Expected {
                record,
                event: Some((event, fields)),
            }),
            (Outcome::Invalid, Invalid::Tag, _) => expected.push(Expected {
                record,
                event: None,
            }),
            (Outcome::Invalid, Invalid::Fail, _) => {
                *reference = before;
                return None;
            }
            _ => {}
        }
    }
    Some(expected)
}

/// Compares what came out with what must.
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
    let own = input.value.as_ref();
    ensure!(
        own.strip_suffix(b"}")
            .is_some_and(|own| value.starts_with(own)),
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
    let found = Sessionized::parse(value)?;
    ensure!(&found == fields, "expected {fields:?}");
    Ok(())
}
