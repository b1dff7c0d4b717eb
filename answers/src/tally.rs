//! What was read and written, counted.

use std::fmt;
use std::time::Duration;

use sessionize_core::rule::Cut;

use crate::row::SessionRow;

/// What was read and written.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    /// Events with a session.
    pub events: u64,
    /// Records that could not be sessionized.
    pub invalid: u64,
    /// Lines that sessionize has not written, or not to their ends.
    pub foreign: u64,
    /// What is wrong with the first of those.
    pub foreign_example: Option<String>,
    /// First rows of sessions.
    pub sessions: u64,
    /// How many rows are of sessions that were not over at the end of the input.
    pub open: u64,
    /// Rows of fragments.
    pub fragments: u64,
    /// Rows that replace an earlier row.
    pub amended: u64,
    /// The most sessions that were held at once.
    pub most_held: usize,
    /// How long it took.
    pub elapsed: Duration,
}

impl Tally {
    /// Counts a line that sessionize has not written.
    pub fn foreign(&mut self, why: String) {
        self.foreign += 1;
        self.foreign_example.get_or_insert(why);
    }

    /// Counts a row.
    pub(crate) fn row(&mut self, row: &SessionRow) {
        let count = match (row.revision, row.cut) {
            (1, Some(Cut::Fragment)) => &mut self.fragments,
            (1, _) => &mut self.sessions,
            _ => &mut self.amended,
        };
        *count += 1;
        self.open += u64::from(!row.closed);
    }

    /// What is wrong if there were lines, but sessionize has written none of them.
    pub fn without_events(&self) -> Option<String> {
        let example = self.foreign_example.as_ref()?;
        let lines = self.foreign;
        (self.events + self.invalid == 0).then(|| {
            format!("none of {lines} lines has a session, which `sessionize run` adds: {example}")
        })
    }
}

impl fmt::Display for Tally {
    /// The figures for people, in several lines.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let seconds = self.elapsed.as_secs_f64();
        let rate = (self.events as f64 / seconds.max(0.001)) as u64;
        writeln!(
            f,
            "events     {} in {seconds:.2} s, {rate} events/s",
            self.events
        )?;
        writeln!(f, "invalid    {}", self.invalid)?;
        if let Some(example) = &self.foreign_example {
            writeln!(f, "unreadable {}, the first: {example}", self.foreign)?;
        }
        write!(
            f,
            "sessions   {}, {} of them not over",
            self.sessions, self.open
        )?;
        if self.fragments > 0 {
            write!(f, "\nfragments  {}", self.fragments)?;
        }
        if self.amended > 0 {
            write!(f, "\namended    {} rows", self.amended)?;
        }
        write!(f, "\nheld       {} sessions at most", self.most_held)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_are_shown_where_there_are_any() {
        let mut tally = Tally {
            events: 3,
            sessions: 2,
            open: 1,
            most_held: 2,
            elapsed: Duration::from_secs(1),
            ..Tally::default()
        };
        assert_eq!(
            tally.to_string(),
            "events     3 in 1.00 s, 3 events/s\n\
             invalid    0\n\
             sessions   2, 1 of them not over\n\
             held       2 sessions at most"
        );
        tally.foreign("no field `session_id`".into());
        tally.foreign("not JSON".into());
        (tally.fragments, tally.amended) = (1, 4);
        assert_eq!(
            tally.to_string(),
            "events     3 in 1.00 s, 3 events/s\n\
             invalid    0\n\
             unreadable 2, the first: no field `session_id`\n\
             sessions   2, 1 of them not over\n\
             fragments  1\n\
             amended    4 rows\n\
             held       2 sessions at most"
        );
    }
}
