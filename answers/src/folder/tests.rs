//! Folders of which the writer dies at any point.

use std::fs;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use parquet::file::reader::{FileReader, SerializedFileReader};
use proptest::prelude::*;
use sessionize_core::parameters::Parameters;
use tempfile::TempDir;

use super::*;
use crate::log::{LogEvents, LogReader, LogSessions};
use crate::row::SessionRow;
use crate::testing::batch_job::{batch_job, expected};
use crate::testing::{Stored, events, parameters, sessionized, twice};

/// A disk of which the program dies after so many operations, and half way through the last one.
#[derive(Clone)]
struct MortalDisk(Arc<AtomicU32>);

impl MortalDisk {
    fn dies_after(operations: u32) -> Self {
        Self(Arc::new(AtomicU32::new(operations)))
    }

    fn step(&self) -> io::Result<()> {
        let left = self.0.load(Ordering::Relaxed);
        self.0.store(left.saturating_sub(1), Ordering::Relaxed);
        match left {
            0 => Err(io::Error::other("killed")),
            _ => Ok(()),
        }
    }
}

impl Disk for MortalDisk {
    fn create_folder(&self, path: &Path) -> io::Result<()> {
        self.step()?;
        LocalDisk.create_folder(path)
    }

    fn write(&self, path: &Path, content: &[u8]) -> io::Result<()> {
        self.step().inspect_err(|_| {
            let half = content.get(..content.len() / 2).unwrap_or_default();
            fs::write(path, half).unwrap();
        })?;
        fs::write(path, content)
    }

    fn rename(&self, from: &Path, to: &Path) -> io::Result<()> {
        self.step()?;
        LocalDisk.rename(from, to)
    }

    /// Only the loss of power would show the difference.
    fn sync_folder(&self, _: &Path) -> io::Result<()> {
        self.step()
    }

    fn remove(&self, path: &Path) -> io::Result<()> {
        self.step()?;
        LocalDisk.remove(path)
    }
}

fn contents<R: LogReader>(parameters: &Parameters) -> Contents {
    Contents::of::<R::Row>("sessions", parameters)
}

/// Goes on from where the folder says, with steps of so many records, until it is killed or done.
fn go_on<R: LogReader>(
    root: &Path,
    parameters: &Parameters,
    logs: &[Vec<Stored>],
    step: usize,
    disk: MortalDisk,
) -> Result<(), Error> {
    let folder = RowFolder::open(root, &contents::<R>(parameters), disk)?;
    for (partition, records) in (0..).zip(logs) {
        let place = folder.place(partition)?.unwrap_or_default();
        let mut reader = R::resume(parameters, partition, place);
        let mut begin = place.offset;
        let mut rows = Vec::new();
        for (offset, record) in (0..).zip(records).skip(place.from as usize) {
            reader.take(offset, record.as_bytes());
            rows.extend(std::iter::from_fn(|| reader.pop()).map(|(_, row)| row));
            let next = offset + 1;
            if next >= begin + step as u64 || next == records.len() as u64 && next > begin {
                let place = reader.place(next);
                folder.add(partition, begin, place, std::mem::take(&mut rows))?;
                begin = next;
            }
        }
    }
    Ok(())
}

/// The rows in all files, as text, sorted.
fn found(root: &Path) -> Vec<String> {
    let mut rows = Vec::new();
    for day in fs::read_dir(root).unwrap() {
        let day = day.unwrap();
        if !day.file_name().to_string_lossy().starts_with("day=") {
            continue;
        }
        for file in fs::read_dir(day.path()).unwrap() {
            rows.extend(rows_of(fs::read(file.unwrap().path()).unwrap()));
        }
    }
    rows.sort_unstable();
    rows
}

fn rows_of(file: Vec<u8>) -> Vec<String> {
    let file = bytes(file);
    let reader = SerializedFileReader::new(file).unwrap();
    let rows = reader.get_row_iter(None).unwrap();
    rows.map(|row| row.unwrap().to_string()).collect()
}

fn bytes(content: Vec<u8>) -> fs::File {
    use std::io::{Seek, Write};
    let mut file = tempfile::tempfile().unwrap();
    file.write_all(&content).unwrap();
    file.rewind().unwrap();
    file
}

/// The rows of whole logs, as they are in a file.
fn all<R: LogReader>(parameters: &Parameters, logs: &[Vec<Stored>]) -> Vec<R::Row> {
    let mut rows = Vec::new();
    for (partition, records) in (0..).zip(logs) {
        let mut reader = R::resume(parameters, partition, Place::default());
        for (offset, record) in (0..).zip(records) {
            reader.take(offset, record.as_bytes());
            rows.extend(std::iter::from_fn(|| reader.pop()).map(|(_, row)| row));
        }
    }
    rows
}

fn as_text<R: TableRow>(rows: Vec<R>) -> Vec<String> {
    let mut file = ParquetRows::new(Vec::new()).unwrap();
    for row in rows {
        file.write(row).unwrap();
    }
    let mut texts = rows_of(file.finish().unwrap());
    texts.sort_unstable();
    texts
}

/// Two partitions, each with an event long after the others, which ends all their sessions.
fn logs(parameters: &Parameters, events: &[(u8, i64, u8)], bits: u64) -> Vec<Vec<Stored>> {
    let of = |partition: u8| {
        let own = events
            .iter()
            .filter(|(visitor, ..)| visitor % 2 == partition);
        let mut own: Vec<(u8, i64, u8)> = own.copied().collect();
        own.push((9, 100_000_000, 0));
        twice(sessionized(parameters, &own), bits)
    };
    vec![of(0), of(1)]
}

/// Kills the writer again and again, each time a little later, until all is written.
fn written_under_kills<R: LogReader>(
    parameters: &Parameters,
    logs: &[Vec<Stored>],
    steps: &[usize],
) -> TempDir {
    let root = tempfile::tempdir().unwrap();
    let path = root.path().join("sessions");
    let mut life = 0;
    loop {
        let step = steps[life as usize % steps.len()];
        let disk = MortalDisk::dies_after(life / 2);
        match go_on::<R>(&path, parameters, logs, step, disk) {
            Ok(()) => return root,
            Err(error) => assert!(error.to_string().ends_with(": killed"), "{error}"),
        }
        life += 1;
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 60, ..ProptestConfig::default() })]

    #[test]
    fn every_session_is_written_once(
        events in events(),
        bits in any::<u64>(),
        steps in proptest::collection::vec(1..30_usize, 1..5),
    ) {
        let parameters = parameters("200s");
        let logs = logs(&parameters, &events, bits);
        let root = written_under_kills::<LogSessions>(&parameters, &logs, &steps);
        let rows = all::<LogSessions>(&parameters, &logs);
        prop_assert_eq!(found(&root.path().join("sessions")), as_text(rows.clone()));

        // The last row of each session is that of a batch job over the whole log.
        for (log, partition) in logs.iter().zip([0, 1]) {
            let mut wanted = batch_job(log, parameters.rule.gap);
            wanted.retain(|id, _| !id.starts_with("192.0.2.9-"));
            let is_own = |row: &&SessionRow| {
                let visitor: u8 = row.session_id[8..9].parse().unwrap();
                visitor % 2 == partition && row.cut != Some(sessionize_core::rule::Cut::Fragment)
            };
            let own = rows.iter().filter(is_own);
            let last: BTreeMap<String, _> =
                own.map(|row| (row.session_id.to_string(), expected(row))).collect();
            prop_assert_eq!(last, wanted);
        }
    }

    #[test]
    fn every_event_is_written_once(
        events in events(),
        steps in proptest::collection::vec(1..30_usize, 1..5),
    ) {
        let parameters = parameters("200s");
        let logs = logs(&parameters, &events, 5);
        let root = written_under_kills::<LogEvents>(&parameters, &logs, &steps);
        let rows = all::<LogEvents>(&parameters, &logs);
        prop_assert_eq!(rows.len(), logs.iter().map(Vec::len).sum::<usize>());
        prop_assert_eq!(found(&root.path().join("sessions")), as_text(rows));
    }
}

fn row(id: &str, day: i64) -> SessionRow {
    SessionRow {
        session_id: id.into(),
        start: day * 86_400_000 + 5,
        ..SessionRow::default()
    }
}

fn place(offset: u64) -> Place {
    Place {
        offset,
        from: 2,
        time: 7,
        ..Place::default()
    }
}

/// The names of all files in a folder, as paths in it.
fn files(root: &Path) -> Vec<String> {
    let mut files = Vec::new();
    for folder in fs::read_dir(root).unwrap() {
        let folder = folder.unwrap();
        for file in fs::read_dir(folder.path()).unwrap() {
            let name = file.unwrap().file_name();
            let folder = folder.file_name();
            files.push(format!("{}/{}", folder.display(), name.display()));
        }
    }
    files.sort_unstable();
    files
}

#[test]
fn files_are_named_by_day_partition_and_offsets() {
    let root = tempfile::tempdir().unwrap();
    let contents = contents::<LogSessions>(&Parameters::default());
    let folder = RowFolder::open(root.path(), &contents, LocalDisk).unwrap();
    assert_eq!(folder.place(3).unwrap(), None);
    let rows = [row("a", 0), row("b", 20_000), row("c", 0)];
    let added = folder.add(3, 10, place(25), rows).unwrap();
    assert_eq!(added.files, 2);
    // A step without rows keeps the place.
    folder.add::<SessionRow>(3, 25, place(40), []).unwrap();
    assert_eq!(folder.place(3).unwrap(), Some(place(40)));
    let file = "sessions-3-00000000000000000010-00000000000000000025.parquet";
    assert_eq!(
        files(root.path()),
        [
            "_sessionize/folder.json".to_owned(),
            "_sessionize/lock".to_owned(),
            "_sessionize/partition-3.json".to_owned(),
            format!("day=1970-01-01/{file}"),
            format!("day=2024-10-04/{file}"),
        ]
    );
    let content = fs::File::open(root.path().join("day=1970-01-01").join(file)).unwrap();
    let reader = SerializedFileReader::new(content).unwrap();
    let metadata = reader.metadata().file_metadata();
    assert_eq!(metadata.num_rows(), 2);
    let notes: Vec<(&str, Option<&str>)> = metadata
        .key_value_metadata()
        .unwrap()
        .iter()
        .map(|note| (note.key.as_str(), note.value.as_deref()))
        .collect();
    assert_eq!(
        notes,
        [
            ("sessionize.topic", Some("sessions")),
            ("sessionize.partition", Some("3")),
            ("sessionize.offsets", Some("10-25")),
        ]
    );
}

#[test]
fn files_may_be_moved_away() {
    let root = tempfile::tempdir().unwrap();
    let contents = contents::<LogSessions>(&Parameters::default());
    let folder = RowFolder::open(root.path(), &contents, LocalDisk).unwrap();
    folder.add(0, 0, place(5), [row("a", 0)]).unwrap();
    fs::remove_dir_all(root.path().join("day=1970-01-01")).unwrap();
    assert_eq!(folder.place(0).unwrap(), Some(place(5)));
    assert_eq!(found(root.path()), Vec::<String>::new());
}

#[test]
fn what_is_of_something_else_is_refused() {
    let root = tempfile::tempdir().unwrap();
    let path = root.path().join("sessions");
    let parameters = Parameters::default();
    let of = contents::<LogSessions>(&parameters);
    let folder = RowFolder::open(&path, &of, LocalDisk).unwrap();
    let name = path.display();
    let refused = |of: &Contents| {
        let opened = RowFolder::open(&path, of, LocalDisk);
        opened.err().unwrap().to_string()
    };
    assert_eq!(
        refused(&of),
        format!("another program adds to folder {name} right now")
    );
    drop(folder);
    let usual = "with `gap` 1800s, `ttl` 43200s, `lateness` 60s and `prefix` `session_`";
    let other = |change: fn(&mut Contents)| {
        let mut other = of.clone();
        change(&mut other);
        other
    };
    let rows = [
        (
            other(|of| of.topic = "weblog".into()),
            format!("sessions of topic weblog {usual}"),
        ),
        (
            contents::<LogEvents>(&parameters),
            format!("events of topic sessions {usual}"),
        ),
        (
            other(|of| of.gap = 1500),
            format!(
                "sessions of topic sessions {}",
                usual.replace("1800s", "1.5s")
            ),
        ),
    ];
    for (other, text) in rows {
        assert_eq!(
            refused(&other),
            format!(
                "folder {name} holds sessions of topic sessions {usual}, and not {text}: name \
                 another folder"
            )
        );
    }
    fs::write(path.join("_sessionize/folder.json"), "{").unwrap();
    assert!(refused(&of).starts_with(&format!(
        "{name}/_sessionize/folder.json is not what sessionize wrote: "
    )));
    fs::remove_dir_all(path.join("_sessionize")).unwrap();
    fs::create_dir(path.join("day=2026-11-28")).unwrap();
    assert_eq!(
        refused(&of),
        format!(
            "folder {name} has rows, but no _sessionize/folder.json, so that it is not known where \
             to go on: name another folder"
        )
    );
}
