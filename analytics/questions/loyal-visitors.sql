-- Who are the loyal visitors? Those who came on the most days; bots are left out.
SELECT
    visitor,
    COUNT(DISTINCT date_trunc('day', start)) AS days,
    COUNT(*) AS sessions,
    MIN(start) AS first_seen,
    MAX(start) AS last_session
FROM sessions
WHERE NOT is_bot
GROUP BY visitor
ORDER BY days DESC, sessions DESC, visitor
LIMIT 20;
