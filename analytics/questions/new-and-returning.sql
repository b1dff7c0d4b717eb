-- How many visitors of a day are new, and how many have been here before? A visitor is new on the
-- day of the first session in the data.
WITH days AS (
    SELECT DISTINCT visitor, date_trunc('day', start) AS day FROM sessions
),
firsts AS (
    SELECT visitor, MIN(day) AS first_day FROM days GROUP BY visitor
)
SELECT
    day,
    COUNT(CASE WHEN day = first_day THEN 1 END) AS new_visitors,
    COUNT(CASE WHEN day > first_day THEN 1 END) AS returning_visitors
FROM days
JOIN firsts ON days.visitor = firsts.visitor
GROUP BY day
ORDER BY day;
