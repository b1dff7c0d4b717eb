//! What the page shows of each answer.

/// How an answer is shown.
pub(crate) struct Section {
    /// Name of the question.
    pub(crate) question: &'static str,
    /// The heading.
    pub(crate) title: &'static str,
    pub(crate) chart: Chart,
    /// Headings of the chart's values, by column.
    pub(crate) values: &'static [(&'static str, &'static str)],
}

/// A chart of an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Chart {
    /// Columns over time, stacked. The first column of the answer is the time.
    Times,
    /// Bars, with the first column of the answer as labels.
    Bars,
    /// The same, for a number of seconds as labels.
    Spans,
    /// None: a table says it better.
    None,
}

/// The sections of the page, in order. The answers with one row are at its top.
pub(crate) const SECTIONS: [Section; 16] = [
    section(
        "over-time",
        "Sessions over time",
        Chart::Times,
        &[("sessions", "sessions")],
    ),
    section(
        "new-and-returning",
        "New and returning visitors",
        Chart::Times,
        &[("returning_visitors", "returning"), ("new_visitors", "new")],
    ),
    section(
        "durations",
        "How long sessions last",
        Chart::Spans,
        &[("sessions", "sessions")],
    ),
    section(
        "cuts",
        "Why sessions began",
        Chart::Bars,
        &[("sessions", "sessions")],
    ),
    section(
        "entry-pages",
        "Entry pages",
        Chart::Bars,
        &[("sessions", "sessions")],
    ),
    section(
        "exit-pages",
        "Exit pages",
        Chart::Bars,
        &[("sessions", "sessions")],
    ),
    section(
        "referrers",
        "Referrers",
        Chart::Bars,
        &[("sessions", "sessions")],
    ),
    section(
        "browsers",
        "Browsers",
        Chart::Bars,
        &[("sessions", "sessions")],
    ),
    section(
        "systems",
        "Systems",
        Chart::Bars,
        &[("sessions", "sessions")],
    ),
    section(
        "status-codes",
        "Status codes",
        Chart::Bars,
        &[("events", "events")],
    ),
    section(
        "engaged-visitors",
        "Most engaged visitors",
        Chart::None,
        &[],
    ),
    section("loyal-visitors", "Loyal visitors", Chart::None, &[]),
    section("time-per-visitor", "Time per visitor", Chart::None, &[]),
    section("urls-per-session", "URLs per session", Chart::None, &[]),
    section("likely-bots", "Likely bots", Chart::None, &[]),
    section(
        "invalid-reasons",
        "Records without a session",
        Chart::None,
        &[],
    ),
];

const fn section(
    question: &'static str,
    title: &'static str,
    chart: Chart,
    values: &'static [(&'static str, &'static str)],
) -> Section {
    Section {
        question,
        title,
        chart,
        values,
    }
}

/// A figure at the top of the page.
pub(crate) struct Figure {
    pub(crate) label: &'static str,
    /// Name of the question.
    pub(crate) question: &'static str,
    pub(crate) column: &'static str,
    /// What stands behind the number.
    pub(crate) unit: &'static str,
}

/// The figures at the top of the page.
pub(crate) const FIGURES: [Figure; 12] = [
    figure("Sessions", "average-session", "sessions", ""),
    figure("Visitors", "average-session", "visitors", ""),
    figure("Time in all", "average-session", "seconds", " s"),
    figure(
        "Time per session",
        "average-session",
        "seconds_per_session",
        " s",
    ),
    figure("Median time", "percentiles", "seconds_p50", " s"),
    figure("Longest session", "percentiles", "seconds_most", " s"),
    figure(
        "Events per session",
        "average-session",
        "events_per_session",
        "",
    ),
    figure("Most events", "percentiles", "events_most", ""),
    figure("Bounce rate", "bounce-rate", "bounce_percent", " %"),
    figure("Records", "late-and-invalid", "records", ""),
    figure("Late", "late-and-invalid", "late", ""),
    figure("Invalid", "late-and-invalid", "invalid", ""),
];

const fn figure(
    label: &'static str,
    question: &'static str,
    column: &'static str,
    unit: &'static str,
) -> Figure {
    Figure {
        label,
        question,
        column,
        unit,
    }
}
