# shellcheck shell=bash
# Why: finding and building must agree on what is recent enough, where a build is kept, and which build is the current one.
# Sourced by find-zellij and build-zellij.

readonly zellij_version=0.45.1
# The oldest release that a mirror was seen to work with.
readonly zellij_oldest=0.45.1
# What zellij's own manifest asks for.
readonly rust_oldest=1.95
readonly recipe_folder=${BASH_SOURCE[0]%/*}

# As its authors build it, it takes ten minutes of two cores; so, four to six. A key is echoed as fast, since what zellij waits
# for is its own timers. Whoever wants the other has `cargo install --locked zellij`, and that one on PATH counts first.
readonly cargo_profile=(
  CARGO_PROFILE_RELEASE_LTO=off
  CARGO_PROFILE_RELEASE_CODEGEN_UNITS=16
  CARGO_PROFILE_RELEASE_OPT_LEVEL=1
)
readonly cargo_features=(--no-default-features --features plugins_from_target)

hosts_cache() {
  printf '%s/termlease/hosts\n' "${XDG_CACHE_HOME:-${HOME:?"set HOME or XDG_CACHE_HOME"}/.cache}"
}

# The name of a build changes with every file it is made from, so an old build is never taken for a new one.
recipe_hash() {
  sha256sum <"$recipe_folder/recipe.bash" | cut -c1-12
}

default_prefix() {
  printf '%s/zellij-%s-%s\n' "$(hosts_cache)" "$zellij_version" "$(recipe_hash)"
}

# at_least OLDEST VERSION
at_least() {
  [[ $(printf '%s\n%s\n' "$1" "$2" | sort -V | head -n 1) == "$1" ]]
}

zellij_says() {
  timeout 10 "$1" --version 2>/dev/null </dev/null | sed -nE '1s/^zellij ([0-9]+(\.[0-9]+)+).*/\1/p'
}

# Empty when the folder holds a recent zellij; otherwise what is wrong with it.
why_not_usable() {
  local version
  if [[ ! -x $1/zellij ]]; then
    printf '%s has no zellij\n' "$1"
    return
  fi
  version=$(zellij_says "$1/zellij")
  if [[ -z $version ]] || ! at_least "$zellij_oldest" "$version"; then
    printf '%s/zellij is version %s, older than %s\n' "$1" "${version:-unknown}" "$zellij_oldest"
  fi
}
