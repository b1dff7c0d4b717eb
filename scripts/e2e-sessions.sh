# Sourced by scripts/e2e: the sessions of a topic as rows, in a folder and in another topic, while
# what writes them is killed.
# shellcheck shell=bash disable=SC2034,SC2154

writers=()
tidying+=(kill_writers)

# TOPIC FILE: produces it bit by bit, so that events flow while the writers are killed.
produce_slowly() {
    local part
    split --lines 5000 "$2" "$work/part."
    for part in "$work"/part.*; do
        produce "$1" "$part" || return 1
        sleep 0.5
    done
}

# TOPIC FOLDER EVENTS TOPIC: starts the three writers.
start_writers() {
    "$program" sessions --from "$1" --to "$2" --every 1s </dev/null >>"$work/writers" 2>&1 &
    writers+=($!)
    "$program" sessions --from "$1" --to "$3" --events --every 1s </dev/null >>"$work/writers" 2>&1 &
    writers+=($!)
    "$program" sessions --from "$1" --to-topic "$4" </dev/null >>"$work/writers" 2>&1 &
    writers+=($!)
}

kill_writers() {
    local writer
    for writer in ${writers[@]+"${writers[@]}"}; do
        kill -KILL "$writer" || return 1
        wait "$writer" 2>/dev/null || true
    done
    writers=()
}

# Kills the writers ten times, while events flow.
write_and_kill() {
    local round
    produce_slowly "$1" "$work/sessions.keyed" >"$work/producing" 2>&1 &
    background=$!
    for round in {1..10}; do
        start_writers "$@"
        sleep "$((1 + RANDOM % 4)).$((RANDOM % 10))"
        kill_writers || return 1
        echo "round $round: $(find "$2" -name '*.parquet' | wc -l) files of sessions," \
            "$(find "$3" -name '*.parquet' | wc -l) of events"
    done
    wait "$background" || return 1
    background=
}

# TOPIC: an event in each partition, long after all others, which ends their sessions.
end_all_sessions() {
    local partition now
    now=$(date -u +%Y-%m-%dT%H:%M:%SZ)
    for partition in 0 1; do
        printf '{"timestamp":"%s","ip":"192.0.2.%d"}\n' "$now" "$partition" >"$work/end"
        timeout 60 fluvio produce "$1" --partition "$partition" --file "$work/end" </dev/null || return 1
    done
}

# The rest, once more each: then there is nothing to write.
write_rest() {
    local times
    for times in 1 2; do
        "$program" sessions --from "$1" --to "$2" --once || return 1
        "$program" sessions --from "$1" --to "$3" --events --once || return 1
        "$program" sessions --from "$1" --to-topic "$4" --once || return 1
    done
}

check_sessions() {
    local topic=$own-sessions to=$own-rows-raw events=150000 rows
    write_log json $events --disorder 30s --seed 4 >"$work/sessions.log"
    keyed_json "$work/sessions.log" >"$work/sessions.keyed"
    try 'sessions: Python with DuckDB and Polars' scripts/test-analytics --install || return 0
    try 'sessions: a topic from fluvio-topics.yaml' create_sessionized "$topic" || return 0
    partitions_to_await=2
    try 'sessions: a topic for rows' create_rows "$to" || return 0
    : >"$work/writers"
    try "sessions: $events events, ten SIGKILLs of each writer meanwhile" \
        write_and_kill "$topic" "$work/rows" "$work/events" "$to" || return 0
    sed 's/^/        /' "$work/said"
    try 'sessions: an event that ends all sessions' end_all_sessions "$topic" || return 0
    try 'sessions: the rest' write_rest "$topic" "$work/rows" "$work/events" "$to" || return 0
    sed 's/^/        /' "$work/said"
    try 'sessions: all events are read back' read_topic "$topic" $((events + 2)) "$work/sessions.out" || return 0
    rows=$(high_watermarks "$to" | awk '{ sum += $2 } END { print sum + 0 }')
    try "sessions: $rows rows are read back" read_topic "$to" "$rows" "$work/rows.out" || return 0
    try 'sessions: each session has one row in the folder and in the topic, as an oracle finds it' \
        "$target_dir/analytics/venv/bin/python" tests/analytics/rows.py \
        "$work/sessions.out" "$work/rows" "$work/rows.out" "$work/events" || true
    sed 's/^/        /' "$work/said"
}

# TOPIC: for rows, in two partitions.
create_rows() {
    fluvio topic create "$1" --partitions 2 || return 1
    topics+=("$1")
    await_leaders "$1"
}
