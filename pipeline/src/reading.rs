//! Reads lines as events, each of them once: what is found here is what orders an event, what the
//! session rule sees, and where the output goes.

mod block;

use sessionize_core::event::{Event, EventReader, Record};
use sessionize_core::output::ObjectEnd;
use sessionize_core::parameters::{OnInvalid, Parameters};
use sessionize_core::wrapper::Wrapper;
use sessionize_formats::bytes::text::Text;
use sessionize_formats::time::Millis;

pub(crate) use block::{LineContent, ReadBlock};

/// Reads lines as events for a processor.
pub(crate) struct LineReader {
    events: EventReader,
    form: Form,
    /// The object of the latest log line, or the wrapper of the latest line without an event.
    written: Text,
}

/// The form in which a processor takes events.
enum Form {
    /// As they were read. The processor reads them itself.
    Line,
    /// As an object that lacks only the added fields.
    Object {
        wrapper: Wrapper,
        on_invalid: OnInvalid,
    },
}

/// What was read of a line.
pub(crate) enum ReadLine<'a> {
    /// An event, what the processor takes of it, and the end of that.
    Event(Event<'a>, &'a [u8], ObjectEnd),
    /// A line that holds no event.
    NoEvent(NoEvent<'a>),
}

/// What the processor takes of a line that holds no event, or whose event nobody has looked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum NoEvent<'a> {
    /// The line as it is. The processor says what is wrong with it.
    Line(&'a [u8]),
    /// An output that says what is wrong with the line.
    Wrapped(&'a [u8]),
    /// Nothing, as `invalid=drop` demands. The line still counts.
    Dropped,
}

impl LineReader {
    /// A reader for a processor that reads lines itself.
    pub(crate) fn of_lines(parameters: &Parameters) -> Self {
        Self {
            events: EventReader::new(parameters),
            form: Form::Line,
            written: Text::new(),
        }
    }

    /// A reader for a processor that only adds fields.
    pub(crate) fn of_objects(parameters: &Parameters) -> Self {
        Self {
            form: Form::Object {
                wrapper: Wrapper::new(parameters),
                on_invalid: parameters.on_invalid,
            },
            ..Self::of_lines(parameters)
        }
    }

    /// Reads a line.
    pub(crate) fn read<'a>(&'a mut self, line: &'a [u8]) -> ReadLine<'a> {
        let read = self.events.read(&record(line));
        match (&self.form, read) {
            (Form::Line, Ok(event)) => ReadLine::Event(event, line, ObjectEnd::default()),
            (Form::Line, Err(_)) => ReadLine::NoEvent(NoEvent::Line(line)),
            (Form::Object { .. }, Ok(event)) => {
                let (object, end) = event.as_object(&mut self.written);
                ReadLine::Event(event, object, end)
            }
            (
                Form::Object {
                    wrapper,
                    on_invalid,
                },
                Err(invalid),
            ) => ReadLine::NoEvent(match on_invalid {
                OnInvalid::Tag => {
                    wrapper.write(line, &invalid, &mut self.written);
                    NoEvent::Wrapped(self.written.as_bytes())
                }
                OnInvalid::Drop => NoEvent::Dropped,
                OnInvalid::Fail => NoEvent::Line(line),
            }),
        }
    }

    /// The time of the event in a line; none if there is no event in it.
    pub(crate) fn time(&mut self, line: &[u8]) -> Option<Millis> {
        Some(self.events.read(&record(line)).ok()?.time)
    }
}

/// A record as lines of a file are: without a key and an append time.
fn record(line: &[u8]) -> Record<'_> {
    Record {
        value: line,
        ..Record::default()
    }
}
