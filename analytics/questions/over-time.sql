-- How many sessions begin in each hour, and how many events do they have?
SELECT
    date_trunc('hour', start) AS hour,
    COUNT(*) AS sessions,
    COUNT(DISTINCT visitor) AS visitors,
    SUM(events) AS events
FROM sessions
GROUP BY 1
ORDER BY hour;
