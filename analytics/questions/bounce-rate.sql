-- What share of sessions ends with their first page?
SELECT
    COUNT(*) AS sessions,
    COUNT(CASE WHEN pages = 1 THEN 1 END) AS bounces,
    ROUND(100.0 * COUNT(CASE WHEN pages = 1 THEN 1 END) / COUNT(*), 2) AS bounce_percent
FROM sessions
WHERE pages > 0 AND NOT is_bot;
