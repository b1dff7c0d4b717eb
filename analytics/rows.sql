-- The view `sessions` over the table `session_rows`, which `sessionize sessions` wrote; for any
-- engine. It has the columns of the one in views.sql, and more.
--
-- In DuckDB, CREATE VIEW session_rows AS FROM 'sessions.parquet' makes the table.
--
-- A session that has changed after its row was written has another row, with a greater revision.
-- The last one counts. Fragments are no sessions.
--   seen                  how many of the session's events were read
--   last                  its latest event time
--   closed                whether it is over
--   late                  how many of its events came late
--   status_2xx and so on  how many responses have such a status code
CREATE OR REPLACE VIEW sessions AS
WITH numbered AS (
    SELECT
        *,
        ROW_NUMBER() OVER (PARTITION BY session_id ORDER BY revision DESC, seen DESC) AS nth
    FROM session_rows
    WHERE cut IS NULL OR cut <> 'late'
)
SELECT
    session_id,
    visitor,
    start,
    duration,
    events,
    cut,
    previous,
    pages,
    urls,
    entry,
    exit,
    first_referrer AS referrer,
    first_user_agent AS user_agent,
    lower(coalesce(first_user_agent, ''))
        ~ 'bot|crawl|spider|slurp|archiver|curl|wget|python|libwww|java/|go-http|feed|monitor|scan'
        AS is_bot,
    seen,
    last,
    closed,
    late,
    first_url,
    last_url,
    status_1xx,
    status_2xx,
    status_3xx,
    status_4xx,
    status_5xx
FROM numbered
WHERE nth = 1;
