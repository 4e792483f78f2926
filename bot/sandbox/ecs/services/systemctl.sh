#!/bin/bash
# The pretend systemd of a sandbox machine: services nginx and app, kept as files.
state="$(cd "$(dirname "$0")/.." && pwd)/state"
verb="" quiet="" units=() property=""
while [ $# -gt 0 ]; do
  case "$1" in
    -q|--quiet) quiet=1 ;;
    -p|--property) shift; property="$1" ;;
    -p*|--property=*) property="${1#*=}"; property="${property#-p}" ;;
    --failed) verb="${verb:-list-units}"; failed=1 ;;
    -n|--lines|-t|--type|--state) shift ;;
    -*) ;;
    *) if [ -z "$verb" ]; then verb="$1"; else units+=("${1%.service}"); fi ;;
  esac
  shift
done

say() { # unit message: a line for journalctl
  printf '%s\t%s\t%s\t%s\n' "$(date +%s)" "$1" "$(cat "$state/$1/pid")" "$2" >> "$state/journal"
}
get() { cat "$state/$1/active"; }
begin() { # unit
  echo $((RANDOM % 30000 + 2000)) > "$state/$1/pid"
  echo active > "$state/$1/active"
  date +%s > "$state/$1/since"
  say "$1" "Started $1."
}
end() { # unit
  say "$1" "Stopping $1..."
  echo inactive > "$state/$1/active"
  date +%s > "$state/$1/since"
  say "$1" "Stopped $1."
}
show_status() { # unit
  local active; active="$(get "$1")"
  local sub=running; [ "$active" = active ] || sub=dead
  echo "● $1.service - sandbox service $1"
  echo "     Loaded: loaded (/usr/lib/systemd/system/$1.service; enabled)"
  echo "     Active: $active ($sub) since $(date -d "@$(cat "$state/$1/since" 2>/dev/null || echo 0)" '+%a %F %T %Z')"
  [ "$active" != active ] || echo "   Main PID: $(cat "$state/$1/pid") ($1)"
}
list_units() {
  printf '%-18s %-6s %-8s %-7s %s\n' UNIT LOAD ACTIVE SUB DESCRIPTION
  local unit active count=0
  for unit in "$state"/*/; do
    unit="$(basename "$unit")"; active="$(get "$unit")"
    [ -z "$failed" ] || [ "$active" = failed ] || continue
    count=$((count + 1))
    printf '%-18s %-6s %-8s %-7s %s\n' "$unit.service" loaded "$active" \
      "$([ "$active" = active ] && echo running || echo dead)" "sandbox service $unit"
  done
  printf '\n%s loaded units listed.\n' "$count"
}

case "$verb" in
  ""|list-units) list_units; exit 0 ;;
  daemon-reload) exit 0 ;;
  is-system-running) echo running; exit 0 ;;
esac
if [ ${#units[@]} -eq 0 ]; then echo "Too few arguments." >&2; exit 1; fi
code=0
for unit in "${units[@]}"; do
  if [ ! -d "$state/$unit" ] || [[ "$unit" == */* ]]; then
    case "$verb" in
      is-active) [ -n "$quiet" ] || echo inactive; code=3 ;;
      is-failed) [ -n "$quiet" ] || echo inactive; code=1 ;;
      status) echo "Unit $unit.service could not be found." >&2; code=4 ;;
      *) echo "Failed to $verb $unit.service: Unit $unit.service not found." >&2; code=5 ;;
    esac
    continue
  fi
  active="$(get "$unit")"
  case "$verb" in
    start) [ "$active" = active ] || begin "$unit" ;;
    stop) [ "$active" != active ] || end "$unit" ;;
    restart|try-restart|reload-or-restart)
      [ "$active" != active ] || end "$unit"
      echo $(($(cat "$state/$unit/restarts") + 1)) > "$state/$unit/restarts"
      begin "$unit" ;;
    reload) [ "$active" = active ] || { echo "$unit.service is not active, cannot reload." >&2; exit 1; }
      say "$unit" "Reloaded $unit." ;;
    is-active) [ -n "$quiet" ] || echo "$active"; [ "$active" = active ] || code=3 ;;
    is-failed) [ -n "$quiet" ] || echo "$active"; [ "$active" = failed ] || code=1 ;;
    is-enabled) [ -n "$quiet" ] || echo enabled ;;
    reset-failed) [ "$active" != failed ] || echo inactive > "$state/$unit/active" ;;
    status) show_status "$unit"; [ "$active" = active ] || code=3 ;;
    show)
      sub=running; pid="$(cat "$state/$unit/pid")"
      [ "$active" = active ] || { sub=dead; pid=0; }
      for pair in "Id=$unit.service" "ActiveState=$active" "SubState=$sub" "MainPID=$pid" \
        "NRestarts=$(cat "$state/$unit/restarts")" "LoadState=loaded" "UnitFileState=enabled"; do
        [ -z "$property" ] || [[ ",$property," == *",${pair%%=*},"* ]] || continue
        echo "$pair"
      done ;;
    *) echo "Unknown command verb $verb." >&2; exit 1 ;;
  esac
done
exit $code
