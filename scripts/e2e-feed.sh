# Sourced by scripts/e2e: a raw topic that is fed into a sessionized one, while the feeder and the
# broker are killed.
# shellcheck shell=bash disable=SC2034,SC2154

feeder='' metrics_port=''

# TOPIC PARTITIONS: a raw topic with so many partitions.
create_several_raw() {
    fluvio topic create "$1" --partitions "$2" || return 1
    topics+=("$1")
    partitions_to_await=$2 await_leaders "$1"
}

# RAW TOPIC OPTIONS…: feeds in the background, in small batches.
start_feeder() {
    metrics_port=$((20000 + RANDOM % 10000))
    "$program" feed --from "$1" --to "$2" --batch-bytes 8KiB --metrics "127.0.0.1:$metrics_port" "${@:3}" \
        </dev/null >>"$work/feeder" 2>&1 &
    feeder=$!
    # Stopped with all else if the test is.
    background=$feeder
}

kill_feeder() {
    kill -KILL "$feeder" || return 1
    wait "$feeder" 2>/dev/null || true
    feeder='' background=''
}

# Prints how many batches the feeder has had stored.
batches_stored() {
    local line count=0
    if exec 3<>"/dev/tcp/127.0.0.1/$metrics_port"; then
        printf 'GET /metrics HTTP/1.0\r\n\r\n' >&3
        while read -r line <&3; do
            [[ $line != sessionize_feed_batches_stored_total* ]] || count=${line##* }
        done
        exec 3>&-
    fi 2>/dev/null
    echo "${count//[^0-9]/}"
}

# Waits until the feeder has had some more batches stored; how many is chance.
await_batches() {
    local tries more=$((20 + RANDOM % 300)) before
    before=$(batches_stored)
    for ((tries = 0; tries < 600; tries++)); do
        (($(batches_stored) < before + more)) || return 0
        kill -0 "$feeder" || return 1
        sleep 0.1
    done
    return 1
}

# RAW TOPIC: kills the feeder ten times and the SPU five times, while batches are on their way.
feed_and_kill() {
    local round
    for round in {1..10}; do
        start_feeder "$1" "$2"
        await_batches || return 1
        if ((round % 2 == 0)); then
            await find_spu || return 1
            kill_spu
            start_spu
            await_batches || return 1
        fi
        kill_feeder || return 1
    done
}

# RAW TOPIC OPTIONS…: feeds the rest. There has to be one, otherwise the kills came too late.
feed_rest() {
    timeout 300 "$program" feed --from "$1" --to "$2" --once "${@:3}" >"$work/rest" 2>&1 || return 1
    cat "$work/rest"
    ! grep -q '^stored     0 ' "$work/rest"
}

# FILE LOG: checks that the events are those of the log, each once.
each_once() {
    sed 's/,"session_source":.*$/}/' "$1" | LC_ALL=C sort >"$work/found"
    LC_ALL=C sort "$2" >"$work/expected"
    echo "$(wc -l <"$work/found") events, $(wc -l <"$work/expected") expected;" \
        "$(LC_ALL=C comm -13 "$work/found" "$work/expected" | wc -l) lost," \
        "$(LC_ALL=C comm -23 "$work/found" "$work/expected" | wc -l) too many"
    cmp "$work/found" "$work/expected"
}

# FILE LOG: checks that each event is in the session that it has when the log is sorted first.
sessions_of_sorted() {
    "$program" run --order full --quiet --output "$work/run" "$2" || return 1
    sed 's/,"session_source":"[^"]*"\(,"session_feed":{.*}}\)\{0,1\},"session_id":\("[^"]*"\).*$/,\2}/' "$1" |
        LC_ALL=C sort >"$work/found"
    sed 's/,"session_id":\("[^"]*"\).*$/,\1}/' "$work/run" | LC_ALL=C sort >"$work/expected"
    cmp -s "$work/found" "$work/expected" && return
    LC_ALL=C diff "$work/found" "$work/expected" | head -n 6 | cut -c 1-700
    return 1
}

check_feed() {
    local raw=$own-feed-raw topic=$own-feed events=200000
    if ! find_spu; then
        skipped 'feed: there is no process fluvio-run of a local SPU to kill'
        return
    fi
    write_log json $events --disorder 60s --seed 3 >"$work/feed.log"
    try 'feed: a raw topic with three partitions' create_several_raw "$raw" 3 || return 0
    try 'feed: a topic from fluvio-topics.yaml' create_restored "$topic" require 1 1 3 || return 0
    watch_topic "$topic"
    try "feed: $events raw events, up to a minute out of order" \
        timeout 120 fluvio produce "$raw" --file "$work/feed.log" || return 0
    : >"$work/feeder"
    try 'feed: ten SIGKILLs of the feeder, five of the SPU' feed_and_kill "$raw" "$topic" || return 0
    try 'feed: the rest' feed_rest "$raw" "$topic" || return 0
    sed 's/^/        /' "$work/said"
    stop_watchers
    try 'feed: all of them are read back' read_topic "$topic" $events "$work/feed.out" || return 0
    try 'feed: each event is stored once' each_once "$work/feed.out" "$work/feed.log" || true
    sed 's/^/        /' "$work/said"
    try 'feed: the sessions of the sorted log' sessions_of_sorted "$work/feed.out" "$work/feed.log" || true
    try 'feed: the judge' verdict "$work/feed.out" $events || return 0
    printf '        %s\n' "$(<"$work/verdict")"
}

# RAW TOPIC: one sibling feeds half of the partitions all the time; the other one, with the other
# half, is killed five times.
feed_by_siblings() {
    local round
    start_feeder "$1" "$2" --partitions 0,1
    # Stopped with the watchers.
    watchers+=("$feeder")
    for round in {1..5}; do
        start_feeder "$1" "$2" --partitions 2,3
        await_batches || return 1
        kill_feeder || return 1
    done
}

# Two feeders share a raw topic that is keyed by visitor. All of it is within `ttl`, so that it does
# not matter which of them is ahead.
check_siblings() {
    local raw=$own-siblings-raw topic=$own-siblings events=200000
    write_log json $events --disorder 60s --span 6h --seed 6 >"$work/siblings.log"
    keyed_json "$work/siblings.log" >"$work/siblings.keyed"
    try 'siblings: a raw topic with four partitions' create_several_raw "$raw" 4 || return 0
    try 'siblings: a topic from fluvio-topics.yaml' create_restored "$topic" require 1 1 3 || return 0
    watch_topic "$topic"
    try "siblings: $events raw events, keyed by visitor" produce "$raw" "$work/siblings.keyed" || return 0
    : >"$work/feeder"
    try 'siblings: one of them is killed five times' feed_by_siblings "$raw" "$topic" || return 0
    try 'siblings: its rest' feed_rest "$raw" "$topic" --partitions 2,3 || return 0
    sed 's/^/        /' "$work/said"
    try 'siblings: all of them are read back' read_topic "$topic" $events "$work/siblings.out" || return 0
    stop_watchers
    try 'siblings: each event is stored once' each_once "$work/siblings.out" "$work/siblings.log" || true
    sed 's/^/        /' "$work/said"
    try 'siblings: the sessions of the sorted log' sessions_of_sorted "$work/siblings.out" "$work/siblings.log" || true
    try 'siblings: the judge' verdict "$work/siblings.out" $events || return 0
    printf '        %s\n' "$(<"$work/verdict")"
}
