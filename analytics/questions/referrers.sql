-- Which hosts send visitors? By the referrer of a session's first event.
SELECT
    regexp_replace(lower(referrer), '^https?://([^/:?]+).*$', '\1') AS host,
    COUNT(*) AS sessions,
    COUNT(DISTINCT visitor) AS visitors
FROM sessions
WHERE referrer ~ '^https?://[^/]' AND NOT is_bot
GROUP BY 1
ORDER BY sessions DESC, host
LIMIT 20;
