//! A folder as the place where rows go.

use std::collections::BTreeMap;
use std::sync::Arc;

use sessionize_answers::folder::{Disk, RowFolder};
use sessionize_answers::log::Place;
use sessionize_answers::row::TableRow;
use tracing::info;

use super::figures::SessionsFigures;
use super::lane::{Ended, Rows, Sink};

/// A folder of Parquet files.
pub(crate) struct FolderSink<D> {
    pub(crate) folder: Arc<RowFolder<D>>,
    pub(crate) figures: SessionsFigures,
}

impl<D: Disk, R: TableRow> Sink<R> for FolderSink<D> {
    async fn resume(&mut self, partitions: &[u32]) -> Result<BTreeMap<u32, Place>, Ended> {
        let mut places = BTreeMap::new();
        for &partition in partitions {
            if let Some(place) = self.folder.place(partition)? {
                places.insert(partition, place);
            }
        }
        Ok(places)
    }

    async fn store(&mut self, rows: Rows<R>) -> Result<(), Ended> {
        let mut of: BTreeMap<u32, Vec<R>> = BTreeMap::new();
        for (partition, _, row) in rows.rows {
            of.entry(partition).or_default().push(row);
        }
        for (partition, (begin, place)) in rows.read {
            let rows = of.remove(&partition).unwrap_or_default();
            let count = rows.len();
            let added = self.folder.add(partition, begin, place, rows)?;
            self.figures.files.inc_by(added.files as u64);
            self.figures.bytes.inc_by(added.bytes);
            if added.files > 0 {
                info!(
                    partition,
                    rows = count,
                    files = added.files,
                    offset = place.offset,
                    "written"
                );
            }
        }
        Ok(())
    }
}
