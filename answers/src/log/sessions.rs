//! The rows of the sessions in a log.

use sessionize_core::parameters::Parameters;

use super::{LogReader, Place, Taken};
use crate::event::{EventReader, Line};
use crate::row::SessionRow;
use crate::table::SessionTable;

/// Makes rows of the sessions in a log.
pub struct LogSessions {
    events: EventReader,
    table: SessionTable,
    /// Where it began: what is due before was written.
    begin: Place,
    /// In front of the latest record, and how many rows that has made due.
    latest: Place,
}

impl LogReader for LogSessions {
    type Row = SessionRow;

    fn resume(parameters: &Parameters, _: u32, place: Place) -> Self {
        Self {
            events: EventReader::new(parameters),
            table: SessionTable::new(parameters).at(place.time),
            begin: place,
            latest: Place::default(),
        }
    }

    fn take(&mut self, offset: u64, record: &[u8]) -> Taken {
        self.latest = self.place(offset);
        match self.events.read(record) {
            Line::Event(event) => {
                self.table.take_from(offset, &event);
                Taken::Event
            }
            Line::Invalid => Taken::Invalid,
            Line::Foreign(why) => Taken::Foreign(why),
        }
    }

    fn pop(&mut self) -> Option<(Place, SessionRow)> {
        loop {
            let row = self.table.pop()?;
            self.latest.rows += 1;
            let Place { offset, rows, .. } = self.latest;
            if (offset, rows) > (self.begin.offset, self.begin.rows) {
                return Some((self.latest, row));
            }
        }
    }

    fn place(&self, offset: u64) -> Place {
        let depends_on = self.table.depends_on();
        let (from, time) = depends_on.unwrap_or((offset, self.table.event_time()));
        Place {
            offset,
            rows: 0,
            from,
            time,
        }
    }

    fn held(&self) -> usize {
        self.table.len()
    }
}
