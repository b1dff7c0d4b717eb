use super::*;

fn remarks(count: u64, age: Option<i64>) -> Vec<String> {
    let lookback = Lookback { count, age };
    let remarks = lookback.remarks(&Parameters::default(), RECORD_SIZE);
    remarks.iter().map(Remark::to_string).collect()
}

#[test]
fn bounds_that_cover_the_gap_or_not() {
    const MINUTE: i64 = 60_000;
    let covers = "note: look-back count 1000000 covers gap + lateness, 31m, up to 537.6 events/s in a partition";
    assert_eq!(remarks(1_000_000, None), [covers]);
    assert_eq!(remarks(1_000_000, Some(13 * 60 * MINUTE)), [covers]);
    assert_eq!(
        remarks(1_000_000, Some(31 * MINUTE)),
        [
            "note: look-back age 31m is shorter than ttl + lateness, 12h 1m: after a restart, a visitor who was away \
             for longer than the age has a `first` session rather than one by `gap` that names the previous one",
            covers
        ]
    );
    assert_eq!(
        remarks(1_000_000, Some(31 * MINUTE - 1))[0],
        "warning: look-back age 30m 59s 999ms is shorter than gap + lateness, 31m: sessions may be split after a \
         restart"
    );
    assert_eq!(
        remarks(2_000_000, None)[0],
        "warning: look-back count 2000000 needs about 1200 MB of the module's memory, which is limited to 1073 MB; \
         1789569 records of 600 bytes fit"
    );
    assert_eq!(
        remarks(0, Some(13 * 60 * MINUTE)),
        [
            "note: look-back has no count: all records of its age have to fit into the module's memory, about 1789569"
        ]
    );
}

#[test]
fn restarts_that_restore_an_old_state() {
    let remarks = |count, segment| {
        let remarks =
            Lookback { count, age: None }.segment_remarks(segment, RECORD_SIZE, "--record-size");
        remarks.iter().map(Remark::to_string).collect::<Vec<_>>()
    };
    let share = |share, count, segment: u64| {
        format!(
            "note: about {share} % of restarts restore an old state, once a partition has filled a segment: look-back count \
             {count} × 520 bytes a record (--record-size) ÷ segment-size {segment}"
        )
    };
    assert_eq!(
        remarks(500_000, LARGEST_SEGMENT_SIZE),
        [share("6.5", 500_000, LARGEST_SEGMENT_SIZE)]
    );
    let warning = "warning: segment-size 1073741824 is not the largest, 4000000000, as `segment-size: 4 GB` under \
                   `retention`: look-back ends with the segment in which it begins, and more restarts than necessary restore \
                   an old state";
    assert_eq!(
        remarks(500_000, 1 << 30),
        [warning.into(), share("24.2", 500_000, 1 << 30)]
    );
    assert_eq!(
        remarks(100_000, 10_000_000)[1],
        share("100.0", 100_000, 10_000_000)
    );
    assert_eq!(
        remarks(1, 5_000_000_000),
        [
            "warning: segment-size 5000000000 is more than Fluvio can count in 32 bits; the largest that is safe is 4000000000, \
             as `segment-size: 4 GB`"
        ]
    );
}
