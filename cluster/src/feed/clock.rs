//! The time of one source, which clocks that are ahead don't move.

use std::collections::BTreeMap;

use crate::words::Millis;

/// How many events in a row, all of them ahead, make a source's time jump; as in `sessionize run`.
const JUMP: usize = 1_000;

/// The time of one source: the largest event time that can be trusted.
///
/// An event is ahead if it is more than `max_ahead` beyond that time. If the time when it was
/// appended is known and near, the event is right, and the source was quiet; if its own time is
/// more than `max_ahead` beyond it, the event is wrong. Otherwise it waits, as in `sessionize run`:
/// the next events tell. One that is not ahead shows that a clock was wrong, and what waits is set
/// aside until the source's time has reached it. A thousand in a row that are ahead are a jump.
pub(crate) struct Clock<T> {
    max_ahead: Option<Millis>,
    jump: usize,
    time: Option<Millis>,
    number: u64,
    /// The latest events in a row, as long as all of them are ahead.
    run: BTreeMap<(Millis, u64), T>,
    /// Events whose clock is known to be wrong.
    aside: BTreeMap<(Millis, u64), T>,
}

/// An event that need not wait any longer.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Judged<T> {
    /// The source's time has reached it.
    Right(Millis, T),
    /// Its clock is wrong, and the module is to say so. It was appended at this time, or when the
    /// source had this time.
    Wrong(Millis, T),
}

impl<T> Clock<T> {
    /// `max_ahead` in ms; without it each event moves the time.
    pub(crate) fn new(max_ahead: Option<Millis>) -> Self {
        Self {
            max_ahead,
            jump: JUMP,
            time: None,
            number: 0,
            run: BTreeMap::new(),
            aside: BTreeMap::new(),
        }
    }

    /// The source's time, once it has one.
    pub(crate) fn time(&self) -> Option<Millis> {
        self.time
    }

    /// Takes an event. `appended` is when it was appended to the source, where that is known.
    pub(crate) fn push(
        &mut self,
        time: Millis,
        appended: Option<Millis>,
        event: T,
        judged: &mut Vec<Judged<T>>,
    ) {
        self.number += 1;
        if let Some(max_ahead) = self.max_ahead {
            let beyond = |reached: Millis| time > reached.saturating_add(max_ahead);
            if let Some(appended) = appended.filter(|&at| beyond(at)) {
                judged.push(Judged::Wrong(appended, event));
                return;
            }
            let is_near = appended.is_some_and(|at| time.saturating_add(max_ahead) >= at);
            if self.time.is_none_or(beyond) && !is_near {
                self.run.insert((time, self.number), event);
                if self.run.len() >= self.jump {
                    self.jump(judged);
                }
                return;
            }
            self.aside.append(&mut self.run);
        }
        self.accept(time, event, judged);
    }

    /// Says that the source has nothing more for now. That decides its start: an event may be the
    /// only one for a long time.
    pub(crate) fn idle(&mut self, judged: &mut Vec<Judged<T>>) {
        if self.time.is_none() && !self.run.is_empty() {
            self.jump(judged);
        }
    }

    /// Says that the source has ended: nothing waits any longer.
    pub(crate) fn finish(&mut self, judged: &mut Vec<Judged<T>>) {
        while !self.run.is_empty() {
            self.jump(judged);
        }
        self.let_in_until(Millis::MAX, judged);
    }

    /// Says that there is no room for more to wait. Returns whether anything waited.
    pub(crate) fn make_room(&mut self, judged: &mut Vec<Judged<T>>) -> bool {
        let before = judged.len();
        let reached = self.time.unwrap_or_default();
        let aside = std::mem::take(&mut self.aside).into_values();
        judged.extend(aside.map(|event| Judged::Wrong(reached, event)));
        if judged.len() == before && !self.run.is_empty() {
            self.jump(judged);
        }
        judged.len() > before
    }

    /// Moves the time to the earliest event of those that are ahead, and on over the events that
    /// follow within `max_ahead` of each other. Those that are left are ahead of these, too.
    fn jump(&mut self, judged: &mut Vec<Judged<T>>) {
        let max_ahead = self.max_ahead.unwrap_or(Millis::MAX);
        let mut until = Millis::MAX;
        let mut newest = 0;
        while let Some(first) = self.run.first_entry()
            && first.key().0 <= until
        {
            let ((time, number), event) = first.remove_entry();
            until = time.saturating_add(max_ahead);
            newest = newest.max(number);
            self.accept(time, event, judged);
        }
        let wrong = self.run.extract_if(.., |&(_, number), _| number < newest);
        self.aside.extend(wrong);
    }

    fn accept(&mut self, time: Millis, event: T, judged: &mut Vec<Judged<T>>) {
        self.let_in_until(time, judged);
        self.time = self.time.max(Some(time));
        judged.push(Judged::Right(time, event));
    }

    /// Accepts the events that were set aside, up to a time that the source has reached.
    fn let_in_until(&mut self, reached: Millis, judged: &mut Vec<Judged<T>>) {
        while let Some(first) = self.aside.first_entry()
            && first.key().0 <= reached
        {
            let ((time, _), event) = first.remove_entry();
            self.time = self.time.max(Some(time));
            judged.push(Judged::Right(time, event));
        }
    }
}

#[cfg(test)]
mod tests;
