# shellcheck shell=bash
# Why: the demo, the live tests and the measurements need a real upterm and its relay. Whoever has
# them uses them; for everybody else tools/backends builds them once into the user's cache, for which
# it needs a Go that can fetch the newer Go that upterm asks for by itself (1.21 or newer). tmate is
# a package; its relay is fetched into the cache. The live tests need a real zellij as well, which
# tools/hosts builds with a Rust that is recent enough.

upterm_reason=''
tmate_reason=''
zellij_reason=''

# find_or_build FIND PREPARE NOTICE BUILD: names a program's folder in $found; 1 with the last
# complaint in $complaint where it can neither be found nor built.
find_or_build() {
  local why status=0
  why=$(mktemp)
  if ! found=$("$REPO/tools/$1" 2>"$why"); then
    "$2"
    step "$3"
    found=$("$REPO/tools/$4" 2> >(tee "$why" | sed 's/^/    /' >&2)) || status=1
  fi
  complaint=$(tail -n 1 "$why")
  rm -f "$why"
  return "$status"
}

# need_upterm: puts upterm and uptermd on PATH; 1 with $upterm_reason where that can't be done.
need_upterm() {
  find_or_build backends/find-upterm need_go \
    "upterm and its relay are missing: building them, once (one to two minutes)" \
    backends/build-upterm || { upterm_reason=$complaint; return 1; }
  export TERMLEASE_UPTERM_DIR=$found
  case ":$PATH:" in
    *":$found:"*) ;;
    *) export PATH=$found:$PATH ;;
  esac
}

# need_tmate_relay: sees to it that tmate's relay is there; 1 with $tmate_reason where it can't be.
need_tmate_relay() {
  tmate_reason=$("$REPO/tools/backends/fetch-tmate-relay" 2>&1 >/dev/null) && return
  tmate_reason=${tmate_reason##*$'\n'}
  return 1
}

# What brings a Go that is recent enough: Debian's own where it is, otherwise pip's wheel of it.
need_go() {
  local go
  for go in "${GO:-}" "$(type -P go || true)" /usr/local/go/bin/go; do
    [[ -n $go ]] && recent_go "$go" && break
    go=''
  done
  if [[ -n $go ]]; then
    need 'ca-certificates | - | fetching the modules of upterm'
  elif [[ $(apt-cache policy golang-go 2>/dev/null) =~ Candidate:\ ([0-9]+:)?1\.(2[1-9]|[3-9][0-9]) ]]; then
    need 'golang-go       | - | builds upterm and its relay
          ca-certificates | - | fetching the modules of upterm'
  else
    need 'python3         | python3 | fetches a Go that is recent enough, to build upterm
          python3-pip     | -       | fetches a Go that is recent enough, to build upterm
          ca-certificates | -       | fetching the modules of upterm'
  fi
}

recent_go() {
  local version
  version=$(cd / && GOTOOLCHAIN=local GOFLAGS='' "$1" env GOVERSION 2>/dev/null) || return 1
  [[ $version =~ ^go1\.([0-9]+) ]] && ((BASH_REMATCH[1] >= 21))
}

# need_zellij: names the folder of a zellij in TERMLEASE_ZELLIJ_DIR; 1 with $zellij_reason where
# that can't be done. It isn't put on PATH: what the programs do without one is tested, too.
need_zellij() {
  find_or_build hosts/find-zellij need_rust \
    "zellij is missing: building it, once (about five minutes)" \
    hosts/build-zellij || { zellij_reason=$complaint; return 1; }
  export TERMLEASE_ZELLIJ_DIR=$found
}

# What brings a Rust that is recent enough: the one that is there, otherwise Debian's for browsers.
need_rust() {
  local cargo package
  for cargo in "${CARGO:-}" "$(type -P cargo || true)" "${CARGO_HOME:-$HOME/.cargo}/bin/cargo"; do
    [[ -n $cargo ]] && recent_rust "$cargo" && return 0
  done
  for package in cargo-web cargo; do
    [[ $(apt-cache policy "$package" 2>/dev/null) =~ Candidate:\ 1\.(9[5-9]|[1-9][0-9][0-9]) ]] || continue
    need "$package        | - | builds zellij
          ca-certificates | - | fetching the parts of zellij"
    return 0
  done
}

recent_rust() {
  local version
  version=$(cd / && "$1" --version 2>/dev/null) || return 1
  [[ $version =~ ^cargo\ 1\.([0-9]+) ]] && ((BASH_REMATCH[1] >= 95))
}
