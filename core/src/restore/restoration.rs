//! How far the restoring of an instance has come.

use std::fmt;

use super::Nonce;
use crate::parameters::Restore;

/// How far the restoring of an instance has come; what the latest batch did to it can be undone.
pub(crate) struct Restoration {
    mode: Restore,
    now: Told,
    before_batch: Told,
}

/// What an instance has been told.
#[derive(Clone, Copy, Default)]
struct Told {
    /// The tellings that began with this instance, the latest one first.
    begun: [Option<Nonce>; MOST_BEGUN],
    is_complete: bool,
}

/// How many tellings an instance remembers. Each teller has one at a time.
const MOST_BEGUN: usize = 16;

/// Why a batch is refused while an instance is restored.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Refusal {
    /// It has an event, or asks whether all is told, and not all is told.
    Waiting,
    /// It ends a telling that did not begin with this instance.
    NotBegun,
}

impl Restoration {
    /// An instance that has been told nothing.
    pub(crate) fn new(mode: Restore) -> Self {
        Restoration {
            mode,
            now: Told::default(),
            before_batch: Told::default(),
        }
    }

    /// Whether marks are read at all.
    pub(crate) fn reads_marks(&self) -> bool {
        self.mode != Restore::Off
    }

    /// Whether events are refused until all is told.
    pub(crate) fn is_waiting(&self) -> bool {
        self.mode == Restore::Require && !self.now.is_complete
    }

    /// Notes that a telling begins.
    pub(crate) fn begin(&mut self, nonce: Nonce) {
        self.now.begun.rotate_right(1);
        if let Some(latest) = self.now.begun.first_mut() {
            *latest = Some(nonce);
        }
    }

    /// Notes that all is told.
    ///
    /// A telling counts only if it began with this very instance. The teller looked for the end of
    /// the log after that, and while an instance waits, nothing is stored. Without the nonce, a
    /// slow teller could end what it began with the instance before, and leave out what was stored
    /// meanwhile.
    pub(crate) fn end(&mut self, nonce: Nonce) -> Result<(), Refusal> {
        self.now.is_complete |= self.now.begun.contains(&Some(nonce));
        self.answer_probe().map_err(|_| Refusal::NotBegun)
    }

    /// Accepts a probe if all is told.
    pub(crate) fn answer_probe(&self) -> Result<(), Refusal> {
        if self.now.is_complete {
            Ok(())
        } else {
            Err(Refusal::Waiting)
        }
    }

    /// Begins a batch: what came before can no longer be undone.
    pub(crate) fn begin_batch(&mut self) {
        self.before_batch = self.now;
    }

    /// Undoes what the latest batch did.
    pub(crate) fn undo_batch(&mut self) {
        self.now = self.before_batch;
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Refusal::Waiting => "not restored yet: `sessionize restore` tells the sessions",
            Refusal::NotBegun => "this telling began with another instance of the module",
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    #[cfg(target_os = "unknown")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    fn nonce(number: usize) -> Nonce {
        [number as u8; 16]
    }

    #[test]
    fn only_require_waits_and_off_reads_no_marks() {
        let rows = [
            (Restore::Off, false, false),
            (Restore::Accept, true, false),
            (Restore::Require, true, true),
        ];
        for (mode, reads_marks, is_waiting) in rows {
            let restoration = Restoration::new(mode);
            assert_eq!(restoration.reads_marks(), reads_marks, "{mode:?}");
            assert_eq!(restoration.is_waiting(), is_waiting, "{mode:?}");
        }
    }

    #[test]
    fn a_telling_ends_only_where_it_began() {
        let mut restoration = Restoration::new(Restore::Require);
        assert_eq!(restoration.answer_probe(), Err(Refusal::Waiting));
        restoration.begin(nonce(1));
        assert_eq!(restoration.end(nonce(2)), Err(Refusal::NotBegun));
        assert!(restoration.is_waiting());
        assert_eq!(restoration.end(nonce(1)), Ok(()));
        assert!(!restoration.is_waiting());
        assert_eq!(restoration.answer_probe(), Ok(()));
        // Somebody else has ended a telling: this one is not needed any more.
        assert_eq!(restoration.end(nonce(2)), Ok(()));
    }

    #[test]
    fn the_latest_16_tellings_are_remembered() {
        let mut restoration = Restoration::new(Restore::Require);
        for number in 0..=MOST_BEGUN {
            restoration.begin(nonce(number));
        }
        assert_eq!(restoration.end(nonce(0)), Err(Refusal::NotBegun));
        assert_eq!(restoration.end(nonce(1)), Ok(()));
    }

    #[test]
    fn a_batch_is_undone() {
        let mut restoration = Restoration::new(Restore::Require);
        restoration.begin_batch();
        restoration.begin(nonce(1));
        restoration.begin_batch();
        restoration.end(nonce(1)).unwrap();
        restoration.undo_batch();
        assert!(restoration.is_waiting());
        restoration.end(nonce(1)).unwrap();
        restoration.begin_batch();
        restoration.undo_batch();
        assert!(!restoration.is_waiting());
    }
}
