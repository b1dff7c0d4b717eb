-- Which status codes do responses have?
SELECT
    status,
    COUNT(*) AS events,
    COUNT(DISTINCT session_id) AS sessions,
    COUNT(DISTINCT visitor) AS visitors
FROM events
WHERE status IS NOT NULL
GROUP BY status
ORDER BY status;
