# Sourced by scripts/e2e: what it has to know about a cluster.
# shellcheck shell=bash disable=SC2154

topics=() started='' loaded='' background='' spu_pid='' spu_down='' module_name=''

needs_fluvio() {
    if ! command -v fluvio >/dev/null; then
        cat >&2 <<'END'
e2e: fluvio is not on the PATH. It is installed by fvm, Fluvio's version manager; fluvio.io tells how to get that. Then:
    fvm install                      # fluvio, fluvio-run and smdk, into ~/.fvm and ~/.fluvio/bin
    fluvio cluster start --local     # or E2E_START=1 make e2e, which starts one and stops it again
END
        exit 2
    fi
    if [[ -z ${E2E_START:-} ]] && ! cluster_answers; then
        cat >&2 <<'END'
e2e: no cluster answers. Start one, or let this start one:
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
        # `start` refuses where there has been a cluster before; that one is gone on with.
        try 'fluvio cluster start --local' start_cluster || finish
    fi
    # A start returns before its SPU is online.
    for ((tries = 0; tries < 60; tries++)); do
        cluster_answers && return
        sleep 0.5
    done
    failed 'the cluster has an SPU online'
    finish
}

# In a session of its own: Ctrl-C would take the cluster away from under the tidying up. Not in a
# terminal's hands, since its children would keep our output open.
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
    [[ -z $spu_down ]] || start_spu
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

# Registers the module. smdk gives it its full name; without smdk, only a plain one is to be had,
# which must not be `sessionize`: the broker would prefer that to the full name, now and after us.
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

# Nothing tells when a module has reached the brokers; a topic that is created before has no leader
# until a restart.
await_module() {
    sleep 2
}

# TOPIC: "<partition> <high watermark>" of every partition that is online.
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
    [[ $1 != *-raw ]] || partitions=1
    for ((tries = 0; tries < 60; tries++)); do
        [[ $(high_watermarks "$1" | wc -l) != "$partitions" ]] || return 0
        sleep 0.5
    done
    fluvio partition list </dev/null
    return 1
}

# TOPIC EVENTS: the controller hears of a high watermark a moment after the producer does.
await_events() {
    local tries
    for ((tries = 0; tries < 120; tries++)); do
        [[ $(high_watermarks "$1" | awk '{ sum += $2 } END { print sum + 0 }') -lt $2 ]] || return 0
        sleep 0.25
    done
    fluvio partition list </dev/null
    return 1
}

# Clients without Fluvio's pull request 4627 (December 2025) skip the rest of a batch that the end
# of a response cuts in two, unless a SmartModule runs. So no response may end before the topic
# does.
whole=(--maxbytes 500000000)

# TOPIC EVENTS FILE OPTIONS…: reads all of it; with options, in responses of the usual size. Every
# partition up to its end: -d takes a partition whose leader is still loading for an empty one.
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
    echo "$(wc -l <"$file") of $events were read" >&2
    [[ $(wc -l <"$file") == "$events" ]]
}

# TOPIC PARTITION TEXT FILE: reads on until a line with that text comes.
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

# A restarted SPU isn't the leader of its partitions at once, and the controller's word on it is
# from before. It first looks back at all its sessionized partitions, one after the other: ours, and
# those that were there before us.
produce_to_new_leader() {
    local tries
    for ((tries = 0; tries < 60; tries++)); do
        ! timeout 15 fluvio produce "$@" </dev/null || return 0
        sleep 1
    done
    return 1
}

# The SPU that leads, if it is a process of this machine: its PID, command line and environment.
find_spu() {
    local folder name words
    [[ $(fluvio cluster spu list </dev/null | grep -c ' Online ') == 1 ]] || return 1
    for folder in /proc/[0-9]*; do
        mapfile -d '' -t words 2>/dev/null <"$folder/cmdline" || continue
        name=${words[0]:-}
        if [[ ${name##*/} == fluvio-run && ${words[1]:-} == spu ]]; then
            spu_pid=${folder##*/}
            return
        fi
    done
    return 1
}

kill_spu() {
    mapfile -d '' -t spu_command <"/proc/$spu_pid/cmdline"
    mapfile -d '' -t spu_environment <"/proc/$spu_pid/environ"
    spu_folder=$(readlink "/proc/$spu_pid/cwd")
    spu_log=$(readlink "/proc/$spu_pid/fd/1")
    [[ -f $spu_log ]] || spu_log=/dev/null
    spu_down=1
    kill -KILL "$spu_pid"
    # Its port is only free once all its threads are gone, and a zombie holds none.
    while grep -qs $'^State:\t[^ZX]' "/proc/$spu_pid/task/"*/status; do sleep 0.1; done
}

# TOPIC PARTITION: the high watermark that a dead SPU has left on disk, which is where its
# successor's look-back ends.
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
