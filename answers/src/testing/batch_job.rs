//! The rows of all sessions, computed from all records at once.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};
use sessionize_core::rule::Cut;

use crate::row::{SessionRow, Text};

/// A row but for its revision, as JSON.
pub type Expected = Value;

/// What is expected of a row.
pub fn expected(row: &SessionRow) -> Expected {
    let text = |text: &Text| json!(text.as_deref());
    let request = |request: &crate::row::Request| {
        json!([
            text(&request.url),
            text(&request.referrer),
            text(&request.user_agent)
        ])
    };
    json!({
        "visitor": row.session_id[..row.visitor],
        "start": row.start,
        "last": row.last,
        "events": row.events,
        "seen": row.seen,
        "pages": row.pages,
        "urls": row.urls,
        "cut": row.cut.map(Cut::name),
        "previous": text(&row.previous),
        "closed": row.closed,
        "late": row.late,
        "first": request(&row.first),
        "latest": request(&row.latest),
        "entry": text(&row.entry),
        "exit": text(&row.exit),
        "statuses": row.statuses,
    })
}

/// The session of a record.
pub fn id(record: &str) -> String {
    let record: Value = serde_json::from_str(record).unwrap();
    record["session_id"].as_str().unwrap().into()
}

/// What is expected of the row of each session, by its id.
pub fn batch_job(records: &[String], gap: i64) -> BTreeMap<String, Expected> {
    let records: Vec<Value> = records
        .iter()
        .map(|record| serde_json::from_str(record).unwrap())
        .collect();
    let now = records.iter().map(last).max().unwrap();
    let ids: BTreeSet<&str> = records
        .iter()
        .filter(|record| record["session_cut"] != "late")
        .map(|record| record["session_id"].as_str().unwrap())
        .collect();
    ids.into_iter()
        .map(|id| (id.to_owned(), of_session(id, &records, now, gap)))
        .collect()
}

fn of_session(id: &str, records: &[Value], now: i64, gap: i64) -> Expected {
    let is_fragment = |record: &Value| record["session_cut"] == "late";
    let is_ended = records
        .iter()
        .any(|record| record["session_previous"] == id && !record["session_cut"].is_null());
    let mut events: Vec<(u64, &Value)> = records
        .iter()
        .filter(|record| record["session_id"] == id && !is_fragment(record))
        .map(|record| (record["session_events"].as_u64().unwrap(), record))
        .collect();
    events.sort_by_key(|(number, _)| *number);
    events.dedup_by_key(|(number, _)| *number);
    let pages: Vec<&str> = events
        .iter()
        .filter_map(|(_, record)| page(record))
        .collect();
    let urls: BTreeSet<String> = events
        .iter()
        .filter_map(|(_, record)| url(record))
        .collect();
    let end = events.iter().map(|(_, record)| last(record)).max().unwrap();
    let (_, first) = events[0];
    let (number, latest) = events[events.len() - 1];
    let request = |record: &Value| json!([url(record), record["referer"], record["user_agent"]]);
    let mut statuses = [0; 5];
    for (_, record) in &events {
        let status = record.get("status").or(record.get("elb_status_code"));
        if let Some(status) = status {
            let digits = status.to_string();
            let class: usize = digits.trim_matches('"')[..1].parse().unwrap();
            statuses[class - 1] += 1;
        }
    }
    json!({
        "visitor": id.rsplit_once('-').unwrap().0,
        "start": start(first),
        "last": end,
        "events": number,
        "seen": events.len(),
        "pages": pages.len(),
        "urls": urls.len(),
        "cut": events.iter().map(|(_, r)| &r["session_cut"]).find(|cut| !cut.is_null()),
        "previous": first["session_previous"],
        "closed": is_ended || now > end + gap,
        "late": events.iter().filter(|(_, record)| record["session_late"] == true).count(),
        "first": request(first),
        "latest": request(latest),
        "entry": pages.first(),
        "exit": pages.last(),
        "statuses": statuses,
    })
}

/// In ms since the epoch, as the id has it.
fn start(record: &Value) -> i64 {
    let id = record["session_id"].as_str().unwrap();
    let (_, start) = id.rsplit_once('-').unwrap();
    start.split('.').next().unwrap().parse().unwrap()
}

fn last(record: &Value) -> i64 {
    start(record) + (record["session_duration"].as_f64().unwrap() * 1000.0).round() as i64
}

fn url(record: &Value) -> Option<String> {
    let request = || record["request"].as_str()?.split(' ').nth(1);
    let url = record["url"].as_str().or_else(request);
    url.map(str::to_owned)
}

/// The pages of the events in the tests.
fn page(record: &Value) -> Option<&'static str> {
    match url(record)?.as_str() {
        "/" => Some("/"),
        "/a" | "/a?q" => Some("/a"),
        "/b" => Some("/b"),
        "/x.css" => None,
        other => panic!("{other}"),
    }
}
