"""Checks what `sessionize sessions --from` has written, against an oracle.

rows.py EVENTS FOLDER ROWS EVENTS_FOLDER: the topic's stored events, the folder of sessions, the rows
of the other topic, and the folder of events. The oracle computes each session from its stored
events; it shares no code with the program.
"""

import json
import sys
from collections import Counter, defaultdict
from pathlib import Path

import duckdb
import polars

from expected import Session, time

# The event that ends all sessions has no row.
ENDS = ("192.0.2.0-", "192.0.2.1-")


def oracle(path):
    groups, fragments = defaultdict(list), 0
    for line in Path(path).open(encoding="utf-8"):
        event = json.loads(line)
        if "session_id" not in event:
            continue
        if event["session_cut"] == "late":
            fragments += 1
        else:
            groups[event["session_id"]].append(event)
    sessions = {}
    for session_id, events in groups.items():
        if session_id.startswith(ENDS):
            continue
        session = Session(session_id, events)
        sessions[session_id] = {
            "visitor": session.visitor,
            "start": session.start,
            "duration": session.seconds,
            "events": session.events,
            "seen": len({event["session_events"] for event in events}),
            "cut": session.cut,
            "pages": session.pages,
            "urls": session.urls,
            "entry": session.entry,
            "exit": session.exit,
            "first_referrer": session.referrer,
            "first_user_agent": session.agent,
            "closed": True,
        }
    return sessions, fragments


def judge(name, rows, sessions, fragments):
    """Each session has each of its revisions once, and the last one is right."""
    kinds = Counter(row["cut"] == "late" for row in rows)
    assert kinds[True] == fragments, f"{name}: {kinds[True]} fragments, {fragments} expected"
    rows = [row for row in rows if row["cut"] != "late"]
    seen = Counter((row["session_id"], row["revision"]) for row in rows)
    twice = [key for key, count in seen.items() if count > 1]
    assert not twice, f"{name}: {len(twice)} rows are there twice: {twice[:3]}"
    last = {}
    for row in sorted(rows, key=lambda row: row["revision"]):
        last[row["session_id"]] = row
    missing, more = sessions.keys() - last.keys(), last.keys() - sessions.keys()
    assert not missing, f"{name}: {len(missing)} sessions are missing: {list(missing)[:3]}"
    assert not more, f"{name}: {len(more)} sessions are too many: {list(more)[:3]}"
    for session_id, session in sessions.items():
        row = last[session_id]
        found = {column: row[column] for column in session}
        assert found == session, f"{name}: {session_id}: {found}, {session} expected"
    amended = len(rows) - len(last)
    print(f"{name}: {len(last)} sessions, each as expected; {amended} rows amended, {fragments} fragments")


def from_folder(folder):
    """The rows as DuckDB reads them."""
    table = duckdb.sql(f"SELECT * FROM read_parquet('{folder}/*/*.parquet', hive_partitioning = true)")
    columns = table.columns
    rows = [dict(zip(columns, values)) for values in table.fetchall()]
    for row in rows:
        assert str(row["day"])[:10] == str(row["start"])[:10], row
    frame = polars.scan_parquet(f"{folder}/**/*.parquet", hive_partitioning=True)
    assert frame.select(polars.len()).collect().item() == len(rows)
    return rows


def from_topic(path):
    rows = [json.loads(line) for line in Path(path).open(encoding="utf-8")]
    names = ["partition", "offset", "rows"]
    sources = Counter(tuple(row["source"][name] for name in names) for row in rows)
    assert max(sources.values()) == 1
    for row in rows:
        row["start"] = time(row["start"])
    return rows


def check_events(folder, path, sessions):
    """The views for SQL work on the events, and give the same sessions."""
    count = sum(1 for _ in Path(path).open(encoding="utf-8"))
    database = duckdb.connect()
    database.sql(f"CREATE VIEW raw AS FROM read_parquet('{folder}/*/*.parquet', hive_partitioning = true)")
    read, different = database.sql(
        "SELECT COUNT(*), COUNT(DISTINCT (log_partition, log_offset)) FROM raw"
    ).fetchall()[0]
    assert read == different == count, f"{read} events, {different} different ones, of {count}"
    database.sql(Path("analytics/views.sql").read_text(encoding="utf-8"))
    sums = database.sql(
        f"SELECT COUNT(*), SUM(events), round(SUM(duration), 3) FROM sessions WHERE session_id NOT SIMILAR TO '({'|'.join(ENDS)}).*'"
    ).fetchall()[0]
    wanted = (
        len(sessions),
        sum(session["events"] for session in sessions.values()),
        round(sum(session["duration"] for session in sessions.values()), 3),
    )
    assert sums == wanted, f"{sums}, {wanted} expected"
    print(f"events: {read}, each once; in SQL {sums[0]} sessions of {sums[2]} s")


def main():
    stored, folder, rows, events = sys.argv[1:]
    sessions, fragments = oracle(stored)
    judge("folder", from_folder(folder), sessions, fragments)
    judge("topic", from_topic(rows), sessions, fragments)
    check_events(events, stored, sessions)


main()
