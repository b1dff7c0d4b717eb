-- Where do sessions end?
SELECT exit AS page, COUNT(*) AS sessions
FROM sessions
WHERE exit IS NOT NULL AND NOT is_bot
GROUP BY exit
ORDER BY sessions DESC, page
LIMIT 20;
