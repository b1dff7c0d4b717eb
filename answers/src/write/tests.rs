use std::sync::Arc;

use ::parquet::file::reader::{FileReader, SerializedFileReader};
use sessionize_core::rule::Cut;
use sessionize_pipeline::Destination;

use super::*;
use crate::row::{COLUMNS, Request};

fn rows() -> Vec<SessionRow> {
    let text = |text: &str| Some(Arc::from(text));
    let odd = SessionRow {
        session_id: "a,b\"-1000".into(),
        visitor: "a,b\"".len(),
        start: 1_000,
        last: 3_050,
        events: 3,
        seen: 2,
        pages: 1,
        urls: 1,
        cut: Some(Cut::Gap),
        previous: text("a,b\"-0"),
        closed: true,
        revision: 2,
        late: 1,
        first: Request {
            url: text("/é?<script>\n"),
            referrer: text(""),
            user_agent: text("=cmd|' /C calc'!A0"),
        },
        latest: Request::default(),
        entry: text("/é"),
        exit: text("/é"),
        statuses: [0, 1, 2, 3, 4],
    };
    let plain = SessionRow {
        session_id: "192.0.2.1-0".into(),
        visitor: "192.0.2.1".len(),
        events: 1,
        revision: 1,
        ..SessionRow::default()
    };
    vec![odd, plain]
}

fn written(format: RowFormat, name: &str) -> Vec<u8> {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join(name);
    let output = Destination::from_argument(&path)
        .open()
        .unwrap()
        .begin()
        .unwrap();
    let mut writer = RowWriter::new(format, output).unwrap();
    for row in rows() {
        writer.write(row).unwrap();
    }
    writer.finish().unwrap();
    std::fs::read(path).unwrap()
}

#[test]
fn as_ndjson() {
    let expected = concat!(
        r#"{"session_id":"a,b\"-1000","visitor":"a,b\"","start":"1970-01-01T00:00:01.000Z","#,
        r#""last":"1970-01-01T00:00:03.050Z","duration":2.05,"events":3,"seen":2,"pages":1,"urls":1,"#,
        r#""cut":"gap","previous":"a,b\"-0","closed":true,"revision":2,"late":1,"#,
        r#""entry":"/é","exit":"/é","first_url":"/é?<script>\n","last_url":null,"first_referrer":"","#,
        r#""last_referrer":null,"first_user_agent":"=cmd|' /C calc'!A0","last_user_agent":null,"#,
        r#""status_1xx":0,"status_2xx":1,"status_3xx":2,"status_4xx":3,"status_5xx":4}"#,
        "\n",
        r#"{"session_id":"192.0.2.1-0","visitor":"192.0.2.1","start":"1970-01-01T00:00:00.000Z","#,
        r#""last":"1970-01-01T00:00:00.000Z","duration":0,"events":1,"seen":0,"pages":0,"urls":0,"#,
        r#""cut":null,"previous":null,"closed":false,"revision":1,"late":0,"#,
        r#""entry":null,"exit":null,"first_url":null,"last_url":null,"first_referrer":null,"#,
        r#""last_referrer":null,"first_user_agent":null,"last_user_agent":null,"#,
        r#""status_1xx":0,"status_2xx":0,"status_3xx":0,"status_4xx":0,"status_5xx":0}"#,
        "\n",
    );
    let written = written(RowFormat::Ndjson, "rows.ndjson");
    assert_eq!(std::str::from_utf8(&written).unwrap(), expected);
}

#[test]
fn as_csv() {
    let expected = concat!(
        "session_id,visitor,start,last,duration,events,seen,pages,urls,cut,previous,closed,revision,",
        "late,entry,exit,first_url,last_url,first_referrer,last_referrer,first_user_agent,",
        "last_user_agent,status_1xx,status_2xx,status_3xx,status_4xx,status_5xx\r\n",
        "\"a,b\"\"-1000\",\"a,b\"\"\",1970-01-01T00:00:01.000Z,1970-01-01T00:00:03.050Z,2.05,3,2,1,1,",
        "gap,\"a,b\"\"-0\",true,2,1,/é,/é,\"/é?<script>\n\",,,,=cmd|' /C calc'!A0,,0,1,2,3,4\r\n",
        "192.0.2.1-0,192.0.2.1,1970-01-01T00:00:00.000Z,1970-01-01T00:00:00.000Z,0,1,0,0,0,",
        ",,false,1,0,,,,,,,,,0,0,0,0,0\r\n",
    );
    let written = written(RowFormat::Csv, "rows.csv");
    assert_eq!(std::str::from_utf8(&written).unwrap(), expected);
}

#[test]
fn spreadsheets_take_no_text_for_a_formula() {
    let plain = String::from_utf8(written(RowFormat::Csv, "rows.csv")).unwrap();
    let safe = String::from_utf8(written(RowFormat::Spreadsheet, "rows.csv")).unwrap();
    assert_eq!(safe, plain.replace("=cmd", "'=cmd"));
}

#[test]
fn as_parquet() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("rows");
    std::fs::write(&path, written(RowFormat::Parquet, "rows.parquet")).unwrap();
    let reader = SerializedFileReader::new(std::fs::File::open(path).unwrap()).unwrap();
    let read: Vec<_> = reader
        .get_row_iter(None)
        .unwrap()
        .map(Result::unwrap)
        .collect();
    let texts: Vec<String> = read
        .iter()
        .map(|row| {
            row.get_column_iter()
                .map(|(_, field)| format!("{field}; "))
                .collect()
        })
        .collect();
    assert_eq!(
        texts,
        [
            "\"a,b\"-1000\"; \"a,b\"\"; 1970-01-01 00:00:01.000 +00:00; 1970-01-01 00:00:03.050 +00:00; 2.05; 3; 2; 1; 1; \
             \"gap\"; \"a,b\"-0\"; true; 2; 1; \"/é\"; \"/é\"; \"/é?<script>\n\"; null; \"\"; null; \
             \"=cmd|' /C calc'!A0\"; null; 0; 1; 2; 3; 4; ",
            "\"192.0.2.1-0\"; \"192.0.2.1\"; 1970-01-01 00:00:00.000 +00:00; 1970-01-01 00:00:00.000 +00:00; 0E0; 1; 0; 0; 0; \
             null; null; false; 1; 0; null; null; null; null; null; null; null; null; 0; 0; 0; 0; 0; ",
        ]
    );
    let schema = reader.metadata().file_metadata().schema();
    let names: Vec<&str> = schema
        .get_fields()
        .iter()
        .map(|field| field.name())
        .collect();
    assert_eq!(names, COLUMNS.map(|column| column.name));
}

#[test]
fn names_tell_the_form() {
    let rows = [
        ("a.ndjson", Some(RowFormat::Ndjson)),
        ("a.jsonl.gz", Some(RowFormat::Ndjson)),
        ("a/b.csv", Some(RowFormat::Csv)),
        ("a.csv.zst", Some(RowFormat::Csv)),
        ("a.parquet", Some(RowFormat::Parquet)),
        ("a.parquet.gz", None),
        ("a", None),
        ("csv", None),
        ("a.gz", None),
        ("a.xlsx", None),
    ];
    for (name, format) in rows {
        assert_eq!(RowFormat::of(Path::new(name)), format, "{name}");
    }
}
