//! Records that hosts write, and the limits of what is read.

use fluvio_smartmodule::dataplane::record::Record;
use proptest::prelude::*;

use super::super::damaged::Damaged;
use super::super::records::Records;
use super::{assert_all_same, assert_same, decode, encode, records, views};

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn reads_what_fluvio_writes(records in records()) {
        let encoded = encode(&records, 25);
        let views = views(&encoded).unwrap();
        assert_all_same(&views, &records);
        for (view, record) in views.iter().zip(&records) {
            prop_assert_eq!(view.preamble, &encode(&record.preamble, 25)[..]);
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(5000))]

    #[test]
    fn numbers_of_any_size_are_read(zigzag in any::<u64>(), padding in 0usize..3) {
        let mut bytes = Vec::new();
        let mut left = zigzag;
        while left >= 0x80 {
            bytes.push(left as u8 | 0x80);
            left >>= 7;
        }
        bytes.push(left as u8);
        // A number may be spelled longer than it needs to be, up to ten bytes.
        for _ in 0..padding {
            *bytes.last_mut().unwrap() |= 0x80;
            bytes.push(0);
        }
        let spelled = bytes.clone();
        let batch = [&[0, 0, 0, 1, 0, 0][..], &bytes, &[0, 0, 0, 0]].concat();
        if spelled.len() <= 10 {
            let (view, theirs) = (views(&batch).unwrap()[0], decode::<Vec<Record>>(&batch, 25).unwrap());
            assert_same(&view, &theirs[0]);
            prop_assert_eq!(view.preamble, &batch[5..batch.len() - 3]);
        } else {
            prop_assert_eq!(views(&batch), Err(Damaged::Records));
        }
    }
}

#[test]
fn a_negative_count_is_zero() {
    assert_eq!(views(&(-1i32).to_be_bytes()), Ok(Vec::new()));
}

#[test]
fn the_count_is_not_trusted() {
    let batch = i32::MAX.to_be_bytes();
    let mut records = Records::new(&batch).unwrap();
    assert_eq!(records.left(), i32::MAX as usize);
    assert_eq!(records.next(), Some(Err(Damaged::Records)));
    assert_eq!(records.next(), None);
}

#[test]
fn lengths_below_zero_and_beyond_the_end_are_damage() {
    for (name, record) in [
        ("record beyond the end", &[0x0c, 0, 0, 0, 0, 0][..]),
        ("key below zero", &[0, 0, 0, 0, 1, 0x01, 0, 0]),
        ("value below zero", &[0, 0, 0, 0, 0, 0x01, 0, 0]),
        ("value beyond the end", &[0, 0, 0, 0, 0, 0x04, 0]),
        (
            "value of 4 GiB and a byte",
            &[0, 0, 0, 0, 0, 0x82, 0x80, 0x80, 0x80, 0x20, b'a', 0],
        ),
        ("no headers", &[0, 0, 0, 0, 0, 0x02, 0]),
        ("tag of two", &[0, 0, 0, 0, 2, 0x02, b'a', 0, 0]),
    ] {
        let batch = [&[0, 0, 0, 1], record].concat();
        assert_eq!(views(&batch), Err(Damaged::Records), "{name}");
    }
}

#[test]
fn a_prefix_below_zero_or_too_short_is_accepted_as_fluvio_does() {
    for prefix in [0x00, 0x01, 0x02] {
        let batch = [0, 0, 0, 1, prefix, 0, 0, 0, 0, 0x02, b'a', 0];
        assert_eq!(views(&batch).unwrap()[0].value, b"a");
        assert_eq!(
            decode::<Vec<Record>>(&batch, 25).unwrap()[0].value.as_ref(),
            b"a"
        );
    }
}
