-- How are durations and events spread over sessions?
SELECT
    ROUND(percentile_cont(0.5) WITHIN GROUP (ORDER BY duration), 2) AS seconds_p50,
    ROUND(percentile_cont(0.9) WITHIN GROUP (ORDER BY duration), 2) AS seconds_p90,
    ROUND(percentile_cont(0.99) WITHIN GROUP (ORDER BY duration), 2) AS seconds_p99,
    MAX(duration) AS seconds_most,
    ROUND(percentile_cont(0.5) WITHIN GROUP (ORDER BY CAST(events AS DOUBLE)), 2) AS events_p50,
    ROUND(percentile_cont(0.9) WITHIN GROUP (ORDER BY CAST(events AS DOUBLE)), 2) AS events_p90,
    ROUND(percentile_cont(0.99) WITHIN GROUP (ORDER BY CAST(events AS DOUBLE)), 2) AS events_p99,
    MAX(events) AS events_most
FROM sessions;
