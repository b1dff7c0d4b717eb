-- Which visitors are the most engaged? Those with the longest sessions; bots are left out.
SELECT
    visitor,
    MAX(duration) AS longest_seconds,
    ROUND(SUM(duration), 3) AS seconds,
    COUNT(*) AS sessions,
    SUM(pages) AS pages
FROM sessions
WHERE NOT is_bot
GROUP BY visitor
ORDER BY longest_seconds DESC, seconds DESC, visitor
LIMIT 20;
