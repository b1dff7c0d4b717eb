//! A module that does nothing: the `filter_map` that Fluvio's macro generates around a function
//! that passes on every record.

use fluvio_smartmodule::{RecordData, Result, SmartModuleRecord, smartmodule};

#[smartmodule(filter_map)]
pub fn filter_map(record: &SmartModuleRecord) -> Result<Option<(Option<RecordData>, RecordData)>> {
    Ok(Some((record.key().cloned(), record.value().clone())))
}
