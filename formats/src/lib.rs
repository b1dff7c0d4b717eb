//! Bytes to values and back: JSON, log lines, times and addresses.
//!
//! This crate knows nothing of sessions. It is pure code without I/O, `unsafe` and panics, written
//! for the path of every record through the module: it borrows from the record, writes into buffers
//! that are used again, and allocates nothing for a usual record.
//!
//! # How the bytes of a record pass through
//!
//! 1. [`json`] checks a JSON object and finds the wanted members, and [`line`](mod@line) splits the
//!    line of an access log into its columns. Both keep places rather than values.
//! 2. If the bytes are damaged, [`repair`] writes a repaired copy, and step 1 reads that.
//! 3. [`client`] and [`address`] read whom a value names, and [`time`] reads when it was.
//! 4. The writers append canonical text to a buffer that is used again ([`bytes::text::Text`]): an
//!    address, a time, a number ([`bytes::decimal`]), or a log line as a JSON object.
//!
//! [`path`] names a member of an event. [`bytes`] has the parts of all readers and writers.
//!
//! ```
//! use sessionize_formats::bytes::text::Text;
//! use sessionize_formats::json::{Wanted, scan};
//! use sessionize_formats::path::Path;
//! use sessionize_formats::{client, time};
//!
//! let record = br#"{"ip":"[2001:DB8::1]:443","timestamp":"2025-03-03T10:00:00+01:00"}"#;
//! let wanted = Wanted::new(&[Path::field("ip"), Path::field("timestamp")]);
//! let object = scan(record, &wanted).unwrap();
//! let text = |slot| object.value(slot, record).and_then(|value| value.inner());
//!
//! let mut visitor = Text::new();
//! client::read(text(0).unwrap(), 0).write(&mut visitor);
//! assert_eq!(visitor.as_bytes(), b"2001:db8::1");
//! assert_eq!(time::from_text(text(1).unwrap()), Ok(1_740_992_400_000));
//! ```
#![forbid(unsafe_code)]

pub mod address;
pub mod bytes;
pub mod client;
pub mod json;
pub mod line;
pub mod path;
pub mod repair;
pub mod time;
