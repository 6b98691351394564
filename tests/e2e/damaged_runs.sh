#!/usr/bin/env bash
# The checkpoint of a training run that was killed, and what a peer published,
# damaged at random: the next run refuses them by name and touches nothing, or
# has read what was there. The second argument is how many damages.
source "$(dirname "$0")/common.sh"
source "$root/tests/e2e/bad_common.sh"
command -v python3 >/dev/null || skip 'python3 makes the damages'
count=${2:-$(campaign 12 200)}

# Ends with a checkpoint of the middle of a run.
train=(mtl-train ready.h5 -o out.h5 --layers 8 --epochs 30 --batch 8
  --weighting uncertainty --patience 0 --checkpoint-every 0 -q)
"${train[@]}"
mv out.h5 whole.h5
for _ in 1 2 3 4 5; do
  rm -f out.h5
  "${train[@]}" &
  pid=$!
  while kill -0 $pid 2>/dev/null && [ ! -e out.h5.ckpt.h5 ]; do sleep 0.005; done
  kill -9 $pid 2>/dev/null || true
  wait $pid 2>/dev/null || true
  [ ! -e out.h5.ckpt.h5 ] || break
done
[ -e out.h5.ckpt.h5 ] || fail 'the run was never caught'
cp out.h5.ckpt.h5 good.ckpt
find . -name '*.tmp.*' -delete

# refused_or CODE PATTERN COMMAND...: refused so, or done.
refused=0
refused_or() {
  local status=0 code=$1 pattern=$2
  shift 2
  "$@" >refused.out 2>refused.err || status=$?
  [ $status -ne 0 ] || return 1
  [ $status -eq "$code" ] || fail "$status: $(head -c 300 refused.err)"
  grep -qE -- "$pattern" refused.err refused.out ||
    fail "no '$pattern': $(head -c 300 refused.err)"
  [ "$(wc -l <refused.err)" -eq 1 ] || fail "not one line: $(cat refused.err)"
  refused=$((refused + 1))
}
mkdir damages
python3 "$root/tests/e2e/damage.py" good.ckpt damages "$count"
for damaged in damages/*; do
  cp "$damaged" out.h5.ckpt.h5
  if refused_or 65 'out.h5.ckpt.h5: .*[(]remove it to start over[)]' "${train[@]}"; then
    same "$damaged" out.h5.ckpt.h5
    [ ! -e out.h5 ] || fail "a model from $damaged"
  else
    # What the damage hit holds nothing: the run went on as from the good one.
    same whole.h5 out.h5 "$damaged"
    rm out.h5
  fi
done
[ $refused -gt "$count" ] || fail "only $refused damages were refused"
# Without the damaged checkpoint the run begins again and ends the same.
rm -f out.h5.ckpt.h5
"${train[@]}"
same whole.h5 out.h5

# A publication.
publication=run/peers/001/r0001/publish.h5
cp $publication good.publish
find run -type f | sort | xargs sha256sum >files.before
rm damages/*
python3 "$root/tests/e2e/damage.py" good.publish damages "$count"
for damaged in damages/*; do
  cmp -s good.publish "$damaged" && continue
  cp "$damaged" $publication
  refused_or 1 'r0001/publish.h5' mtl-cotrain verify run ||
    fail "verify does not see $damaged"
  refused_or 65 'r0001/publish.h5' mtl-cotrain round run --peer 0 -q ||
    fail "$damaged was read"
  refused_or 65 'r0001/publish.h5' mtl-cotrain merge run ||
    fail "$damaged was merged"
done
cp good.publish $publication
find run -type f | sort | xargs sha256sum >files.after
same files.before files.after 'refused rounds left something'
mtl-cotrain round run -q
mtl-cotrain verify run >refused.out
