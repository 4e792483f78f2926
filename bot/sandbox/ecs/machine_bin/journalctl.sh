#!/bin/bash
# The pretend journal of a sandbox machine: lines of its services, kept in state/journal as
# time, unit, pid, priority and text with tabs between.
state="$(cd "$(dirname "$0")/.." && pwd)/state"
unit="" lines="" since=0 until="" reverse="" pattern="" priority=7 format=short kernel=""
moment() { # systemd's ways to name a time, in the words of date
  case "$1" in
    today | yesterday | tomorrow) date -d "$1 00:00" +%s ;;
    -*) date -d "$(sed -E 's/^-//; s/([0-9])h$/\1 hours/; s/([0-9])m(in)?$/\1 minutes/; s/([0-9])s$/\1 seconds/; s/([0-9])d$/\1 days/' <<< "$1") ago" +%s ;;
    *) date -d "$1" +%s ;;
  esac || { echo "Failed to parse timestamp: $1" >&2; return 1; }
}
level() {
  case "$1" in
    [0-7]) echo "$1" ;;
    emerg) echo 0 ;; alert) echo 1 ;; crit) echo 2 ;; err) echo 3 ;;
    warning) echo 4 ;; notice) echo 5 ;; info) echo 6 ;; debug) echo 7 ;;
    *) echo "Unknown log level $1" >&2; return 1 ;;
  esac
}
while [ $# -gt 0 ]; do
  case "$1" in
    --*=*) set -- "${1%%=*}" "${1#*=}" "${@:2}"; continue ;;
    -[unpSUgo]?*) set -- "${1:0:2}" "${1:2}" "${@:2}"; continue ;;
    -u | --unit) unit="${2%.service}"; shift ;;
    -n | --lines) if [[ "${2:-}" =~ ^[0-9]+$ ]]; then lines="$2"; shift; else lines=10; fi ;;
    -S | --since) since="$(moment "$2")" || exit 1; shift ;;
    -U | --until) until="$(moment "$2")" || exit 1; shift ;;
    -g | --grep) pattern="$2"; shift ;;
    -p | --priority) priority="$(level "$2")" || exit 1; shift ;;
    -o | --output) format="$2"; shift ;;
    -r | --reverse) reverse=1 ;;
    -k | --dmesg) kernel=1 ;;
    -q | --quiet | -b | --boot | --no-pager | -a | --all | -e | --no-hostname | --utc | -x) ;;
    *) echo "journalctl: the sandbox does not know $1" >&2; exit 1 ;;
  esac
  shift
done
case "$format" in
  short) shape='%(%b %d %H:%M:%S)T %s %s[%s]: %s\n' ;;
  short-iso) shape='%(%Y-%m-%dT%H:%M:%S%z)T %s %s[%s]: %s\n' ;;
  cat) shape="" ;;
  *) echo "journalctl: the sandbox does not know the format $format" >&2; exit 1 ;;
esac
found="$(
  [ -z "$kernel" ] || exit 0
  while IFS=$'\t' read -r at who pid grade text; do
    [ -z "$unit" ] || [ "$unit" = "$who" ] || continue
    [ "$at" -ge "$since" ] && [ "$at" -le "${until:-$at}" ] && [ "$grade" -le "$priority" ] || continue
    [ -z "$pattern" ] || grep -qE -- "$pattern" <<< "$text" || continue
    if [ -n "$shape" ]; then
      # shellcheck disable=SC2059  # the format is one of the two above
      printf "$shape" "$at" "$HOSTNAME" "$who" "$pid" "$text"
    else
      printf '%s\n' "$text"
    fi
  done < "$state/journal"
)"
[ -n "$found" ] || { echo "-- No entries --"; exit 0; }
[ -z "$lines" ] || found="$(tail -n "$lines" <<< "$found")"
[ -z "$reverse" ] || found="$(tac <<< "$found")"
printf '%s\n' "$found"
