-- How long do sessions last? Each row counts those that last at least so many seconds, and not long
-- enough for the next row.
SELECT
    CASE
        WHEN duration = 0 THEN 0
        WHEN duration < 10 THEN 0.001
        WHEN duration < 60 THEN 10
        WHEN duration < 300 THEN 60
        WHEN duration < 900 THEN 300
        WHEN duration < 1800 THEN 900
        WHEN duration < 3600 THEN 1800
        WHEN duration < 10800 THEN 3600
        ELSE 10800
    END AS at_least_seconds,
    COUNT(*) AS sessions,
    SUM(events) AS events
FROM sessions
GROUP BY 1
ORDER BY at_least_seconds;
