use std::io::Write;
use std::path::Path;
use std::sync::Arc;

use proptest::prelude::*;
use sessionize_core::parameters::Parameters;

use crate::reading::LineReader;
use crate::record::SourcePosition;
use crate::source::{Input, Sequence};

fn event(second: i64, file: usize, line: usize) -> String {
    let time = 1_700_000_000 + second;
    format!(r#"{{"ip":"192.0.2.{file}","timestamp":{time},"line":{line}}}"#)
}

/// A log with an event of each of these seconds.
fn log(file: usize, seconds: &[i64]) -> String {
    let lines = seconds.iter().enumerate();
    let lines = lines.map(|(line, &second)| event(second, file, line) + "\n");
    lines.collect()
}

/// Writes each content into a file, reads all files merged, and returns each line with its
/// position, and the errors.
fn merged(contents: &[Vec<u8>]) -> (Vec<(SourcePosition, String)>, Vec<String>) {
    let folder = tempfile::tempdir().unwrap();
    let source = |(number, content): (usize, &Vec<u8>)| {
        let path = folder.path().join(number.to_string());
        std::fs::write(&path, content).unwrap();
        source(&path, number)
    };
    let sources = contents.iter().enumerate().map(source).collect();
    let mut reader = LineReader::of_lines(&Parameters::default());
    let (mut lines, mut errors) = (Vec::new(), Vec::new());
    let sequence = Sequence::by_time(sources, move |line| reader.time(line));
    sequence.read(&Arc::default(), Default::default, |block| {
        match block {
            Ok(block) => {
                let found = block.lines().map(|line| {
                    let text = String::from_utf8(line.text.to_vec()).unwrap();
                    (line.position, text)
                });
                lines.extend(found);
            }
            Err(error) => errors.push(error.to_string()),
        }
        true
    });
    (lines, errors)
}

fn source(path: &Path, number: usize) -> crate::source::Source {
    let input = Input::from_argument(path);
    input.find(number as u32, true).unwrap()
}

fn texts(contents: &[String]) -> Vec<String> {
    let contents: Vec<_> = contents
        .iter()
        .map(|log| log.clone().into_bytes())
        .collect();
    let (lines, errors) = merged(&contents);
    assert!(errors.is_empty(), "{errors:?}");
    for (position, line) in &lines {
        let content = &contents[position.input as usize][position.byte as usize..];
        assert!(content.starts_with(line.as_bytes()), "{position:?}: {line}");
    }
    lines.into_iter().map(|(_, line)| line).collect()
}

/// Long enough for several blocks.
const MANY: i64 = 20_000;

#[test]
fn files_of_several_servers_come_out_in_order_of_time() {
    let seconds: [Vec<i64>; 3] = [
        (0..MANY).collect(),
        (0..MANY).map(|n| n / 2).collect(),
        (0..MANY).map(|n| 5_000 + n * n / MANY).collect(),
    ];
    let logs = [0, 1, 2].map(|file| log(file, &seconds[file]));
    let mut expected: Vec<(i64, usize, usize)> = Vec::new();
    for (file, seconds) in seconds.iter().enumerate() {
        let lines = seconds.iter().enumerate();
        expected.extend(lines.map(|(line, &second)| (second, file, line)));
    }
    expected.sort_unstable();
    let expected = expected
        .into_iter()
        .map(|(second, file, line)| event(second, file, line));
    assert!(texts(&logs).into_iter().eq(expected));
}

#[test]
fn rotated_files_come_one_after_the_other() {
    let logs = [2, 0, 1].map(|n| {
        log(
            n,
            &(n as i64 * MANY..(n as i64 + 1) * MANY).collect::<Vec<_>>(),
        )
    });
    let expected = format!("{}{}{}", logs[1], logs[2], logs[0]);
    assert!(texts(&logs).iter().eq(expected.lines()));
}

#[test]
fn a_clock_that_is_ahead_does_not_hold_its_file_up() {
    let mut wrong: Vec<i64> = (0..MANY).collect();
    for line in [0, 7, 3_000, 3_001, 19_990] {
        wrong[line] += 400_000_000;
    }
    let lines = texts(&[log(0, &wrong), log(1, &(0..MANY).collect::<Vec<_>>())]);
    let place = |line: &String| lines.iter().position(|other| other == line).unwrap();
    for second in (100..MANY).step_by(97) {
        let at = [0, 1].map(|file| place(&event(second, file, second as usize)) as i64);
        assert!((at[0] - at[1]).abs() < 40, "{second}: {at:?}");
    }
}

#[test]
fn more_files_than_may_be_open_are_all_read() {
    let logs: Vec<_> = (0..100).map(|file| log(file, &[0, 1, 2])).collect();
    let mut found = texts(&logs);
    let mut expected: Vec<_> = logs.iter().flat_map(|log| log.lines()).collect();
    found.sort_unstable();
    expected.sort_unstable();
    assert_eq!(found, expected);
}

#[test]
fn of_a_file_that_is_cut_off_the_lines_before_come_and_then_the_error() {
    let seconds: Vec<i64> = (0..MANY).collect();
    let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    gzip.write_all(log(0, &seconds).as_bytes()).unwrap();
    let mut cut = gzip.finish().unwrap();
    cut.truncate(cut.len() / 2);
    let (lines, errors) = merged(&[cut, log(1, &seconds).into_bytes()]);
    let of_file = |file| lines.iter().filter(|(at, _)| at.input == file).count() as i64;
    assert_eq!(of_file(1), MANY);
    assert!((MANY / 3..MANY).contains(&of_file(0)), "{}", of_file(0));
    assert_eq!(errors.len(), 1, "{errors:?}");
    let in_order = lines.windows(2).filter(|pair| {
        let second = |line: &str| line.split(['{', ',']).nth(2).unwrap().to_owned();
        second(&pair[0].1) <= second(&pair[1].1)
    });
    assert_eq!(in_order.count(), lines.len() - 1);
}

proptest! {
    /// Whatever the times are: each line comes once, and each file keeps its own order.
    #[test]
    fn every_file_keeps_its_lines_in_their_order(
        files in prop::collection::vec(
            prop::collection::vec(prop_oneof![Just(None), (0..60_i64).prop_map(Some)], 0..40),
            2..6,
        )
    ) {
        let logs: Vec<String> = files
            .iter()
            .enumerate()
            .map(|(file, times)| {
                let lines = times.iter().enumerate().map(|(line, time)| match time {
                    Some(second) => event(*second, file, line),
                    None => format!("file {file}, line {line}"),
                });
                lines.collect::<Vec<_>>().join("\n")
            })
            .collect();
        let contents: Vec<_> = logs.iter().map(|log| log.clone().into_bytes()).collect();
        let (lines, errors) = merged(&contents);
        prop_assert!(errors.is_empty());
        for (file, log) in logs.iter().enumerate() {
            let own = lines.iter().filter(|(at, _)| at.input as usize == file);
            prop_assert!(own.map(|(_, line)| line.as_str()).eq(log.lines()));
        }
    }
}
