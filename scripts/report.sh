# Sourced by the scripts that need a cluster: says how each step went. Needs the folder `work`.
# shellcheck shell=bash disable=SC2154

passed=0 broken=0

ok() {
    printf 'ok      %s\n' "$*"
    passed=$((passed + 1))
}

failed() {
    printf 'FAILED  %s\n' "$*"
    broken=$((broken + 1))
}

skipped() {
    printf 'skipped %s\n' "$*"
}

# WHAT COMMAND…: runs a command and reports how it went. Prints its output only if it failed.
try() {
    local what=$1
    shift
    if "$@" >"$work/said" 2>&1; then
        ok "$what"
    else
        failed "$what"
        tail -n 12 "$work/said" | sed 's/^/        /'
        return 1
    fi
}

finish() {
    printf '%d passed, %d failed\n' "$passed" "$broken"
    [[ $broken == 0 ]] || exit 1
    exit 0
}
