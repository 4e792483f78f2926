#!/bin/bash
# The pretend systemd of a sandbox machine: services nginx and app, kept as files in state/.
# Words, exit codes and property names are systemd's; what it does not know it refuses.
state="$(cd "$(dirname "$0")/.." && pwd)/state"
verb="" quiet="" property="" type="" wanted="" legend=1 lines=10 units=()
while [ $# -gt 0 ]; do
  case "$1" in
    --property=* | --type=* | --state=* | --lines=*) set -- "${1%%=*}" "${1#*=}" "${@:2}"; continue ;;
    -p?* | -t?* | -n?*) set -- "${1:0:2}" "${1:2}" "${@:2}"; continue ;;
    -q | --quiet) quiet=1 ;;
    -p | --property) property="$property,$2"; shift ;;
    -t | --type) type="$2"; shift ;;
    -n | --lines) lines="$2"; shift ;;
    --state) wanted="$2"; shift ;;
    --failed) wanted=failed ;;
    --no-legend) legend="" ;;
    -a | --all | -l | --full | --plain | --no-pager | --no-block | --now | --legend=*) ;;
    -*) echo "systemctl: the sandbox does not know $1" >&2; exit 1 ;;
    *) if [ -z "$verb" ]; then verb="$1"; else units+=("${1%.service}"); fi ;;
  esac
  shift
done

get() { cat "$state/$1/$2"; }
put() { echo "$3" > "$state/$1/$2"; }
say() { # unit message: a line for journalctl
  printf '%s\t%s\t%s\t6\t%s\n' "$(date +%s)" "$1" "$(get "$1" pid)" "$2" >> "$state/journal"
}
when() { date -d "@$(get "$1" since)" '+%a %F %T %Z'; }
begin() { # unit
  put "$1" pid $((RANDOM % 30000 + 2000))
  put "$1" active active
  put "$1" since "$(date +%s)"
  say "$1" "Started $1."
}
end() { # unit
  say "$1" "Stopping $1..."
  put "$1" active inactive
  put "$1" since "$(date +%s)"
  say "$1" "Stopped $1."
}
sub() { case "$1" in active) echo running ;; failed) echo failed ;; *) echo dead ;; esac; }

show_status() { # unit
  local active
  active="$(get "$1" active)"
  echo "● $1.service - sandbox service $1"
  echo "     Loaded: loaded (/usr/lib/systemd/system/$1.service; enabled)"
  echo "     Active: $active ($(sub "$active")) since $(when "$1")"
  [ "$active" != active ] || echo "   Main PID: $(get "$1" pid) ($1)"
  echo
  "$(dirname "$0")/journalctl" -u "$1" -n "$lines" --no-pager
}

show_properties() { # unit
  local active load=loaded pid=0 restarts=0 result=success enabled=enabled inactive=""
  if [ -d "$state/$1" ]; then
    active="$(get "$1" active)"
    restarts="$(get "$1" restarts)"
    [ "$active" = active ] && pid="$(get "$1" pid)" || inactive="$(when "$1")"
    [ "$active" = failed ] && result=exit-code
  else
    load=not-found active=inactive enabled=""
  fi
  local pair
  for pair in "Id=$1.service" "LoadState=$load" "ActiveState=$active" "SubState=$(sub "$active")" "MainPID=$pid" \
    "NRestarts=$restarts" "Result=$result" "UnitFileState=$enabled" "InactiveEnterTimestamp=$inactive"; do
    [ -z "$property" ] || [[ "$property," == *",${pair%%=*},"* ]] || continue
    echo "$pair"
  done
}

list_units() {
  local unit active count=0
  [ -z "$legend" ] || printf '%-18s %-6s %-8s %-7s %s\n' UNIT LOAD ACTIVE SUB DESCRIPTION
  for unit in "$state"/*/; do
    unit="$(basename "$unit")"
    active="$(get "$unit" active)"
    [ -z "$wanted" ] || [ "$active" = "$wanted" ] || [ "$(sub "$active")" = "$wanted" ] || continue
    [ -z "$type" ] || [ "$type" = service ] || continue
    count=$((count + 1))
    printf '%-18s %-6s %-8s %-7s %s\n' "$unit.service" loaded "$active" "$(sub "$active")" "sandbox service $unit"
  done
  [ -z "$legend" ] || printf '\n%s loaded units listed.\n' "$count"
}

unknown() { # unit
  case "$verb" in
    is-active) [ -n "$quiet" ] || echo inactive; return 3 ;;
    is-failed) [ -n "$quiet" ] || echo inactive; return 1 ;;
    is-enabled) echo "Failed to get unit file state for $1.service: No such file or directory" >&2; return 1 ;;
    status) echo "Unit $1.service could not be found." >&2; return 4 ;;
    show) show_properties "$1"; return 0 ;;
    *) echo "Failed to $verb $1.service: Unit $1.service not found." >&2; return 5 ;;
  esac
}

act() { # unit
  local active
  active="$(get "$1" active)"
  case "$verb" in
    start) [ "$active" = active ] || begin "$1" ;;
    stop) [ "$active" != active ] || end "$1" ;;
    restart | reload-or-restart)
      [ "$active" != active ] || end "$1"
      put "$1" restarts $(($(get "$1" restarts) + 1))
      begin "$1" ;;
    reload)
      [ "$active" = active ] || { echo "$1.service is not active, cannot reload." >&2; return 1; }
      say "$1" "Reloaded $1." ;;
    is-active) [ -n "$quiet" ] || echo "$active"; [ "$active" = active ] || return 3 ;;
    is-failed) [ -n "$quiet" ] || echo "$active"; [ "$active" = failed ] || return 1 ;;
    is-enabled) [ -n "$quiet" ] || echo enabled ;;
    reset-failed) [ "$active" != failed ] || put "$1" active inactive ;;
    status) show_status "$1"; [ "$active" = active ] || return 3 ;;
    show) show_properties "$1" ;;
    *) echo "Unknown command verb $verb." >&2; return 1 ;;
  esac
}

case "$verb" in
  "" | list-units) list_units; exit 0 ;;
  list-timers) [ -z "$legend" ] || echo "0 timers listed."; exit 0 ;;
  daemon-reload) exit 0 ;;
  is-system-running) echo running; exit 0 ;;
esac
[ ${#units[@]} -gt 0 ] || { echo "Too few arguments." >&2; exit 1; }
code=0
for unit in "${units[@]}"; do
  if [[ "$unit" =~ ^[A-Za-z0-9_@:-]+$ ]] && [ -d "$state/$unit" ]; then
    act "$unit" || code=$?
  else
    unknown "$unit" || code=$?
  fi
done
exit $code
