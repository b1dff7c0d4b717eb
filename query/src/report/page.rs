//! The page: one HTML file with all that it needs.

use std::fmt::Write;

use sessionize_formats::time::{Millis, from_text};

use super::answers::{Answer, Cell};
use super::layout::{Chart, FIGURES, Figure, SECTIONS, Section};
use super::text::{escaped, grouped, is_time, number, span};
use crate::questions::first_sentence;

/// The most rows of a table on the page. A query gives the others.
const ROWS: usize = 20;

/// The most columns of a chart over time.
const TIMES: i64 = 120;

const DAY: Millis = 86_400_000;

/// The steps of a chart over time, in ms and in words.
const STEPS: [(Millis, &str); 5] = [
    (DAY / 24, "an hour"),
    (DAY, "a day"),
    (7 * DAY, "a week"),
    (28 * DAY, "four weeks"),
    (364 * DAY, "52 weeks"),
];

const STYLE: &str = include_str!("page.css");
const SCRIPT: &str = include_str!("page.js");

/// The page of these answers.
pub(crate) fn page(
    title: &str,
    files: &[String],
    answers: &[Answer],
    remarks: &[String],
) -> String {
    let title = escaped(title);
    let mut page = format!(
        "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <meta name=\"color-scheme\" content=\"light dark\">\n\
         <meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; \
         style-src 'unsafe-inline'; script-src 'unsafe-inline'; img-src data:\">\n\
         <link rel=\"icon\" href=\"data:,\">\n<title>{title}</title>\n\
         <style>\n{STYLE}</style>\n</head>\n<body>\n<header>\n<h1>{title}</h1>\n<p>{}</p>\n",
        escaped(&files.join(", "))
    );
    for remark in remarks {
        put(
            &mut page,
            format_args!("<p>Note: {}</p>\n", escaped(remark)),
        );
    }
    page += "</header>\n<main>\n<dl class=\"figures\">\n";
    for figure in &FIGURES {
        if let Some(answer) = named(answers, figure.question) {
            put_figure(&mut page, figure, answer);
        }
    }
    page += "</dl>\n";
    for section in &SECTIONS {
        if let Some(answer) = named(answers, section.question)
            && answer.count > 0
        {
            put_section(&mut page, section, answer);
        }
    }
    page += "</main>\n<script>\n";
    page += SCRIPT;
    page += "</script>\n</body>\n</html>\n";
    page
}

fn named<'a>(answers: &'a [Answer], name: &str) -> Option<&'a Answer> {
    answers.iter().find(|answer| answer.question.name == name)
}

fn put_figure(page: &mut String, figure: &Figure, answer: &Answer) {
    let cell = answer.first(figure.column).cloned().unwrap_or_default();
    let (label, unit) = (figure.label, figure.unit);
    let (value, unit) = match cell.text {
        Some(_) => (number(&cell), unit),
        None => ("–".into(), ""),
    };
    put(
        page,
        format_args!(
            "<div><dt>{label}</dt><dd id=\"{}-{}\">{value}{unit}</dd></div>\n",
            figure.question, figure.column
        ),
    );
}

fn put_section(page: &mut String, section: &Section, answer: &Answer) {
    let Section {
        question,
        title,
        chart,
        values,
    } = section;
    let wide = match chart {
        Chart::Times | Chart::None => " class=\"wide\"",
        Chart::Bars | Chart::Spans => "",
    };
    put(
        page,
        format_args!(
            "<section id=\"{question}\"{wide}>\n<h2>{title}</h2>\n<p>{}</p>\n",
            escaped(first_sentence(&answer.question.words()))
        ),
    );
    match chart {
        Chart::Times => {
            put_times(page, title, values, answer);
            page.push_str("<details><summary>As a table</summary>\n");
            put_table(page, section, answer);
            page.push_str("</details>\n");
        }
        Chart::Bars | Chart::Spans | Chart::None => put_table(page, section, answer),
    }
    put(
        page,
        format_args!(
            "<details><summary>SQL</summary>\n<pre tabindex=\"0\">{}</pre>\n</details>\n</section>\n",
            escaped(answer.question.sql)
        ),
    );
}

/// A chart over time: its figures, of which the script makes the chart.
fn put_times(page: &mut String, title: &str, values: &[(&str, &str)], answer: &Answer) {
    let times: Vec<Option<Millis>> = answer.rows.iter().map(|row| time(row.first())).collect();
    let known = || times.iter().flatten().copied();
    let (Some(first), Some(last)) = (known().min(), known().max()) else {
        return;
    };
    let least = match answer.columns.first() {
        Some(column) if column.name == "hour" => 0,
        _ => 1,
    };
    let steps = STEPS.iter().copied().skip(least);
    let (step, words) = steps
        .clone()
        .find(|(step, _)| (last - first) / step < TIMES)
        .or(steps.last())
        .unwrap_or(STEPS[0]);
    // Weeks begin on Mondays; the epoch was a Thursday.
    let offset = if step > DAY { 4 * DAY } else { 0 };
    let place = |time: Millis| (time - offset).div_euclid(step);
    let count = (place(last) - place(first) + 1) as usize;
    let start = place(first) * step + offset;
    put(
        page,
        format_args!(
            "<figure class=\"times\" data-start=\"{start}\" data-step=\"{step}\" \
             data-title=\"{}\">\n",
            escaped(title)
        ),
    );
    for (column, label) in values {
        let mut sums = vec![0.0; count];
        let at = answer.column(column).unwrap_or(0);
        for (time, row) in times.iter().zip(&answer.rows) {
            let number = row.get(at).and_then(|cell| cell.number);
            let sum = time.and_then(|time| sums.get_mut((place(time) - place(first)) as usize));
            if let (Some(sum), Some(number)) = (sum, number) {
                *sum += number;
            }
        }
        let sums: Vec<String> = sums.iter().map(f64::to_string).collect();
        let sums = sums.join(",");
        put(
            page,
            format_args!("<data value=\"{sums}\">{label}</data>\n"),
        );
    }
    page.push_str("</figure>\n");
    put(page, format_args!("<p>Each column is {words}.</p>\n"));
}

fn time(cell: Option<&Cell>) -> Option<Millis> {
    let text = cell?.text.as_ref()?;
    from_text(format!("{text}Z").as_bytes()).ok()
}

fn put_table(page: &mut String, section: &Section, answer: &Answer) {
    let bar = section
        .values
        .first()
        .and_then(|(name, _)| answer.column(name));
    let bar = bar.filter(|_| section.chart != Chart::Times);
    let of_bar = |row: &Vec<Cell>| {
        bar.and_then(|bar| row.get(bar))
            .and_then(|cell| cell.number)
    };
    let is_cards = section.chart == Chart::None && answer.columns.len() > 3;
    let most = answer.rows.iter().filter_map(of_bar).fold(0.0, f64::max);
    put(
        page,
        format_args!(
            "<div class=\"scroll\" tabindex=\"0\" role=\"region\" aria-label=\"{}\">\n<table{}>\n<thead><tr>",
            section.title,
            if is_cards { " class=\"cards\"" } else { "" }
        ),
    );
    for (at, column) in answer.columns.iter().enumerate() {
        let is_span = section.chart == Chart::Spans && at == 0;
        let class = if column.is_number && !is_span {
            " class=\"n\""
        } else {
            ""
        };
        let name = escaped(&column.name.replace('_', " "));
        put(page, format_args!("<th scope=\"col\"{class}>{name}</th>"));
        if bar == Some(at) {
            page.push_str("<td class=\"bar\"></td>");
        }
    }
    page.push_str("</tr></thead>\n<tbody>\n");
    for row in answer.rows.iter().take(ROWS) {
        page.push_str("<tr>");
        for (at, (cell, column)) in row.iter().zip(&answer.columns).enumerate() {
            let is_span = section.chart == Chart::Spans && at == 0;
            let label = match is_cards {
                true => format!(
                    " data-label=\"{}\"",
                    escaped(&column.name.replace('_', " "))
                ),
                false => String::new(),
            };
            put_cell(page, cell, &label, is_span);
            if bar == Some(at) {
                let percent = 100.0 * cell.number.unwrap_or(0.0) / most.max(1.0);
                put(
                    page,
                    format_args!(
                        "<td class=\"bar\"><svg aria-hidden=\"true\" width=\"100%\" height=\"14\">\
                         <rect width=\"{percent:.1}%\" height=\"14\" rx=\"2\"/></svg></td>"
                    ),
                );
            }
        }
        page.push_str("</tr>\n");
    }
    page.push_str("</tbody>\n</table>\n</div>\n");
    if answer.count > ROWS {
        put(
            page,
            format_args!(
                "<p>The first {ROWS} of {}. <code>sessionize query {}</code> gives all.</p>\n",
                grouped(&answer.count.to_string()),
                answer.question.name
            ),
        );
    }
}

/// A cell; `label` is an attribute.
fn put_cell(page: &mut String, cell: &Cell, label: &str, is_span: bool) {
    match (&cell.text, cell.number) {
        (None, _) => put(page, format_args!("<td class=\"none\"{label}>none</td>")),
        (Some(_), Some(value)) if is_span => {
            let text = span(value);
            put(
                page,
                format_args!("<td data-value=\"{value}\"{label}>{text}</td>"),
            );
        }
        (Some(_), Some(value)) => {
            let text = number(cell);
            put(
                page,
                format_args!("<td class=\"n\" data-value=\"{value}\"{label}>{text}</td>"),
            );
        }
        (Some(text), None) if is_time(text) => {
            let text = text.replacen('T', " ", 1);
            put(page, format_args!("<td{label}>{text}</td>"));
        }
        (Some(text), None) => put(page, format_args!("<td{label}>{}</td>", escaped(text))),
    }
}

fn put(page: &mut String, text: std::fmt::Arguments<'_>) {
    // Writing to a string does not fail.
    let _ = page.write_fmt(text);
}
