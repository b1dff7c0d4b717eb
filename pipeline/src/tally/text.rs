//! The figures for people.

use std::fmt;
use std::time::Duration;

use super::reasons::Reason;
use super::summary::{Cuts, Summary};
use crate::order::Disorder;

/// If at least one event in this many comes too late to be put in order, the summary says what to
/// do about it.
const MUCH_DISORDER: u64 = 100;

impl fmt::Display for Summary {
    /// The figures for people, in several lines.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Cuts {
            first,
            gap,
            max_events,
            max_duration,
        } = self.cuts;
        let Disorder {
            set_aside,
            no_room,
            behind,
        } = self.disorder;
        writeln!(
            f,
            "events     {} in {:.2} s, {} events/s, {}",
            self.events,
            self.elapsed.as_secs_f64(),
            self.events_per_second(),
            match self.in_engine {
                true => "by the module in Fluvio's engine",
                false => "by the native processor",
            }
        )?;
        write!(f, "invalid    {}", self.invalid.total())?;
        for (number, Reason { count, example }) in
            self.invalid.by_frequency().into_iter().enumerate()
        {
            let lead = if number == 0 { ": " } else { "; " };
            write!(f, "{lead}{count} × {example}")?;
        }
        writeln!(f)?;
        if self.dropped() > 0 {
            writeln!(f, "dropped    {}", self.dropped())?;
        }
        write!(
            f,
            "late       {}, {} of them fragments",
            self.late, self.fragments
        )?;
        if self.late_unknown > 0 {
            write!(f, "; {} events do not say", self.late_unknown)?;
        }
        writeln!(f)?;
        if behind.events > 0 {
            write!(
                f,
                "disorder   {} of {} came more than lateness behind, {} at most",
                behind.events,
                self.records,
                Span(behind.most)
            )?;
            if is_disordered(self) {
                write!(f, ": --order full sorts the whole input first")?;
            }
            writeln!(f)?;
        }
        if set_aside > 0 {
            write!(
                f,
                "set aside  {set_aside} more than max_ahead ahead of the others"
            )?;
            if no_room > 0 {
                write!(f, ", {no_room} of them without room to wait")?;
            }
            writeln!(f)?;
        }
        writeln!(f, "keys       {}", self.keys)?;
        writeln!(
            f,
            "sessions   {}: first {first}, gap {gap}, max_events {max_events}, max_duration {max_duration}",
            self.sessions()
        )?;
        if self.fragment_ids > 0 {
            writeln!(
                f,
                "ids        {}: {} of sessions, {} of fragments",
                self.session_ids(),
                self.sessions(),
                self.fragment_ids
            )?;
        }
        write!(
            f,
            "durations  {} s in all, mean {} s, longest {} s",
            Seconds(self.duration),
            Seconds(self.mean()),
            Seconds(self.longest)
        )
    }
}

/// Whether so many events came too late to be put in order that sessions are probably wrong.
fn is_disordered(summary: &Summary) -> bool {
    let disordered = summary.disorder.behind.events.saturating_mul(MUCH_DISORDER);
    disordered >= summary.records.max(1)
}

/// Milliseconds, written for people: whole seconds, unless they are fewer than one.
struct Span(i64);

impl fmt::Display for Span {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let span = Duration::from_millis(self.0.unsigned_abs());
        let span = match span.as_secs() {
            0 => span,
            seconds => Duration::from_secs(seconds),
        };
        humantime::format_duration(span).fmt(f)
    }
}

/// Milliseconds, written as seconds.
struct Seconds(i64);

impl fmt::Display for Seconds {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{:03}", self.0 / 1000, self.0 % 1000)
    }
}
