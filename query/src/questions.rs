//! The questions of `analytics/`, and the views that they are about.

/// A question: its name, and its SQL.
pub(crate) struct Question {
    pub(crate) name: &'static str,
    pub(crate) sql: &'static str,
}

macro_rules! questions {
    ($($name:literal),* $(,)?) => {
        &[$(Question {
            name: $name,
            sql: include_str!(concat!("../../analytics/questions/", $name, ".sql")),
        }),*]
    };
}

/// All questions, in the order in which a report answers them.
pub(crate) const QUESTIONS: &[Question] = questions![
    "average-session",
    "percentiles",
    "bounce-rate",
    "late-and-invalid",
    "over-time",
    "new-and-returning",
    "durations",
    "cuts",
    "entry-pages",
    "exit-pages",
    "referrers",
    "browsers",
    "systems",
    "status-codes",
    "engaged-visitors",
    "loyal-visitors",
    "time-per-visitor",
    "urls-per-session",
    "likely-bots",
    "invalid-reasons",
];

/// The views over the table `raw`.
const VIEWS: &str = include_str!("../../analytics/views.sql");

/// The view `sessions` over the table `session_rows`.
const ROWS: &str = include_str!("../../analytics/rows.sql");

impl Question {
    /// The question in words: the sentences that its SQL begins with.
    pub(crate) fn words(&self) -> String {
        let lines = self.sql.lines().map_while(|line| line.strip_prefix("--"));
        lines.map(str::trim).collect::<Vec<_>>().join(" ")
    }

    /// The statement itself.
    pub(crate) fn statement(&self) -> &'static str {
        self.sql.trim_end().trim_end_matches(';')
    }
}

/// The question of this name.
pub(crate) fn named(name: &str) -> Option<&'static Question> {
    QUESTIONS.iter().find(|question| question.name == name)
}

/// The statements that make the view `events` and the one `sessions`, of `raw`.
pub(crate) fn views() -> Vec<&'static str> {
    statements(VIEWS)
}

/// The statement that makes the view `sessions` of `session_rows`.
pub(crate) fn view_of_rows() -> Vec<&'static str> {
    statements(ROWS)
}

fn statements(sql: &'static str) -> Vec<&'static str> {
    let statements = sql.split(";\n");
    statements.filter(|sql| sql.contains("CREATE")).collect()
}

/// The names of all questions with their words, for people.
pub(crate) fn list() -> String {
    let mut text = String::from("Questions by name:");
    for question in QUESTIONS {
        text += &format!(
            "\n  {:<19}{}",
            question.name,
            first_sentence(&question.words())
        );
    }
    text
}

/// A text up to its first question mark.
pub(crate) fn first_sentence(words: &str) -> &str {
    words.split_inclusive('?').next().unwrap_or(words)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_file_is_a_question() {
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../analytics/questions");
        let files = std::fs::read_dir(folder)
            .unwrap()
            .map(|file| file.unwrap().file_name());
        let mut files: Vec<String> = files.map(|name| name.into_string().unwrap()).collect();
        files.sort_unstable();
        let mut names: Vec<String> = QUESTIONS
            .iter()
            .map(|q| format!("{}.sql", q.name))
            .collect();
        names.sort_unstable();
        assert_eq!(names, files);
    }

    #[test]
    fn questions_begin_with_words() {
        for question in QUESTIONS {
            assert!(
                first_sentence(&question.words()).ends_with('?'),
                "{}",
                question.name
            );
        }
        assert_eq!((views().len(), view_of_rows().len()), (2, 1));
    }
}
