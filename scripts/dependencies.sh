# shellcheck shell=bash
# Why: what the project stands on, each package with its reason, in one table. On Debian the missing
# ones are installed; whoever may not install is told the one command that an administrator would
# run, and the work goes on with what is there.

# package | how to see that it is there (a program, or - for the package itself) | why
readonly BUILD_PACKAGES='
g++                   | g++         | compiles the project (C++20)
cmake                 | cmake       | describes the build
ninja-build           | ninja       | runs the build
ccache                | ccache      | makes the second build quick
pkg-config            | pkg-config  | finds libsodium and libvterm
libcaf-dev            | -           | the actor library
nlohmann-json3-dev    | -           | JSON on the bus and between processes
libspdlog-dev         | -           | the log of the runtime
libboost-dev          | -           | Asio: sockets at the edge of the runtime
libsqlitecpp-dev      | -           | the journal
libsqlite3-dev        | -           | the journal
libsodium-dev         | -           | the chain of hashes, and hashed tokens
libcli11-dev          | -           | the command line
libtomlplusplus-dev   | -           | settings and policies
libncurses-dev        | -           | termlease top
'
readonly RUN_PACKAGES='
tmux                  | tmux        | the terminals that are lent
openssh-client        | ssh         | how guests get in, and ssh-keygen
tmate                 | tmate       | carries shares, as upterm does
'
readonly TEST_PACKAGES='
catch2                | -           | unit tests
libvterm-dev          | -           | plays the terminal of a guest in the unit tests
less                  | less        | a full-screen program that live tests look at
python3               | python3     | live tests and the tests of the house
python3-jsonschema    | -           | the schema of scenarios, as an editor reads it
vim-tiny              | vi          | as less
'
readonly COVERAGE_PACKAGES='
gcovr                 | gcovr       | line coverage
'
readonly FUZZ_PACKAGES='
clang                 | clang++     | libFuzzer, which g++ has not
libclang-rt-dev       | -           | the part of it that programs are linked with
'
readonly TIDY_PACKAGES='
clang-tidy            | clang-tidy  | static analysis
'

# Whether it was tried already, so that one start of a script asks once.
dependencies_done=''

# missing_packages TABLE…: the rows whose package is not there, as "package|why".
missing_packages() {
  local rows installed package probe why
  rows=$(printf '%s\n' "$@" | grep '|')
  installed=" $(dpkg-query -W -f '${db:Status-Abbrev}${Package} ' 2>/dev/null |
    grep -o 'ii [^ ]*' | cut -d' ' -f2 | tr '\n' ' ')"
  while IFS='|' read -r package probe why; do
    package=${package// /} probe=${probe// /}
    if [[ $probe != - ]]; then
      have "$probe" && continue
    elif [[ $installed == *" $package "* ]]; then
      continue
    fi
    printf '%s|%s\n' "$package" "${why# }"
  done <<<"$rows"
}

# as_root COMMAND…: runs it as root; fails at once where that is not possible.
as_root() {
  if ((EUID == 0)); then
    "$@"
  elif have sudo && { [[ -t 0 ]] || sudo -n true 2>/dev/null; }; then
    sudo "$@"
  else
    return 1
  fi
}

apt_get() {
  as_root env DEBIAN_FRONTEND=noninteractive apt-get -y -q \
    -o DPkg::Lock::Timeout=600 -o Dpkg::Use-Pty=0 "$@" </dev/null
}

can_be_root() { ((EUID == 0)) || { have sudo && { [[ -t 0 ]] || sudo -n true 2>/dev/null; }; }; }

# install_packages PACKAGE…: one apt call; its output only when it fails.
install_packages() {
  local log
  log=$(mktemp)
  # A fresh machine has no package lists yet; stale lists name files that are gone.
  if ! apt_get --no-install-recommends install "$@" >"$log" 2>&1; then
    apt_get update >"$log" 2>&1 || true
    if ! apt_get --no-install-recommends install "$@" >>"$log" 2>&1; then
      tail -n 20 "$log" >&2
      rm -f "$log"
      return 1
    fi
  fi
  rm -f "$log"
}

# need TABLE…: installs what is missing of the tables, or says who could.
need() {
  local missing=() row
  mapfile -t missing < <(missing_packages "$@")
  ((${#missing[@]})) || return 0
  have dpkg-query || {
    warn "this is not Debian: please see to these yourself: ${missing[*]%%|*}"
    return 0
  }
  step "${#missing[@]} package(s) are missing"
  for row in "${missing[@]}"; do note "$(printf '%-20s %s' "${row%%|*}" "${row#*|}")"; done
  if ! can_be_root; then
    warn "installing needs root; an administrator would run:"
    say "    apt-get install --no-install-recommends ${missing[*]%%|*}"
    say "    going on with what is there"
    return 0
  fi
  step "installing with apt-get"
  install_packages "${missing[@]%%|*}" ||
    warn "not everything could be installed; going on with what is there"
}
