# shellcheck shell=bash
# Why: the demo is the real thing, kept apart. Everything that it starts and writes lives in one
# folder of its own with a short path (a socket's name has at most 108 bytes), so that it can't meet
# a tmux server, a relay, a key or a state of the user's own, and leaves nothing behind.

# bash loses a signal now and then: one that comes while a command of its own ends, or while it is on
# its way out. So nothing here is ended by a signal. The starter does nothing but wait, and orders the
# end through a pipe; the demo beside it looks for that order where it can end well.

# Set while the demo runs.
demo_home=''
runtime_pid=''
watch_pid=''
ended_by=''

termlease() { TERMLEASE_HOME=$demo_home "$programs/termlease" "$@"; }

demo() {
  local code=0
  exec {orders}<> <(:) # a pipe without a name
  trap 'order_end INT' INT
  trap 'order_end TERM' TERM HUP
  play &
  while kill -0 $! 2>/dev/null; do
    code=0
    wait $! || code=$?
  done
  case $ended_by in
    TERM) code=143 ;;
    INT) code=0 ;;
  esac
  exit "$code"
}

order_end() {
  ended_by=$1
  printf 'end\n' >&"$orders"
}

# end_is_ordered [SECONDS]: whether it is, or will be within that time.
end_is_ordered() {
  if (($# == 0)); then
    read -r -t 0 -u "$orders"
  else
    read -r -t "$1" -u "$orders"
  fi
}

play() {
  trap '' INT
  trap : TERM HUP
  demo_home=$(mktemp -d "$(short_folder)/termlease.XXXX") || die "could not make a folder for the demo"
  trap end_demo EXIT
  local part
  for part in start_runtime share_terminal invite follow; do
    ! end_is_ordered || exit 0
    "$part"
  done
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
  give_up "$what" "$demo_home/last.log"
}

# give_up WHAT LOG: what did not work, unless it was the Ctrl-C that everybody got.
give_up() {
  ! end_is_ordered || exit 0
  tail -n 5 "$2" >&2
  die "could not $1" "its last words are above"
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
    ! end_is_ordered || exit 0
    sleep 0.02
  done
  give_up "start the runtime" "$demo_home/runtime.log"
}

share_terminal() {
  quietly "make a key" ssh-keygen -q -t ed25519 -N '' -C termlease-demo -f "$demo_home/guest"
  quietly "open a terminal" termlease terminal new demo
  local answer
  answer=$(termlease share demo --mode ro --ttl 10m --key "$demo_home/guest.pub" --json) ||
    give_up "share the terminal" "$demo_home/runtime.log"
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

follow() {
  TERMLEASE_HOME=$demo_home "$programs/termlease" watch </dev/null &
  watch_pid=$!
  # Its starter may be killed, and then orders nothing.
  until end_is_ordered 1 || ! kill -0 "$watch_pid" 2>/dev/null || ! kill -0 $$ 2>/dev/null; do :; done
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
