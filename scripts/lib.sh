# Sourced by the other scripts. They all work from the repository's root, and fail with one clear
# line.
# shellcheck shell=bash disable=SC2034
cd "$(dirname "${BASH_SOURCE[0]}")/.." || exit

target_dir=${CARGO_TARGET_DIR:-target}

# The file with the way that `scripts/setup` chose: "rustup" or "debian".
wasm_way=$target_dir/wasm-way

# Prints the target folder of that way. Debian's compiler has its own: two compilers that share a
# folder rebuild everything each time they take turns.
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

# Installs packages with apt-get, if there is one and the user may. The update comes first because a
# fresh image has no package lists. It may fail for a repository that is not needed here.
apt_install() {
    local root=()
    command -v apt-get >/dev/null || return 1
    if [[ $(id -u) != 0 ]]; then
        command -v sudo >/dev/null || return 1
        root=(sudo)
    fi
    # ${root[@]+…}: to older versions of bash, an empty array is unset.
    ${root[@]+"${root[@]}"} apt-get update -q >&2 || true
    ${root[@]+"${root[@]}"} env DEBIAN_FRONTEND=noninteractive \
        apt-get install -q -y --no-install-recommends "$@" >&2 </dev/null
}
