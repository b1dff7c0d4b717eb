-- Which visitors are likely bots? Those whose user agent says so, or who ask for more than a person
-- can read: at least 100 events, and more than one per second.
SELECT
    visitor,
    COUNT(*) AS sessions,
    SUM(events) AS events,
    ROUND(SUM(events) / NULLIF(SUM(duration), 0), 3) AS events_per_second,
    MAX(user_agent) AS user_agent
FROM sessions
GROUP BY visitor
HAVING COUNT(CASE WHEN is_bot THEN 1 END) > 0
    OR (SUM(events) >= 100 AND SUM(events) > SUM(duration))
ORDER BY events DESC, visitor
LIMIT 20;
