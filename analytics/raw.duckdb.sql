-- The table `raw` in DuckDB: the records of sessionized NDJSON files, every field as text.
--
-- Set the files first: SET VARIABLE files = 'sessions.ndjson';
--
-- The columns are given rather than inferred, so that a field that is missing is null, and one that
-- is now a number and now a text breaks no query. Add fields of your own events here and in
-- views.sql.
CREATE OR REPLACE VIEW raw AS
SELECT *
FROM read_json(
    getvariable('files'),
    format = 'newline_delimited',
    columns = {
        session_id: 'VARCHAR',
        session_start: 'VARCHAR',
        session_duration: 'VARCHAR',
        session_events: 'VARCHAR',
        session_cut: 'VARCHAR',
        session_previous: 'VARCHAR',
        session_late: 'VARCHAR',
        session_error: 'VARCHAR',
        ip: 'VARCHAR',
        request: 'VARCHAR',
        url: 'VARCHAR',
        path: 'VARCHAR',
        referer: 'VARCHAR',
        referrer: 'VARCHAR',
        user_agent: 'VARCHAR',
        status: 'VARCHAR',
        elb_status_code: 'VARCHAR'
    }
);
