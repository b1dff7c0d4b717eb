# Sourced by scripts/e2e: sessions that are told before the first event, however often a broker is
# killed.
# shellcheck shell=bash disable=SC2154

watchers=() second_spu=''
# An SPU of its own for the failover; nobody else is expected to use these.
second_id=5999 second_port=39020
tidying+=(stop_watchers stop_second_spu)

# TOPIC RESTORE COUNT [REPLICAS [PARTITIONS]]: creates a topic from the shipped file, with segments
# so small that there are dozens of them.
create_restored() {
    sed -e "s/^  name: .*/  name: $1/" -e "s|uses: .*|uses: $module_name|" \
        -e 's/^  segment-size: .*/  segment-size: 10 MB/' -e "s/^  count: 2$/  count: ${5:-2}/" \
        -e "s/^  replication: .*/  replication: ${4:-1}/" \
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

# COMMAND…: tries it until it succeeds, for half a minute.
await() {
    local tries
    for ((tries = 0; tries < 60; tries++)); do
        ! "$@" || return 0
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
            await find_spu || return 1
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
        try "$1: the judge finds nothing wrong" judged "$work/stored.out" || true
        printf '        %s\n' "$(tail -n 1 "$work/verdict")"
        grep -c '"\?told"\?' "$work/watcher" | sed 's/^/        lines of the watchers that say told: /'
    fi
    timeout 20 fluvio topic delete "$topic" </dev/null >/dev/null 2>&1 && unset "topics[${#topics[@]}-1]"
}

# Starts a second SPU beside the one that was found. Sets `second_spu`.
start_second_spu() {
    local words=("${spu_command[@]}") i
    for ((i = 0; i < ${#words[@]} - 1; i++)); do
        case ${words[i]} in
            -i | --id) words[i + 1]=$second_id ;;
            -p | --public-server) words[i + 1]=127.0.0.1:$second_port ;;
            -v | --private-server) words[i + 1]=127.0.0.1:$((second_port + 1)) ;;
            --log-base-dir) words[i + 1]=$work/second ;;
        esac
    done
    mkdir "$work/second"
    fluvio cluster spu register --id "$second_id" -p "127.0.0.1:$second_port" \
        -v "127.0.0.1:$((second_port + 1))" || return 1
    env -i "${spu_environment[@]}" "${words[@]}" </dev/null >"$work/second.log" 2>&1 &
    second_spu=$!
    await both_spus_online
}

both_spus_online() {
    [[ $(fluvio cluster spu list </dev/null | grep -c ' Online ') == 2 ]]
}

stop_second_spu() {
    [[ -n $second_spu ]] || return 0
    kill -KILL "$second_spu" 2>/dev/null || true
    wait "$second_spu" 2>/dev/null || true
    fluvio cluster spu unregister --id "$second_id" </dev/null >/dev/null 2>&1 || true
    second_spu=
}

# TOPIC: whether followers have all that their leaders have. Fluvio makes no leader of a follower
# that was behind.
followers_are_level() {
    # A line has both replicas' `leo`: the leader's in its column, the follower's in the list.
    fluvio partition list </dev/null | tee "$work/partitions" | awk -v topic="$1" '
        $1 == topic && match($0, /hw: -?[0-9]+, leo: -?[0-9]+/) {
            split(substr($0, RSTART, RLENGTH), follower, /[:,] */)
            is_level = index($0, " " follower[2] " ") && follower[2] == follower[4]
            if (!is_level || follower[4] <= 0) behind++
            seen++
        }
        END { exit !(seen == 2 && !behind) }'
}

await_followers() {
    await followers_are_level "$1" && return
    cat "$work/partitions"
    return 1
}

# TOPIC: whether the second SPU leads both partitions.
second_leads() {
    fluvio partition list </dev/null | tee "$work/partitions"
    [[ $(awk -v topic="$1" -v id="$second_id" '$1 == topic && $3 == id' "$work/partitions" | wc -l) == 2 ]]
}

# FILE: produces it to the topic of the failover.
produce_to_replicas() {
    timeout 120 "$producer" --topic "$own-failover" --output "$work/stored.out" "$1"
}

# A leader is killed for good, and its follower goes on.
check_failover() {
    local topic=$own-failover events=200000
    if ! find_spu; then
        skipped 'failover: there is no process fluvio-run of a local SPU to kill'
        return
    fi
    read_spu
    write_log json $events --seed 5 >"$work/all.log"
    head -n $((events / 2)) "$work/all.log" >"$work/first.log"
    tail -n +$((events / 2 + 1)) "$work/all.log" >"$work/second.ndjson"
    : >"$work/watcher"
    try 'failover: a second SPU' start_second_spu || { stop_second_spu && return 0; }
    if try 'failover: a topic with two replicas' create_restored "$topic" require 1 2; then
        watch_topic "$topic"
        try "failover: the first half of $events events" produce_to_replicas "$work/first.log" &&
            try 'failover: followers have all of it' await_followers "$topic" &&
            kill_spu &&
            try 'failover: the second half, without one of the leaders' \
                produce_to_replicas "$work/second.ndjson" &&
            sed 's/^/        /' "$work/said" &&
            try 'failover: the follower leads both partitions' second_leads "$topic" &&
            try 'failover: the judge' verdict "$work/stored.out" $events &&
            printf '        %s\n' "$(<"$work/verdict")"
        stop_watchers
        [[ -z $spu_down ]] || start_spu
        ! await both_spus_online || timeout 20 fluvio topic delete "$topic" </dev/null >/dev/null 2>&1 &&
            unset "topics[${#topics[@]}-1]"
    fi
    stop_second_spu
}

check_restore() {
    if ! find_spu; then
        skipped 'restore: there is no process fluvio-run of a local SPU to kill'
        return
    fi
    kill_under_load restore require 1 2 3
    kill_under_load look-back off 500000 0 3
}
