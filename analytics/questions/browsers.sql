-- Which browsers do visitors use? The order of the rows matters: most browsers claim to be others.
SELECT
    CASE
        WHEN user_agent LIKE '%Edg/%' OR user_agent LIKE '%Edge/%' THEN 'Edge'
        WHEN user_agent LIKE '%OPR/%' OR user_agent LIKE 'Opera%' THEN 'Opera'
        WHEN user_agent LIKE '%SamsungBrowser/%' THEN 'Samsung Internet'
        WHEN user_agent LIKE '%Firefox/%' OR user_agent LIKE '%FxiOS/%' THEN 'Firefox'
        WHEN user_agent LIKE '%Chrome/%' OR user_agent LIKE '%CriOS/%' THEN 'Chrome'
        WHEN user_agent LIKE '%MSIE %' OR user_agent LIKE '%Trident/%' THEN 'Internet Explorer'
        WHEN user_agent LIKE '%Safari/%' THEN 'Safari'
        ELSE 'other'
    END AS browser,
    COUNT(*) AS sessions,
    COUNT(DISTINCT visitor) AS visitors
FROM sessions
WHERE NOT is_bot
GROUP BY 1
ORDER BY sessions DESC, browser;
