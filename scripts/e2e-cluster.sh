# Sourced by scripts/e2e: what it needs to know about a cluster.
# shellcheck shell=bash disable=SC2154

topics=() started='' loaded='' background='' spu_pid='' spu_down='' module_name=''

needs_fluvio() {
    if ! command -v fluvio >/dev/null; then
        cat >&2 <<'END'
e2e: fluvio is not on the PATH. Install fvm, Fluvio's version manager, as fluvio.io describes. Then:
    fvm install                      # fluvio, fluvio-run and smdk, into ~/.fvm and ~/.fluvio/bin
    fluvio cluster start --local     # or E2E_START=1 make e2e, which also stops it again
END
        exit 2
    fi
    if [[ -z ${E2E_START:-} ]] && ! cluster_answers; then
        cat >&2 <<'END'
e2e: no cluster answers. Start one, or let make e2e do it:
    fluvio cluster start --local
    E2E_START=1 make e2e
END
        exit 2
    fi
}

cluster_answers() {
    timeout 20 fluvio cluster spu list </dev/null 2>/dev/null | grep -q ' Online '
}

await_cluster() {
    local tries
    if ! cluster_answers; then
        # `start` refuses if there was a cluster before; that one is resumed.
        try 'fluvio cluster start --local' start_cluster || finish
    fi
    # `start` returns before the SPU is online.
    for ((tries = 0; tries < 60; tries++)); do
        cluster_answers && return
        sleep 0.5
    done
    failed 'the cluster has an SPU online'
    finish
}

# In a session of its own, so that Ctrl-C does not stop the cluster before `tidy_up` has used it.
# With its output in a file, because its children would keep ours open.
start_cluster() {
    started=1
    setsid fluvio cluster start --local </dev/null >"$work/start" 2>&1 ||
        setsid fluvio cluster resume </dev/null >>"$work/start" 2>&1 || true
    cat "$work/start"
    cluster_answers || { sleep 3 && cluster_answers; }
}

tidy_up() {
    local status=$? topic
    set +e
    stop_background
    stop_watchers
    [[ ${#writers[@]} == 0 ]] || kill_writers
    [[ -z $spu_down ]] || start_spu
    stop_second_spu
    for topic in ${topics[@]+"${topics[@]}"}; do
        timeout 20 fluvio topic delete "$topic" </dev/null >/dev/null 2>&1 || say "topic $topic is still there"
    done
    if [[ -n $loaded ]]; then
        timeout 20 fluvio smartmodule delete "$loaded" </dev/null >/dev/null 2>&1 || say "module $loaded is still there"
    fi
    if [[ -n $started ]]; then
        timeout 30 fluvio cluster shutdown </dev/null >/dev/null 2>&1
    fi
    rm -rf "$work"
    exit "$status"
}

stop_background() {
    if [[ -n $background ]]; then
        kill "$background" 2>/dev/null || true
        wait "$background" 2>/dev/null || true
        background=
    fi
}

# Registers the module. smdk gives it its full name. Without smdk it gets a plain name, which must
# not be `sessionize`: the broker would prefer that one to the full name, now and later.
load_module() {
    local before
    before=$(fluvio smartmodule list </dev/null | awk '{ print $1 }')
    if grep -qx sessionize <<<"$before"; then
        failed 'a module under the plain name "sessionize" would run instead; remove it: fluvio smartmodule delete sessionize'
        return 1
    fi
    if command -v smdk >/dev/null; then
        module_name=$(sed -n 's/^ *uses: *//p' fluvio-topics.yaml)
        if grep -qxF "$module_name" <<<"$before"; then
            say "$module_name was loaded already: it is replaced by the one built here, and stays"
        else
            loaded=$module_name
        fi
        try "smdk load --wasm-file ${module##*/}" smdk load --wasm-file "$module" || return 1
    else
        module_name=$own loaded=$own
        try "fluvio smartmodule create $own" fluvio smartmodule create "$own" --wasm-file "$module" || return 1
    fi
    await_module
}

# Fluvio does not say when a module has reached the brokers. A topic that is created before has no
# leader until a restart.
await_module() {
    sleep 2
}

# TOPIC: prints "<partition> <high watermark>" for every partition that is online.
high_watermarks() {
    fluvio partition list </dev/null | awk -v topic="$1" '
        $1 == topic {
            for (i = 3; i <= NF && $i != "Online"; i++);
            # A size is two words, as in "1.5 MB".
            i += $(i + 2) ~ /B$/ ? 2 : 1
            if (i < NF) print $2, $(i + 2)
        }'
}

await_leaders() {
    local tries partitions
    partitions=$(sed -n 's/^  count: //p' "$work/topic.yaml" 2>/dev/null) || true
    [[ $1 != *-raw ]] || partitions=${partitions_to_await:-1}
    for ((tries = 0; tries < 60; tries++)); do
        [[ $(high_watermarks "$1" | wc -l) != "$partitions" ]] || return 0
        sleep 0.5
    done
    fluvio partition list </dev/null
    return 1
}

# TOPIC EVENTS: waits until the high watermarks add up to so many events. The controller learns of
# them a moment after the producer.
await_events() {
    local tries
    for ((tries = 0; tries < 120; tries++)); do
        [[ $(high_watermarks "$1" | awk '{ sum += $2 } END { print sum + 0 }') -lt $2 ]] || return 0
        sleep 0.25
    done
    fluvio partition list </dev/null
    return 1
}

# If the end of a response cuts a batch in two, clients without Fluvio's pull request 4627 (December
# 2025) skip the rest of the batch, unless a SmartModule runs. So no response may end before the
# topic does.
whole=(--maxbytes 500000000)

# TOPIC EVENTS FILE OPTIONS…: reads the whole topic, in responses of the usual size if there are
# options. It reads each partition up to its high watermark: with -d, a partition whose leader is
# still loading would seem empty.
read_topic() {
    local topic=$1 events=$2 file=$3 partition mark
    shift 3
    [[ $# != 0 ]] || set -- "${whole[@]}"
    await_events "$topic" "$events" || return 1
    while read -r partition mark; do
        [[ $mark -gt 0 ]] || continue
        timeout 120 fluvio consume "$topic" --partition "$partition" --beginning --end $((mark - 1)) "$@" </dev/null ||
            return 1
    done < <(high_watermarks "$topic") >"$file"
    echo "$(wc -l <"$file") of $events events were read" >&2
    [[ $(wc -l <"$file") == "$events" ]]
}

# TOPIC PARTITION TEXT FILE: reads until a line with this text comes.
read_until() {
    local tries
    fluvio consume "$1" --partition "$2" --beginning "${whole[@]}" >"$4" 2>"$4.err" </dev/null &
    background=$!
    for ((tries = 0; tries < 120; tries++)); do
        if grep -q "$3" "$4"; then
            stop_background
            return
        fi
        sleep 0.25
    done
    stop_background
    cat "$4.err"
    return 1
}

# A restarted SPU does not lead its partitions at once, and the controller still has its old state.
# The SPU first looks back at all its sessionized partitions, one after the other: at those of this
# test, and at any that were there before.
produce_to_new_leader() {
    local tries
    for ((tries = 0; tries < 60; tries++)); do
        ! timeout 15 fluvio produce "$@" </dev/null || return 0
        sleep 1
    done
    return 1
}

# Finds the process of the SPU, if there is only one and it runs on this machine. Sets `spu_pid`.
find_spu() {
    local folder name words port
    # There may be other clusters on this machine. The host may be written in several ways.
    port=$(fluvio cluster spu list </dev/null | awk '/ Online / { print $(NF - 1) }')
    [[ -n $port && $port != *$'\n'* ]] || return 1
    port=${port##*:}
    for folder in /proc/[0-9]*; do
        mapfile -d '' -t words 2>/dev/null <"$folder/cmdline" || continue
        name=${words[0]:-}
        if [[ ${name##*/} == fluvio-run && ${words[1]:-} == spu && "${words[*]} " == *":$port "* ]]; then
            spu_pid=${folder##*/}
            return
        fi
    done
    return 1
}

# Notes how the SPU was started.
read_spu() {
    mapfile -d '' -t spu_command <"/proc/$spu_pid/cmdline"
    mapfile -d '' -t spu_environment <"/proc/$spu_pid/environ"
    spu_folder=$(readlink "/proc/$spu_pid/cwd")
    spu_log=$(readlink "/proc/$spu_pid/fd/1")
    [[ -f $spu_log ]] || spu_log=/dev/null
}

kill_spu() {
    read_spu
    spu_down=1
    kill -KILL "$spu_pid"
    # Its port is free when all its threads are gone; a zombie holds no port.
    while grep -qs $'^State:\t[^ZX]' "/proc/$spu_pid/task/"*/status; do sleep 0.1; done
}

# TOPIC PARTITION: prints the high watermark that a dead SPU has left on disk. The look-back of its
# successor ends there.
noted_watermark() {
    local i data
    for ((i = 0; i < ${#spu_command[@]} - 1; i++)); do
        [[ ${spu_command[i]} != --log-base-dir ]] || data=${spu_command[i + 1]}
    done
    od -An -tu8 --endian=big "${data:?}"/*/"$1-$2"/replication.chk 2>/dev/null || echo 0
}

start_spu() {
    (
        cd "$spu_folder" || exit
        setsid env -i "${spu_environment[@]}" "${spu_command[@]}" </dev/null >>"$spu_log" 2>&1 &
    )
    spu_down=
}
