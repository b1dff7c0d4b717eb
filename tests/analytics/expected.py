"""The answers to the questions in analytics/, computed record by record, without SQL."""

import json
import re
import statistics
from collections import Counter, defaultdict
from datetime import datetime

ASSET = re.compile(
    r"\.(avif|bmp|css|eot|gif|ico|jpe?g|js|map|mp4|png|svg|ttf|txt|webm|webp|woff2?|xml)\Z"
)
BOT = re.compile(
    r"bot|crawl|spider|slurp|archiver|curl|wget|python|libwww|java/|go-http|feed|monitor|scan"
)
# Least seconds of the groups of sessions in durations.sql.
BOUNDS = [0, 0.001, 10, 60, 300, 900, 1800, 3600, 10800]
BROWSERS = [
    ("Edge", ["Edg/", "Edge/"]),
    ("Opera", ["OPR/", "^Opera"]),
    ("Samsung Internet", ["SamsungBrowser/"]),
    ("Firefox", ["Firefox/", "FxiOS/"]),
    ("Chrome", ["Chrome/", "CriOS/"]),
    ("Internet Explorer", ["MSIE ", "Trident/"]),
    ("Safari", ["Safari/"]),
]
SYSTEMS = [
    ("Android", ["Android"]),
    ("iOS", ["iPhone", "iPad"]),
    ("Windows", ["Windows"]),
    ("macOS", ["Mac OS X"]),
    ("ChromeOS", ["CrOS"]),
    ("Linux", ["Linux"]),
]


class Session:
    """One session, summarised from its events."""

    def __init__(self, session_id, events):
        self.id = session_id
        self.visitor = visitor(session_id)
        events = sorted(events, key=lambda event: event["session_events"])
        first, last = events[0], events[-1]
        self.start = time(first["session_start"])
        self.seconds = max(event["session_duration"] for event in events)
        self.events = last["session_events"]
        self.cut = next((e["session_cut"] for e in events if e["session_cut"]), None)
        pages = [page(event) for event in events if is_page(event)]
        self.pages = len(pages)
        self.entry = pages[0] if pages else None
        self.exit = pages[-1] if pages else None
        self.urls = len({url(event) for event in events} - {None})
        self.referrer = first.get("referer", first.get("referrer"))
        self.agent = text(first.get("user_agent"))
        self.is_bot = bool(BOT.search((self.agent or "").lower()))


def visitor(session_id):
    if re.fullmatch("[0-9a-f]{40}", session_id):
        return session_id[:20]
    return session_id.rpartition("-")[0]


def time(rfc3339):
    return datetime.fromisoformat(rfc3339.removesuffix("Z"))


def text(value):
    """A JSON value as a text column holds it."""
    if value is None or isinstance(value, str):
        return value
    return json.dumps(value, separators=(",", ":"))


def day(moment):
    return moment.replace(hour=0, minute=0, second=0, microsecond=0)


def url(event):
    for name in ["url", "path"]:
        if event.get(name) is not None:
            return text(event[name])
    words = (event.get("request") or "").split(" ")
    return words[1] if len(words) > 1 and words[1] else None


def page(event):
    whole = url(event)
    if whole is None:
        return None
    without_host = re.sub("^[a-z]+://[^/]+", "", whole)
    return without_host.split("?")[0].split("#")[0]


def is_page(event):
    name = page(event)
    return name is not None and not ASSET.search(name.lower())


def named(table, agent):
    agent = agent or ""
    for name, marks in table:
        for mark in marks:
            if agent.startswith(mark[1:]) if mark.startswith("^") else mark in agent:
                return name
    return "other"


def percent(part, whole):
    return round(100.0 * part / whole, 2)


def quantile(values, share):
    values = sorted(values)
    place = share * (len(values) - 1)
    low = int(place)
    high = min(low + 1, len(values) - 1)
    return values[low] + (values[high] - values[low]) * (place - low)


def groups(sessions, of):
    grouped = defaultdict(list)
    for session in sessions:
        grouped[of(session)].append(session)
    return grouped


def original(records):
    """The answer to the query of the original job: each `ip` with its seconds, as it is spelled."""
    longest = defaultdict(int)
    for event in records:
        if "session_id" in event:
            key = (text(event["ip"]), event["session_id"])
            longest[key] = max(longest[key], event["session_duration"])
    seconds = Counter()
    for (ip, _), duration in longest.items():
        seconds[ip] += duration
    return sorted(seconds.items())


def answers(records):
    """The rows of every question, by its name."""
    events = [record for record in records if "session_id" in record]
    invalid = [record for record in records if "session_id" not in record]
    grouped = defaultdict(list)
    for event in events:
        if event["session_cut"] != "late":
            grouped[event["session_id"]].append(event)
    sessions = [Session(session_id, of) for session_id, of in grouped.items()]
    people = [session for session in sessions if not session.is_bot]
    by_visitor = groups(sessions, lambda s: s.visitor)
    seconds = [session.seconds for session in sessions]
    counts = [session.events for session in sessions]

    def by_name(of):
        rows = [
            (name, len(group), len({s.visitor for s in group}))
            for name, group in groups(people, of).items()
        ]
        return sorted(rows, key=lambda row: (-row[1], row[0]))

    def host(session):
        found = re.match("https?://([^/:?]+)", (session.referrer or "").lower())
        return found.group(1) if found else None

    first_days = {v: day(min(s.start for s in group)) for v, group in by_visitor.items()}
    days = defaultdict(set)
    for session in sessions:
        days[day(session.start)].add(session.visitor)
    with_pages = [session for session in people if session.pages > 0]
    bounces = sum(session.pages == 1 for session in with_pages)
    loyal = [
        (v, len({day(s.start) for s in g}), len(g), min(s.start for s in g), max(s.start for s in g))
        for v, g in groups(people, lambda s: s.visitor).items()
    ]
    engaged = [
        (v, max(s.seconds for s in g), sum(s.seconds for s in g), len(g), sum(s.pages for s in g))
        for v, g in groups(people, lambda s: s.visitor).items()
    ]
    entries = [
        (name, len(group), percent(sum(s.pages == 1 for s in group), len(group)))
        for name, group in groups(with_pages, lambda s: s.entry).items()
    ]
    exits = Counter(session.exit for session in with_pages)
    statuses = defaultdict(list)
    for event in events:
        status = event.get("status", event.get("elb_status_code"))
        if str(status).isdigit():
            statuses[int(status)].append(event)
    bots = []
    for name, group in by_visitor.items():
        total, spent = sum(s.events for s in group), sum(s.seconds for s in group)
        if any(s.is_bot for s in group) or (total >= 100 and total > spent):
            rate = round(total / spent, 3) if spent else None
            agents = [s.agent for s in group if s.agent is not None]
            bots.append((name, len(group), total, rate, max(agents, default=None)))
    return {
        "time-per-visitor": sorted(
            ((v, len(g), sum(s.seconds for s in g)) for v, g in by_visitor.items()),
            key=lambda row: (-round(row[2], 6), row[0]),
        ),
        "average-session": [
            (
                len(sessions),
                len(by_visitor),
                sum(seconds),
                round(statistics.fmean(seconds), 3),
                round(statistics.fmean(counts), 3),
            )
        ],
        "urls-per-session": sorted(
            ((s.id, s.visitor, s.urls, s.events) for s in sessions),
            key=lambda row: (-row[2], row[0]),
        ),
        "engaged-visitors": sorted(engaged, key=lambda r: (-r[1], -round(r[2], 6), r[0]))[:20],
        "new-and-returning": [
            (
                moment,
                sum(first_days[v] == moment for v in visitors),
                sum(first_days[v] < moment for v in visitors),
            )
            for moment, visitors in sorted(days.items())
        ],
        "loyal-visitors": sorted(loyal, key=lambda r: (-r[1], -r[2], r[0]))[:20],
        "bounce-rate": [
            (len(with_pages), bounces, percent(bounces, len(with_pages)))
            if with_pages
            else (0, None, None)
        ],
        "entry-pages": sorted(entries, key=lambda r: (-r[1], r[0]))[:20],
        "exit-pages": sorted(exits.items(), key=lambda r: (-r[1], r[0]))[:20],
        "referrers": [row for row in by_name(host) if row[0] is not None][:20]
        if any(host(s) for s in people)
        else [],
        "browsers": by_name(lambda s: named(BROWSERS, s.agent)),
        "systems": by_name(lambda s: named(SYSTEMS, s.agent)),
        "status-codes": [
            (
                status,
                len(of),
                len({e["session_id"] for e in of}),
                len({visitor(e["session_id"]) for e in of}),
            )
            for status, of in sorted(statuses.items())
        ],
        "percentiles": [
            (
                *(round(quantile(seconds, share), 2) for share in (0.5, 0.9, 0.99)),
                max(seconds),
                *(round(quantile(counts, share), 2) for share in (0.5, 0.9, 0.99)),
                max(counts),
            )
        ],
        "durations": [
            (least, len(group), sum(s.events for s in group))
            for least, group in sorted(
                groups(sessions, lambda s: max(b for b in BOUNDS if b <= s.seconds)).items()
            )
        ],
        "over-time": [
            (hour, len(g), len({s.visitor for s in g}), sum(s.events for s in g))
            for hour, g in sorted(
                groups(
                    sessions, lambda s: s.start.replace(minute=0, second=0, microsecond=0)
                ).items()
            )
        ],
        "cuts": sorted(Counter(s.cut for s in sessions).items(), key=lambda r: (-r[1], r[0])),
        "late-and-invalid": [
            (
                len(records),
                len(invalid),
                sum(event["session_late"] for event in events),
                sum(event["session_cut"] == "late" for event in events),
            )
        ],
        "invalid-reasons": sorted(
            Counter(record.get("session_error") for record in invalid).items(),
            key=lambda row: (-row[1], row[0]),
        )[:20],
        "likely-bots": sorted(bots, key=lambda r: (-r[2], r[0]))[:20],
    }
