-- Where do sessions begin, and how many of those end right there?
SELECT
    entry AS page,
    COUNT(*) AS sessions,
    ROUND(100.0 * COUNT(CASE WHEN pages = 1 THEN 1 END) / COUNT(*), 2) AS bounce_percent
FROM sessions
WHERE entry IS NOT NULL AND NOT is_bot
GROUP BY entry
ORDER BY sessions DESC, page
LIMIT 20;
