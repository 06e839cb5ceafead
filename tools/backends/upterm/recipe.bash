# shellcheck shell=bash
# Why: finding and building must agree on what is recent enough, where a build is kept, and which build is the current one.
# Sourced by find-upterm and build-upterm.

readonly upterm_version=0.24.0
# 0.20 is the oldest release whose `host` takes the flags that a share needs.
readonly upterm_oldest=0.20.0
readonly recipe_folder=${BASH_SOURCE[0]%/*}

backends_cache() {
  printf '%s/termlease/backends\n' "${XDG_CACHE_HOME:-${HOME:?"set HOME or XDG_CACHE_HOME"}/.cache}"
}

# The name of a build changes with every file it is made from, so an old build is never taken for a new one.
recipe_hash() {
  (
    cd "$recipe_folder"
    find . -type f -print0 | LC_ALL=C sort -z | xargs -0 sha256sum | sha256sum | cut -c1-12
  )
}

default_prefix() {
  printf '%s/upterm-%s-%s\n' "$(backends_cache)" "$upterm_version" "$(recipe_hash)"
}

# at_least OLDEST VERSION
at_least() {
  [[ $(printf '%s\n%s\n' "$1" "$2" | sort -V | head -n 1) == "$1" ]]
}

# What `PROGRAM version` says, without the log file that upterm would leave in the user's state folder.
program_says() {
  local scratch says=
  scratch=$(mktemp -d)
  says=$(XDG_STATE_HOME=$scratch XDG_CONFIG_HOME=$scratch timeout 10 "$1" version 2>/dev/null </dev/null) || says=
  rm -rf "$scratch"
  printf '%s\n' "$says"
}

program_version() {
  program_says "$1" | sed -nE '1s/^[^0-9]*([0-9]+(\.[0-9]+)+).*/\1/p'
}

# Empty when the folder holds both programs, recent enough; otherwise what is wrong with it.
why_not_usable() {
  local program version
  for program in upterm uptermd; do
    if [[ ! -x $1/$program ]]; then
      printf '%s has no %s\n' "$1" "$program"
      return
    fi
    version=$(program_version "$1/$program")
    if [[ -z $version ]] || ! at_least "$upterm_oldest" "$version"; then
      printf '%s/%s is version %s, older than %s\n' "$1" "$program" "${version:-unknown}" "$upterm_oldest"
      return
    fi
  done
}
