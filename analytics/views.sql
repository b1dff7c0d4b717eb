-- The views `events` and `sessions` over the table `raw`, for any engine.
--
-- events: one row per event with a session, with all fields of the event. The added fields have
-- their types: session_start, session_duration, session_events and session_late.
--   visitor     the part of the session id that stands for the visitor. Not `ip`, which may be
--               spelled in several ways: with a port, in a list of hops, as IPv6 in long form.
--   url         as the client sent it; page is the url without host and query
--   is_page     whether it looks like a page rather than a part of one (an image, a style, a
--               script)
--   status      of the response, or null
-- The session's columns (start, duration, number, cut, previous, is_late) are those at the event.
CREATE OR REPLACE VIEW events AS
WITH typed AS (
    SELECT
        * EXCLUDE (url, referrer, status)
            REPLACE (
                CAST(session_start AS TIMESTAMP) AS session_start,
                CAST(session_duration AS DOUBLE) AS session_duration,
                CAST(session_events AS BIGINT) AS session_events,
                CAST(session_late AS BOOLEAN) AS session_late
            ),
        CASE
            -- With id=hash, the first 20 of 40 hex digits are the visitor's.
            WHEN session_id ~ '^[0-9a-f]{40}$' THEN substr(session_id, 1, 20)
            ELSE regexp_replace(session_id, '-[0-9]+([.][0-9]+)?$', '')
        END AS visitor,
        CAST(session_start AS TIMESTAMP) AS start,
        CAST(session_duration AS DOUBLE) AS duration,
        CAST(session_events AS BIGINT) AS number,
        session_cut AS cut,
        session_previous AS previous,
        CAST(session_late AS BOOLEAN) AS is_late,
        coalesce(url, path, nullif(split_part(request, ' ', 2), '')) AS url,
        coalesce(referer, referrer) AS referrer,
        TRY_CAST(coalesce(status, elb_status_code) AS INTEGER) AS status
    FROM raw
    WHERE session_id IS NOT NULL
),
paged AS (
    SELECT
        *,
        split_part(split_part(regexp_replace(url, '^[a-z]+://[^/]+', ''), '?', 1), '#', 1) AS page
    FROM typed
)
SELECT
    *,
    page IS NOT NULL
    AND NOT lower(page) ~ '[.](avif|bmp|css|eot|gif|ico|jpe?g|js|map|mp4|png|svg|ttf|txt|webm|webp|woff2?|xml)$'
        AS is_page
FROM paged;

-- sessions: one row per session. Late events that are fragments of their own are no sessions.
--   start, duration (in seconds), events, cut, previous
--   pages                       page views
--   urls                        distinct urls
--   entry, exit                 first and last page
--   referrer, user_agent        of the first event
--   is_bot                      the user agent says so
CREATE OR REPLACE VIEW sessions AS
WITH numbered AS (
    SELECT
        *,
        -- The first and the last page of a session: number goes up with each event.
        ROW_NUMBER() OVER (PARTITION BY session_id, is_page ORDER BY number) AS nth,
        ROW_NUMBER() OVER (PARTITION BY session_id, is_page ORDER BY number DESC) AS nth_last,
        ROW_NUMBER() OVER (PARTITION BY session_id ORDER BY number) AS nth_event
    FROM events
    WHERE cut IS NULL OR cut <> 'late'
),
grouped AS (
    SELECT
        session_id,
        MIN(visitor) AS visitor,
        MIN(start) AS start,
        MAX(duration) AS duration,
        -- The session's own count, and not COUNT(*): a producer's retry may be stored twice.
        MAX(number) AS events,
        MAX(cut) AS cut,
        MAX(previous) AS previous,
        COUNT(DISTINCT CASE WHEN is_page THEN number END) AS pages,
        COUNT(DISTINCT url) AS urls,
        MAX(CASE WHEN is_page AND nth = 1 THEN page END) AS entry,
        MAX(CASE WHEN is_page AND nth_last = 1 THEN page END) AS exit,
        MAX(CASE WHEN nth_event = 1 THEN referrer END) AS referrer,
        MAX(CASE WHEN nth_event = 1 THEN user_agent END) AS user_agent
    FROM numbered
    GROUP BY session_id
)
SELECT
    *,
    lower(coalesce(user_agent, ''))
        ~ 'bot|crawl|spider|slurp|archiver|curl|wget|python|libwww|java/|go-http|feed|monitor|scan'
        AS is_bot
FROM grouped;
