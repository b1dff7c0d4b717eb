# Sourced by the other scripts: they all work from the repository's root and stop with one clear
# line.
# shellcheck shell=bash disable=SC2034
cd "$(dirname "${BASH_SOURCE[0]}")/.." || exit

target_dir=${CARGO_TARGET_DIR:-target}

# Holds the way that `scripts/setup` chose: "rustup" or "debian".
wasm_way=$target_dir/wasm-way

# The target folder of that way. Debian's has one of its own: two compilers that share a folder
# rebuild everything at every change of hands.
wasm_dir() {
    if [[ $(<"$wasm_way") == debian ]]; then
        echo "$target_dir/debian"
    else
        echo "$target_dir"
    fi
}

fail() {
    printf '%s: %s\n' "${0##*/}" "$*" >&2
    exit 1
}

say() {
    printf '%s: %s\n' "${0##*/}" "$*" >&2
}

# Runs apt-get where there is one and we may. The update comes first because a fresh image carries
# no package lists; it may fail for a repository that we don't need.
apt_install() {
    local root=()
    command -v apt-get >/dev/null || return 1
    if [[ $(id -u) != 0 ]]; then
        command -v sudo >/dev/null || return 1
        root=(sudo)
    fi
    # ${root[@]+…}: older bashes take an empty array for an unset one.
    ${root[@]+"${root[@]}"} apt-get update -q >&2 || true
    ${root[@]+"${root[@]}"} env DEBIAN_FRONTEND=noninteractive \
        apt-get install -q -y --no-install-recommends "$@" >&2 </dev/null
}
