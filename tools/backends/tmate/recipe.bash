# shellcheck shell=bash
# Why: fetching and finding must agree on what is unpacked, where it is kept, and which one is current.
# Sourced by fetch-tmate-relay.

readonly suite=trixie
readonly packages=(tmate-ssh-server libc6 libmsgpack-c2 libuid-wrapper)
readonly recipe_folder=${BASH_SOURCE[0]%/*}

backends_cache() {
  printf '%s/termlease/backends\n' "${XDG_CACHE_HOME:-${HOME:?"set HOME or XDG_CACHE_HOME"}/.cache}"
}

# The name changes with every file that it is made from, so an old one is never taken for a new one.
default_prefix() {
  local hash
  hash=$(cd "$recipe_folder" && find . -type f -print0 | LC_ALL=C sort -z | xargs -0 sha256sum | sha256sum | cut -c1-12)
  printf '%s/tmate-relay-%s\n' "$(backends_cache)" "$hash"
}
