-- Why could records not be sessionized?
SELECT session_error AS reason, COUNT(*) AS records
FROM raw
WHERE session_id IS NULL
GROUP BY session_error
ORDER BY records DESC, reason
LIMIT 20;
