-- How many sessions begin over time, and how many events do they have? Each row is an hour.
SELECT
    date_trunc('hour', start) AS hour,
    COUNT(*) AS sessions,
    COUNT(DISTINCT visitor) AS visitors,
    SUM(events) AS events
FROM sessions
GROUP BY 1
ORDER BY hour;
