//! The `filter_map` that Fluvio's macro generates around a function that passes every record on.

use fluvio_smartmodule::{RecordData, Result, SmartModuleRecord, smartmodule};

#[smartmodule(filter_map)]
pub fn filter_map(record: &SmartModuleRecord) -> Result<Option<(Option<RecordData>, RecordData)>> {
    Ok(Some((record.key().cloned(), record.value().clone())))
}
