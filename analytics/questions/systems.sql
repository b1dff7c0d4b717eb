-- Which operating systems do visitors use?
SELECT
    CASE
        WHEN user_agent LIKE '%Android%' THEN 'Android'
        WHEN user_agent LIKE '%iPhone%' OR user_agent LIKE '%iPad%' THEN 'iOS'
        WHEN user_agent LIKE '%Windows%' THEN 'Windows'
        WHEN user_agent LIKE '%Mac OS X%' THEN 'macOS'
        WHEN user_agent LIKE '%CrOS%' THEN 'ChromeOS'
        WHEN user_agent LIKE '%Linux%' THEN 'Linux'
        ELSE 'other'
    END AS system,
    COUNT(*) AS sessions,
    COUNT(DISTINCT visitor) AS visitors
FROM sessions
WHERE NOT is_bot
GROUP BY 1
ORDER BY sessions DESC, system;
