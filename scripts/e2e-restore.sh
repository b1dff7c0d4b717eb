# Sourced by scripts/e2e: sessions that are told before the first event, however often a broker is
# killed.
# shellcheck shell=bash disable=SC2154

watchers=()

# TOPIC RESTORE COUNT: creates a topic from the shipped file, with segments so small that there are
# dozens of them.
create_restored() {
    sed -e "s/^  name: .*/  name: $1/" -e "s|uses: .*|uses: $module_name|" \
        -e 's/^  segment-size: .*/  segment-size: 10 MB/' \
        -e "s/^\( *\)count: 500000/\1count: $3/" -e "s/restore: \"off\"/restore: \"$2\"/" \
        fluvio-topics.yaml >"$work/topic.yaml"
    fluvio topic create --config "$work/topic.yaml" || return 1
    topics+=("$1")
    await_leaders "$1"
}

# TOPIC: starts a watcher.
watch_topic() {
    "$program" restore --topic "$1" --watch </dev/null >>"$work/watcher" 2>&1 &
    watchers+=($!)
}

stop_watchers() {
    [[ ${#watchers[@]} == 0 ]] || kill "${watchers[@]}" 2>/dev/null || true
    wait ${watchers[@]+"${watchers[@]}"} 2>/dev/null || true
    watchers=()
}

await_spu() {
    local tries
    for ((tries = 0; tries < 60; tries++)); do
        ! find_spu || return 0
        sleep 0.5
    done
    return 1
}

# TOPIC EVENTS KILLS: produces, and kills the SPU so many times meanwhile.
produce_and_kill() {
    local topic=$1 events=$2 kills=$3 line killed=0
    while read -r line; do
        if [[ $line =~ ^[0-9]+$ ]]; then
            [[ $killed -lt $kills ]] || continue
            await_spu || return 1
            kill_spu
            start_spu
            killed=$((killed + 1))
            # The first watcher does not live to tell of the second kill.
            if [[ $killed == 2 && ${#watchers[@]} == 2 ]]; then
                kill -KILL "${watchers[0]}"
                wait "${watchers[0]}" 2>/dev/null || true
                watch_topic "$topic"
            fi
        else
            echo "$line"
        fi
    done < <("$producer" --topic "$topic" --every $((events / (kills + 1))) \
        --output "$work/stored.out" "$work/restore.log" 2>&1 || echo 'producer: failed')
    echo "the SPU was killed $killed times"
    [[ $killed == "$kills" ]]
}

# NAME RESTORE COUNT WATCHERS: prints what was stored, and what the judge says.
kill_under_load() {
    local topic=$own-$1 restore=$2 count=$3 watching=$4 events=600000
    write_log json $events --seed "$5" >"$work/restore.log"
    : >"$work/watcher"
    try "$1: a topic with segments of 10 MB" create_restored "$topic" "$restore" "$count" || return 0
    while [[ ${#watchers[@]} -lt $watching ]]; do watch_topic "$topic"; done
    if try "$1: $events events, all acknowledged ones are stored; ten SIGKILLs" \
        produce_and_kill "$topic" $events 10; then
        sed 's/^/        /' "$work/said"
    fi
    stop_watchers
    if [[ $restore == off ]]; then
        "$judge" <"$work/stored.out" >"$work/verdict" || true
        printf '        without restore: %s\n' "$(tail -n 1 "$work/verdict")"
    else
        try "$1: the judge finds nothing wrong" judged || true
        printf '        %s\n' "$(tail -n 1 "$work/verdict")"
        grep -c '"\?told"\?' "$work/watcher" | sed 's/^/        lines of the watchers that say told: /'
    fi
    timeout 20 fluvio topic delete "$topic" </dev/null >/dev/null 2>&1 && unset "topics[${#topics[@]}-1]"
}

judged() {
    "$judge" <"$work/stored.out" >"$work/verdict" || {
        cut -c 1-700 "$work/verdict"
        return 1
    }
}

check_restore() {
    if ! find_spu; then
        skipped 'restore: there is no process fluvio-run of a local SPU to kill'
        return
    fi
    kill_under_load restore require 1 2 3
    kill_under_load look-back off 500000 0 3
}
