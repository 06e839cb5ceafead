# shellcheck shell=bash
# Why: the demo is the real thing, kept apart. Everything that it starts and writes lives in one
# folder of its own with a short path (a socket's name has at most 108 bytes), so that it can't meet
# a tmux server, a relay, a key or a state of the user's own, and leaves nothing behind.

# Set while the demo runs.
demo_home=''
runtime_pid=''
watch_pid=''
ended_by=''

termlease() { TERMLEASE_HOME=$demo_home "$programs/termlease" "$@"; }

# bash loses a Ctrl-C that comes while a command of its own is about to end well. So the demo is a
# background job, which gets no Ctrl-C, and all that its starter does is wait and pass the end on.
demo() {
  local code=0
  trap 'pass_on INT' INT
  trap 'pass_on TERM' TERM HUP
  play &
  while kill -0 $! 2>/dev/null; do
    code=0
    wait $! || code=$?
  done
  [[ $ended_by != TERM ]] || code=143
  exit "$code"
}

# pass_on SIGNAL: tells the demo to end, or ends at once where there is none yet.
pass_on() {
  ended_by=$1
  [[ -n ${!:-} ]] || exit 130
  kill -TERM $! 2>/dev/null || true
}

play() {
  # Named before it is made, so that an end at any moment finds what to remove.
  demo_home=$(mktemp -u "$(short_folder)/termlease.XXXX")
  trap end_demo EXIT
  # The handler only ends the script: what has to be ended is ended once, on its way out.
  trap 'exit 130' TERM
  trap '' INT HUP
  # `mkdir` refuses what is there already, and that is not ours to remove.
  mkdir -m 700 "$demo_home" || { trap - EXIT && die "could not make a folder for the demo"; }
  start_runtime
  share_terminal
  invite
  follow
}

short_folder() {
  local folder=${XDG_RUNTIME_DIR:-}
  if [[ -d $folder && -w $folder && ${#folder} -lt 40 ]]; then
    printf '%s' "$folder"
  else
    printf '/tmp'
  fi
}

# quietly WHAT COMMAND…: its output only when it fails, and then the demo ends.
quietly() {
  local what=$1
  shift
  "$@" >"$demo_home/last.log" 2>&1 && return 0
  cat "$demo_home/last.log" >&2
  die "could not $what" "its own words are above"
}

start_runtime() {
  quietly "write the starter policy" termlease policy init
  # In a session of its own, so that Ctrl-C reaches it through this script, in the right order.
  TERMLEASE_HOME=$demo_home setsid "$programs/termlease" daemon \
    </dev/null >"$demo_home/runtime.log" 2>&1 &
  runtime_pid=$!
  local tries
  for ((tries = 0; tries < 400; tries++)); do
    termlease daemon --status >/dev/null 2>&1 && return 0
    kill -0 "$runtime_pid" 2>/dev/null || break
    sleep 0.02
  done
  cat "$demo_home/runtime.log" >&2
  die "the runtime did not start" "its own words are above"
}

share_terminal() {
  quietly "make a key" ssh-keygen -q -t ed25519 -N '' -C termlease-demo -f "$demo_home/guest"
  quietly "open a terminal" termlease terminal new demo
  local answer
  if ! answer=$(termlease share demo --mode ro --ttl 10m --key "$demo_home/guest.pub" --json); then
    tail -n 5 "$demo_home/runtime.log" >&2
    die "the terminal could not be shared" "the last words of the runtime's log are above"
  fi
  share_id=$(json_field share_id <<<"$answer")
  link=$(json_field link <<<"$answer")
  [[ $link == ssh\ * ]] || die "the share has no link"
}

# json_field NAME: a plain string out of a JSON object on stdin.
json_field() { tr -d '\n' | sed -nE "s/.*\"$1\": *\"([^\"]*)\".*/\1/p"; }

invite() {
  local options="-i $demo_home/guest -o IdentitiesOnly=yes -o StrictHostKeyChecking=accept-new"
  options+=" -o UserKnownHostsFile=$demo_home/known_hosts"
  local width=$((${#share_id} + 21))
  cat <<INVITATION

  ${bold}A terminal is lent:${plain} ${green}demo${plain}, read-only, for ten minutes.
  Look at it from another window, as your guest would:

    ${bold}ssh $options ${link#ssh }${plain}

  Worth trying next, in a third window:

    ${dim}export TERMLEASE_HOME=$demo_home${plain}
$(worth_trying "$width" 'terminal attach demo' 'type into what the guest sees')
$(worth_trying "$width" "extend $share_id 15m" 'give the guest more time')
$(worth_trying "$width" "revoke $share_id" 'put the guest out at once')

  What happens, until Ctrl-C, which ends everything:

INVITATION
}

worth_trying() { printf '    %-*s %s# %s%s' "$1" "./run $2" "$dim" "$3" "$plain"; }

# In the background, since bash runs a trap only between commands, or while it waits.
follow() {
  trap 'exit 0' TERM
  TERMLEASE_HOME=$demo_home "$programs/termlease" watch </dev/null &
  watch_pid=$!
  wait "$watch_pid" || true
  watch_pid=''
}

# ended PID SECONDS: waits until a process is gone.
ended() {
  local until=$((SECONDS + $2))
  while kill -0 "$1" 2>/dev/null; do
    ((SECONDS < until)) || return 1
    sleep 0.02
  done
}

end_demo() {
  local code=$? socket
  trap '' INT TERM HUP
  trap - EXIT
  runtime_pid=${runtime_pid:-${!:-}} # a Ctrl-C may come before it is noted
  [[ -z $watch_pid ]] || kill "$watch_pid" 2>/dev/null || true
  if [[ -n $runtime_pid ]] && kill -0 "$runtime_pid" 2>/dev/null; then
    say ''
    step "ending the share, its guests, the terminal and the runtime"
    [[ -z ${share_id:-} ]] || termlease --no-start stop "$share_id" >/dev/null 2>&1 || true
    termlease --no-start terminal close demo >/dev/null 2>&1 || true
    # Not by `daemon --stop`, which finds nothing to stop in a runtime that is only starting.
    kill -TERM "$runtime_pid" 2>/dev/null || true
    ended "$runtime_pid" 10 || kill -KILL "$runtime_pid" 2>/dev/null || true
  fi
  # A terminal outlives its runtime: where it could not be closed, its tmux server is ended here.
  while IFS= read -r socket; do
    timeout 5 tmux -S "$socket" kill-server 2>/dev/null || true
  done < <(find "$demo_home" -type s -path '*tmux*')
  wait 2>/dev/null || true
  rm -rf "$demo_home"
  exit "$code"
}
