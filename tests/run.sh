#!/usr/bin/env bash
# Usage: tests/run.sh BUILD_DIR [CTEST_ARGUMENT ...]
# Runs the tests of a build, says how many cases were skipped and why, and ends
# with ctest's closing line. Where MTLKIT_TEST_DATA is set, a machine has all
# that tests need, and a skipped test is a failure.
set -euo pipefail

build=$1
shift
root=$(cd "$(dirname "$0")/.." && pwd)
if [ -n "${MTLKIT_TEST_DATA:-}" ]; then
  MTLKIT_TEST_DATA=$(cd "$root" && realpath "$MTLKIT_TEST_DATA")
  export MTLKIT_TEST_DATA
fi

cores=$(nproc 2>/dev/null || echo 2)
log=$build/Testing/Temporary/LastTest.log
output=$(mktemp)
trap 'rm -f "$output"' EXIT
status=0
ctest --test-dir "$build" --output-on-failure --no-tests=error -j "$cores" \
  "$@" 2>&1 | tee "$output" || status=$?

# Tests print "skipped: CASE: REASON", whether a case is skipped or all of it.
skipped=$(grep -a '^skipped: ' "$log" || true)
count=$(printf '%s' "$skipped" | grep -c . || true)
# A program that ctest skips must have said why; count it if it has not.
silent=$(grep -c '\*\*\*Skipped' "$output" || true)
if [ "$silent" -gt "$count" ]; then count=$silent; fi
not_run=$(grep -cE '\*\*\*Not Run' "$output" || true)
if [ "$not_run" -gt 0 ]; then status=1; fi

echo
if [ "$count" -gt 0 ]; then
  printf '%s\n' "$skipped"
  if [ -n "${MTLKIT_TEST_DATA:-}" ]; then
    echo "MTLKIT_TEST_DATA is set, so nothing may be skipped"
    status=1
  fi
fi
echo "$count skipped"
[ -n "${MTLKIT_LONG:-}" ] ||
  echo "of the campaigns a sample was run; make test-long runs all of them"
grep -a 'tests passed' "$output" || echo "ctest did not finish"
exit "$status"
