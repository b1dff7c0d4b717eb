# Sourced by scripts/e2e: what is said of a topic before its broker crashes.
# shellcheck shell=bash disable=SC2154

# CODE TEXT TOPIC OPTIONS…: asks of a topic. Checks the exit code, and that the answer has the text.
doctor_says() {
    local code=0
    timeout 60 "$program" doctor --topic "$3" "${@:4}" </dev/null || code=$?
    echo "exit code $code, expected $1; to be found: $2"
    [[ $code == "$1" ]] && grep -qF "$2" "$work/said"
}

# TOPIC FILE: where the newest segment of partition 0 begins, by its name on the broker's disk and
# by what is said of it.
same_segment() {
    local i data newest
    read_spu
    for ((i = 0; i < ${#spu_command[@]} - 1; i++)); do
        [[ ${spu_command[i]} != --log-base-dir ]] || data=${spu_command[i + 1]}
    done
    newest=$(find "${data:?}" -path "*/$1-0/*.log" -printf '%f\n' | sort | tail -n 1)
    newest=$((10#${newest%.log}))
    echo "the newest segment begins at $newest"
    [[ $newest -gt 0 ]] && grep -qF "\"segment_start\":$newest," "$2"
}

# Asks of the same traffic in topics with other settings.
check_doctor() {
    local topic=$own-doctor events=100000
    write_log json $events --span 30m --seed 7 >"$work/doctor.log"
    keyed_json "$work/doctor.log" >"$work/doctor.keyed"

    try 'doctor: a look-back of one record' create_restored "$topic-short" off 1 1 1 || return 0
    try "doctor: $events events" produce "$topic-short" "$work/doctor.keyed" || return 0
    try 'doctor: a crash would split sessions' doctor_says 3 ': look-back shows only 1 of the last ' "$topic-short" || true
    sed -n 2,3p "$work/said" | sed 's/^/        /'

    try 'doctor: a look-back that begins in front of the newest segment' create_restored "$topic-long" off 200000 1 1 || return 0
    try "doctor: $events events" produce "$topic-long" "$work/doctor.keyed" || return 0
    try 'doctor: a crash would split sessions, too' doctor_says 3 ', and ends with the segment there, ' "$topic-long" || true
    sed -n 2,3p "$work/said" | sed 's/^/        /'
    if find_spu; then
        try 'doctor: for programs' doctor_says 3 '"crash":"splits"' "$topic-long" --json || true
        cp "$work/said" "$work/doctor.json"
        try 'doctor: it knows where the newest segment begins' same_segment "$topic-long" "$work/doctor.json" || true
    fi

    try 'doctor: segments of 4 GB' create_sessionized "$topic-whole" || return 0
    try "doctor: $events events" produce "$topic-whole" "$work/doctor.keyed" || return 0
    try 'doctor: a crash would split hardly any' doctor_says 0 'would split hardly any session' "$topic-whole" || true

    try 'doctor: restore is required' create_restored "$topic-restored" require 1 1 1 || return 0
    try 'doctor: without a watcher, events are refused' doctor_says 3 'warning: every event is refused' "$topic-restored" || true
    watch_topic "$topic-restored"
    try "doctor: with a watcher, $events events" produce_to_new_leader "$topic-restored" --key-separator $'\t' \
        --file "$work/doctor.keyed" || return 0
    try 'doctor: a crash would split no session' doctor_says 0 'would split no session' "$topic-restored" || true
    stop_watchers

    try 'doctor: a topic without the module' create_raw "$own-doctor-raw" || return 0
    try 'doctor: it has no transform' doctor_says 2 'has no transform' "$own-doctor-raw" || true
    try 'doctor: a topic that is not there' doctor_says 2 'the cluster has no topic' "$own-doctor-none" || true
}
