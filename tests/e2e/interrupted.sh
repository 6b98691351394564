#!/usr/bin/env bash
# Tools that a signal ends die of it and leave nothing, not even a file that is
# half written; the output of before stays. What ignores a signal goes on.
source "$(dirname "$0")/common.sh"

awk 'BEGIN { print "x,y,z"
  for (i = 1; i <= 400000; i++) print i % 977 ".5," i % 13 "," i % 7 }' >big.csv
echo precious >old.h5
cp old.h5 old.copy

# end_of SIGNAL: the status of a conversion that gets it while it writes.
end_of() {
  local tries pid
  for tries in $(seq 20); do
    mtl-convert big.csv -o old.h5 -q &
    pid=$!
    while kill -0 $pid 2>/dev/null; do
      if compgen -G '.old.h5.tmp.*' >/dev/null; then break; fi
    done
    kill -s "$1" $pid 2>/dev/null || true
    status=0
    wait $pid || status=$?
    [ $status -eq 0 ] || return 0
    cp old.copy old.h5 # it was done before
  done
  fail "no conversion was met while it wrote"
}
for signal in TERM HUP; do
  end_of $signal
  [ $status -eq $((128 + $(kill -l $signal))) ] || fail "$status after $signal"
  same old.h5 old.copy "after $signal"
  [ -z "$(ls -A | grep tmp)" ] || fail "$signal leaves $(ls -A | grep tmp)"
done

# A program in the background is begun with SIGINT ignored, by nohup with SIGHUP.
(
  trap '' HUP INT
  mtl-convert big.csv -o new.h5 -q &
  pid=$!
  while kill -s INT $pid 2>/dev/null && kill -s HUP $pid 2>/dev/null; do :; done
  wait $pid || fail "$? of signals that are ignored"
)
mtl-inspect --check new.h5 >/dev/null || fail "new.h5"
