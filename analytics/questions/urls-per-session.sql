-- How many different URLs does a session ask for?
SELECT session_id, visitor, urls, events
FROM sessions
ORDER BY urls DESC, session_id;
