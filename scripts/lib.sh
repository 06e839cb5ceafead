# shellcheck shell=bash
# Why: `run`, `test` and `bench` speak with one voice and agree on where things are. Whatever they
# say goes to stderr, so that stdout stays what was asked for: the output of the CLI or of a test.

readonly REPO="${REPO:?set by the script that sources this file}"
readonly CACHE="${XDG_CACHE_HOME:-$HOME/.cache}/termlease"

if [[ -t 1 && -t 2 && -z ${NO_COLOR:-} && ${TERM:-dumb} != dumb ]]; then
  bold=$'\e[1m' dim=$'\e[2m' red=$'\e[31m' green=$'\e[32m' yellow=$'\e[33m' plain=$'\e[0m'
else
  bold='' dim='' red='' green='' yellow='' plain=''
fi
# A line that is written over needs a terminal, whatever is thought of colours.
if [[ -t 2 && ${TERM:-dumb} != dumb ]]; then one_line=yes; else one_line=''; fi

say() { printf '%s\n' "$*" >&2; }
step() { printf '%s==>%s %s\n' "$green$bold" "$plain" "$*" >&2; }
note() { printf '    %s%s%s\n' "$dim" "$*" "$plain" >&2; }
warn() { printf '%swarning:%s %s\n' "$yellow" "$plain" "$*" >&2; }

# die WHAT [NEXT]: what went wrong and what to do next.
die() {
  printf '%serror:%s %s\n' "$red$bold" "$plain" "$1" >&2
  [[ -z ${2:-} ]] || printf '       %s\n' "$2" >&2
  exit 1
}

have() { command -v "$1" >/dev/null 2>&1; }

build_folder() { printf '%s/build/%s' "$REPO" "$1"; }
