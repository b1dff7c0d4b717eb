-- How many records came late or could not be sessionized?
SELECT
    COUNT(*) AS records,
    COUNT(CASE WHEN session_id IS NULL THEN 1 END) AS invalid,
    COUNT(CASE WHEN session_late = 'true' THEN 1 END) AS late,
    COUNT(CASE WHEN session_cut = 'late' THEN 1 END) AS fragments
FROM raw;
