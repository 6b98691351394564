# What all scripts in this folder share; sourced, not run. A script is called
# as SCRIPT BIN_DIR, works in a temporary folder of its own and leaves nothing.
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
bin=$(cd "$1" && pwd)
export PATH="$bin:$PATH"
# Nothing of the caller's may change what tools do.
for name in $(compgen -e MTLKIT_ || true); do
  case $name in
    MTLKIT_TEST_DATA | MTLKIT_ISA | MTLKIT_LONG) ;;
    *) unset "$name" ;;
  esac
done
# One training is one training, where a script does not ask for more.
export LC_ALL=C MTLKIT_PROGRESS=never MTLKIT_ONCE=1
samples=$root/data-samples
work=$(mktemp -d)
trap 'cd /; rm -rf "$work"' EXIT
cd "$work"

fail() {
  printf 'FAILED: %s\n' "$*" >&2
  exit 1
}

# campaign SAMPLE WHOLE: how much of a campaign to run: a sample, always the
# same, or all of it for `make test-long`.
campaign() {
  if [ -n "${MTLKIT_LONG:-}" ]; then echo "$2"; else echo "$1"; fi
}

# Leaves the whole script out where data that it needs is not there.
skip() {
  printf 'skipped: %s: %s\n' "$(basename "$0")" "$*"
  exit 77
}
# Sets `data` to the folder of the test data.
need_test_data() {
  [ -n "${MTLKIT_TEST_DATA:-}" ] || skip "$1 is found through MTLKIT_TEST_DATA"
  data=$MTLKIT_TEST_DATA
  [ -e "$data/$1" ] || fail "MTLKIT_TEST_DATA is set, but there is no $1"
}

# has_flag TOOL FLAG: in its help, or that of one of its commands.
declare -A help_of=()
has_flag() {
  local command
  if [ -z "${help_of[$1]:-}" ]; then
    help_of[$1]=$("$1" --help-all)
    if [ "$1" = mtl-cotrain ]; then
      for command in init round merge local status verify; do
        help_of[$1]+=$("$1" $command --help-all)
      done
    fi
  fi
  grep -q -- "$2\b" <<<"${help_of[$1]}"
}

# own_advice COMMAND...: the flags that refused.err names, but for those of the
# command itself, have to be the tool's, or of one that it names there.
own_advice() {
  local tool=$1 flag other
  shift
  case $tool in mtl-*) ;; *) return 0 ;; esac
  for flag in $(grep -oE -- '(^|[^[:alnum:]-])--[a-z][a-z-]*' refused.err |
    grep -oE -- '--[a-z-]+' | sort -u); do
    [[ " $* " != *" $flag"* ]] || continue
    # Programs of others, to which advice leads.
    if grep -qE '(libreoffice|sqlite3|jq|iconv|unzip) ' refused.err; then continue; fi
    for other in "$tool" $(grep -oE 'mtl-[a-z]+' refused.err | sort -u); do
      if has_flag "$other" "$flag"; then continue 2; fi
    done
    fail "advice names $flag, which $tool has not: $(head -c 400 refused.err)"
  done
}

# refuses CODE 'PATTERN' COMMAND...: it must end with this exit code and one
# line on stderr that matches, and give no advice that the tool cannot take.
refuses() {
  local code=$1 pattern=$2 status=0
  shift 2
  "$@" >refused.out 2>refused.err || status=$?
  [ "$status" -eq "$code" ] ||
    fail "exit $status instead of $code: $* ($(head -c 300 refused.err))"
  grep -qE -- "$pattern" refused.err ||
    fail "no '$pattern' from: $* ($(head -c 300 refused.err))"
  [ "$(wc -l <refused.err)" -eq 1 ] ||
    fail "more than one line from: $* ($(head -c 600 refused.err))"
  own_advice "$@"
}

same() {
  cmp -s "$1" "$2" || fail "$1 and $2 differ${3:+: $3}"
}

# The same files in two folders of runs; the log of events is each run's own.
files_of_run() {
  (cd "$1" && find . -type f ! -name events.jsonl | sort | xargs sha256sum)
}
same_runs() {
  files_of_run "$1" >one.txt
  files_of_run "$2" >two.txt
  cmp -s one.txt two.txt ||
    fail "$1 and $2 differ: $(diff one.txt two.txt | head -n 3)"
}

# A prepared part of the adult data, small enough for many trainings.
make_adult() {
  mtl-convert "train=$samples/adult.data.gz" "test=$samples/adult.test.gz" \
    --names "$samples/adult.columns" --missing '?' --comment '|' \
    --rename-class income '<=50K.' '<=50K' \
    --rename-class income '>50K.' '>50K' -o adult.h5 --quiet
  mtl-prep adult.h5 -o ready.h5 --task income --task marital-status \
    --task hours-per-week --ignore fnlwgt --split valid=0.15 \
    --hide-labels marital-status=0.3 --quiet "$@"
}
