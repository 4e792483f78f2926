#!/bin/bash
# The pretend journal of a sandbox machine: lines of its services, kept in a file.
state="$(cd "$(dirname "$0")/.." && pwd)/state"
unit="" lines="" since=0 reverse="" pattern=""
moment() { # systemd's relative times, in the words of date
  case "$1" in
    today) date -d 'today 00:00' +%s ;;
    yesterday) date -d 'yesterday 00:00' +%s ;;
    -*) date -d "$(sed -E 's/^-//; s/h$/ hours/; s/(m|min)$/ minutes/; s/s$/ seconds/; s/d$/ days/' <<< "$1") ago" +%s ;;
    *) date -d "$1" +%s ;;
  esac
}
while [ $# -gt 0 ]; do
  case "$1" in
    -u|--unit) shift; unit="${1%.service}" ;;
    --unit=*) unit="${1#*=}"; unit="${unit%.service}" ;;
    -u*) unit="${1#-u}"; unit="${unit%.service}" ;;
    -n|--lines) if [[ "${2:-}" =~ ^[0-9]+$ ]]; then shift; lines="$1"; else lines=10; fi ;;
    --lines=*) lines="${1#*=}" ;;
    -n*) lines="${1#-n}" ;;
    -S|--since) shift; since="$(moment "$1")" || exit 1 ;;
    --since=*) since="$(moment "${1#*=}")" || exit 1 ;;
    -g|--grep) shift; pattern="$1" ;;
    --grep=*) pattern="${1#*=}" ;;
    -r|--reverse) reverse=1 ;;
    -p|--priority|-o|--output|-U|--until|-t|--identifier) shift ;;
    -f|--follow) echo "journalctl: the sandbox has no --follow" >&2; exit 1 ;;
    *) ;;
  esac
  shift
done
found="$(
  while IFS=$'\t' read -r at who pid text; do
    [ -z "$unit" ] || [ "$unit" = "$who" ] || continue
    [ "$at" -ge "$since" ] || continue
    [ -z "$pattern" ] || grep -qE -- "$pattern" <<< "$text" || continue
    printf '%(%b %d %H:%M:%S)T %s %s[%s]: %s\n' "$at" "$HOSTNAME" "$who" "$pid" "$text"
  done < <(cat "$state/journal" 2>/dev/null)
)"
[ -n "$found" ] || { echo "-- No entries --"; exit 0; }
[ -z "$lines" ] || found="$(tail -n "$lines" <<< "$found")"
[ -z "$reverse" ] || found="$(tac <<< "$found")"
printf '%s\n' "$found"
