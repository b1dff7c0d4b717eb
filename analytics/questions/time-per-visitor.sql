-- How much time did each visitor spend?
SELECT visitor, COUNT(*) AS sessions, ROUND(SUM(duration), 3) AS seconds
FROM sessions
GROUP BY visitor
ORDER BY seconds DESC, visitor;
