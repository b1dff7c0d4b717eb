-- How long is a session, and how many events does it have, on average?
SELECT
    COUNT(*) AS sessions,
    COUNT(DISTINCT visitor) AS visitors,
    ROUND(SUM(duration), 3) AS seconds,
    ROUND(AVG(duration), 3) AS seconds_per_session,
    ROUND(AVG(events), 3) AS events_per_session
FROM sessions;
