"""Asks `sessionize query` every question in analytics/, over NDJSON and over Parquet, and compares
the answers with those that expected.py computes.

    test_query.py PROGRAM FOLDER      PROGRAM is `sessionize`, with sessionize-query beside it
"""

import csv
import gzip
import json
import subprocess
import sys
from datetime import datetime
from pathlib import Path

import duckdb
import polars

import expected
import test

passed = failed = 0


def check(what, found, wanted):
    global passed, failed
    if found == wanted:
        passed += 1
    else:
        failed += 1
        print(f"{what}: {str(found)[:2000]}, expected {str(wanted)[:2000]}")


def call(program, *arguments, given=None):
    return subprocess.run([program, *arguments], input=given, capture_output=True)


def ask(program, sql, *files, **given):
    """The rows of an answer."""
    ended = call(program, "query", sql, *files, "--quiet", "--format", "ndjson", **given)
    if ended.returncode != 0:
        return ended.stderr.decode()
    return [json.loads(line) for line in ended.stdout.splitlines()]


def same(value, want):
    if isinstance(want, datetime):
        return value is not None and datetime.fromisoformat(value) == want
    return test.same(value, want)


def difference(rows, wanted):
    """What is wrong with an answer, or nothing."""
    if isinstance(rows, str) or len(rows) != len(wanted):
        return str(rows)[:1000]
    for row, want in zip(rows, wanted):
        values = list(row.values())
        if len(values) != len(want) or not all(map(same, values, want)):
            return f"{values}, expected {want}"
    return None


def questions(program, folder):
    """Every question, over events and over rows, as NDJSON and as Parquet."""
    for path in test.logs(program, folder):
        records = [json.loads(line) for line in path.open()]
        wanted = expected.answers(records)
        events = path.with_suffix(".events.parquet")
        ended = call(program, "query", "SELECT * FROM raw", path, "--output", events)
        check(f"events of {path.name}", ended.stderr, b"")
        rows = test.rows_of(program, path)
        check("Polars", polars.read_parquet(events).height, len(records))
        check("DuckDB", duckdb.sql(f"SELECT COUNT(*) FROM '{events}'").fetchall(), [(len(records),)])
        for name, answer in wanted.items():
            for file in [path, events, rows]:
                if file == rows and name in test.OF_EVENTS:
                    continue
                wrong = difference(ask(program, name, file), answer)
                check(f"{name} over {file.name}", wrong, None)
        wrong = difference(ask(program, test.ORIGINAL, path), expected.original(records))
        check(f"the original over {path.name}", wrong, None)


def inputs_and_outputs(program, folder):
    path = folder / "odd.ndjson"
    content = path.read_bytes()
    count = "SELECT COUNT(*) AS n FROM raw"
    check("standard input", ask(program, count, "-", given=content), [{"n": 9}])
    packed = folder / "odd.gz"
    packed.write_bytes(gzip.compress(content + b'{"cut'))
    check("gzip", ask(program, count, packed), [{"n": 9}])
    check("two files", ask(program, count, path, packed), [{"n": 18}])
    agents = "SELECT DISTINCT user_agent FROM events WHERE user_agent LIKE '%<%'"
    agent = 'a "bot", <script>'
    check("NDJSON", ask(program, agents, path), [{"user_agent": agent}])
    answer = call(program, "query", agents, path, "--format", "csv").stdout.decode()
    check("CSV", list(csv.reader(answer.splitlines())), [["user_agent"], [agent]])
    answer = call(program, "query", agents, path).stdout.decode()
    check("table", answer, f"user_agent\n-----------------\n{agent}\n")
    # A field of several types is text; the others have theirs.
    types = "SELECT arrow_typeof(status) AS s, arrow_typeof(session_duration) AS d FROM events LIMIT 1"
    check("types", ask(program, types, path), [{"s": "Int32", "d": "Float64"}])
    copy = folder / "copy.csv"
    call(program, "query", f"COPY (SELECT visitor, events FROM sessions) TO '{copy}'", path)
    check("COPY", copy.read_text().splitlines()[0], "visitor,events")
    wrong = call(program, "query", "SELECT nothing FROM sessions", path)
    check("a wrong name", (wrong.returncode, wrong.stdout), (1, b""))
    check("its error", b"nothing" in wrong.stderr, True)
    wrong = call(program, "query", "SELECT 1", folder / "combined.log")
    check("raw lines", (wrong.returncode, wrong.stdout), (1, b""))


def fields(program, folder):
    """Fields of all kinds and of awkward names."""
    path = folder / "fields.ndjson"
    events = [
        {"n": 1, "x": 1, "page": "mine", "Upper": True, "late field": None},
        {"n": 2.5, "x": "one", "page": "other", "new": [1]},
        {"n": 3, "x": {"a": 1}},
    ]
    for at, event in enumerate(events):
        event.update(ip="192.0.2.1", timestamp=1000000000 + at, url="/a")
    log = folder / "fields.log"
    log.write_text("\n".join(map(json.dumps, events)))
    test.run(program, folder, "fields", [], log)
    sql = 'SELECT SUM(n) AS n, MIN(x) AS x, MIN(event_page) AS e, MIN(page) AS p, COUNT("Upper") AS u FROM events'
    wanted = [{"n": 6.5, "x": "1", "e": "mine", "p": "/a", "u": 1}]
    check("fields", ask(program, sql, path), wanted)
    everything = ask(program, 'SELECT * FROM raw ORDER BY n', path)
    check("texts", [row["x"] for row in everything], ["1", "one", '{"a": 1}'])


def main():
    program, folder = Path(sys.argv[1]).resolve(), Path(sys.argv[2])
    folder.mkdir(parents=True, exist_ok=True)
    questions(program, folder)
    inputs_and_outputs(program, folder)
    fields(program, folder)
    print(f"{passed} passed, {failed} failed")
    sys.exit(failed > 0 or passed == 0)


if __name__ == "__main__":
    main()
