# shellcheck shell=bash
# Why: a build that has nothing to do must cost nothing and say nothing, since `./run ARGS` is the
# CLI itself. So configuring happens once, ninja decides the rest, and its output stays in a log
# unless it fails.

# configure PRESET: once; CMake itself notices later changes.
configure() {
  local folder
  folder=$(build_folder "$1")
  [[ -f $folder/build.ninja ]] && return 0
  have cmake && have ninja || die "cmake or ninja is missing, so nothing can be built" \
    "install cmake and ninja-build, then try again"
  step "configuring $1"
  mkdir -p "$folder"
  if ! (cd "$REPO" && cmake --preset "$1") >"$folder/configure.log" 2>&1; then
    tail -n 30 "$folder/configure.log" >&2
    die "CMake could not configure the preset $1" "the whole output is in $folder/configure.log"
  fi
}

# Reads ninja's output, shows how far it is, and keeps the rest for the log.
show_progress() {
  local line shown=0 percent
  local progress='^\[([0-9]+)/([0-9]+)\] (Building|Linking|Generating|Creating)'
  while IFS= read -r line; do
    printf '%s\n' "$line"
    [[ $line =~ $progress ]] || continue
    percent=$((BASH_REMATCH[1] * 100 / BASH_REMATCH[2]))
    if [[ $one_line ]]; then
      printf '\r\e[K%s    built %s of %s%s' "$dim" "${BASH_REMATCH[1]}" "${BASH_REMATCH[2]}" \
        "$plain" >&2
      shown=1
    elif ((percent >= shown + 20)); then
      shown=$((percent - percent % 20))
      note "built ${BASH_REMATCH[1]} of ${BASH_REMATCH[2]}"
    fi
  done
  if [[ $one_line ]] && ((shown)); then printf '\r\e[K' >&2; fi
}

# build PRESET [TARGET…]: builds what changed; returns 1 with the compiler's words when it fails.
build() {
  local preset=$1 folder log lock
  shift
  folder=$(build_folder "$preset")
  log=$folder/build.log
  configure "$preset"
  # Two builds in one folder would spoil each other: the second waits for the first.
  exec {lock}>"$folder/.lock"
  flock "$lock"
  if ninja -C "$folder" "$@" {lock}>&- 2>&1 </dev/null | show_progress >"$log"; then
    exec {lock}>&-
    return 0
  fi
  exec {lock}>&-
  grep -vE '^\[[0-9]+/[0-9]+\] (Building|Linking)|^ninja: (Entering|job)' "$log" | tail -n 60 >&2
  warn "the build of $preset failed; its whole output is in $log"
  return 1
}

# with_programs PRESET: the folder where the programs of a preset are.
programs_of() { printf '%s/bin' "$(build_folder "$1")"; }
