#!/usr/bin/env bash
# Rounds of co-training: killed at every point and run again, dead peers,
# damage, merges, moved folders. Always the same bytes, or a refusal by name.
source "$(dirname "$0")/common.sh"
make_adult --sample 12000 --pieces 0
{
  echo 'name,a,b,kind,price,sold'
  for i in $(seq 1 120); do
    sold=$([ $((i % 4)) -gt 1 ] && echo yes || echo no)
    [ $((i % 5)) -eq 0 ] && sold=
    echo "row $i,$((i % 10)),$((i % 7)),k$((i % 3)),$((i % 10)).5,$sold"
  done
} >table.csv
mtl-convert table.csv --type name=id -o table.h5 --quiet
mtl-prep table.h5 -o small.h5 --task kind --task price --task sold \
  --split valid=0.2,test=0.2 --quiet

begin() { # FOLDER METHOD ...
  mtl-cotrain init "$1" --data small.h5 --method "$2" --layers 8 --epochs 3 \
    "${@:3}"
}
round() { mtl-cotrain round "$@" --quiet; }

# Peers of each method, undisturbed, and killed at every point of a round.
for method in codistillation fedopt co-training; do
  begin whole $method
  round whole --rounds 3
  for point in inputs trained model publication done; do
    rm -rf killed
    begin killed $method
    round killed --rounds 2
    status=0
    MTLKIT_TEST_KILL_AT=$point mtl-cotrain round killed --peer 0 --quiet \
      2>/dev/null || status=$?
    [ "$status" -eq 137 ] || fail "not killed at $point ($status)"
    round killed --peer 0 --round 3
    round killed --peer 1
    same_runs whole killed
  done
  mtl-cotrain verify whole >/dev/null
  rm -rf whole
done

# Killed at any moment, and several copies of a peer at once: the same bytes,
# and no temporary file is left.
rm -rf killed
begin whole codistillation
round whole --rounds 4
begin killed codistillation
for number in 1 2 3 4; do
  for pause in 0.01 0.02 0.03; do
    mtl-cotrain round killed --round $number --quiet 2>/dev/null &
    pid=$!
    sleep $pause
    kill -9 $pid 2>/dev/null || true
    wait $pid 2>/dev/null || true
  done
  round killed --round $number
done
same_runs whole killed
begin copies codistillation
for number in 1 2 3 4; do
  for copy in 1 2 3; do
    round copies --peer 0 --round $number &
  done
  wait
  round copies --peer 0 --round $number
  round copies --peer 1 --round $number
done
same_runs whole copies
rm -rf whole killed copies

# In one go or in parts, by any number of threads: the same bytes. A finished
# round that is run again says so and changes nothing.
begin whole codistillation --peers 3
round whole --rounds 4 --threads 1
begin parts codistillation --peers 3
round parts --rounds 2 --threads 3
round parts --rounds 2 --threads 2
same_runs whole parts
round parts --peer 1 --round 4
same_runs whole parts
mtl-cotrain init parts --data small.h5 --method codistillation --layers 8 \
  --epochs 3 --peers 3
same_runs whole parts
refuses 2 'other settings' mtl-cotrain init parts --data small.h5 \
  --method codistillation --layers 9 --epochs 3 --peers 3

# A run and its data can be moved together.
mkdir moved
cp -r parts small.h5 moved/
(cd moved && mtl-cotrain round parts --peer 0 --quiet)
mv moved/small.h5 elsewhere.h5
refuses 66 '--data' mtl-cotrain round moved/parts --peer 1
round moved/parts --peer 1 --data elsewhere.h5
refuses 65 'not the data' mtl-cotrain round moved/parts --peer 2 --data ready.h5

# A dead peer stops nobody: it is read until it is too old, then missed; when
# it comes back, it joins again.
begin lonely codistillation --max-stale 2
round lonely
for round in 2 3 4; do round lonely --peer 0; done
mtl-cotrain status lonely --json >status.json
grep -q '"missing": \[$' status.json || fail "the dead peer is not missed"
mtl-cotrain verify lonely >/dev/null
for round in 2 3 4; do round lonely --peer 1; done
round lonely
mtl-cotrain status lonely | grep -qE '^0 +5 +1 ' || fail "it did not rejoin"
begin waiting codistillation --min-peers 1
round waiting --peer 0
refuses 75 'run the round again later' mtl-cotrain round waiting --peer 0 --quiet

# Parameters: the merge is where the next round starts, heads stay private.
begin fed fedavg --params trunk --rows-by random
round fed --rounds 2
mtl-cotrain merge fed --quiet
mtl-inspect fed/merged/r0002.h5 --check >/dev/null
mtl-cotrain merge fed --to again.h5 --quiet
same fed/merged/r0002.h5 again.h5

# Predictions merge too, and a run stands for its peers.
mtl-cotrain merge whole --to consensus.h5 --quiet
mtl-eval consensus.h5 --draws 0 >/dev/null 2>&1
mtl-predict whole small.h5 --split test -o all.h5
mtl-predict whole small.h5 --split test --peer 2 -o one.h5
mtl-predict whole small.h5 --split test --round 1 -o first.h5
refuses 66 'round 9' mtl-predict whole small.h5 --round 9 -o none.h5

# Damage is found and named.
damage() { # FILE EXPECTED-PATTERN
  cp "$1" kept
  size=$(stat -c %s "$1")
  { head -c $((size / 2)) kept; printf '~'; tail -c +$((size / 2 + 2)) kept; } >"$1"
  status=0
  mtl-cotrain verify parts >found.txt 2>/dev/null || status=$?
  [ "$status" -eq 1 ] || fail "verify did not find $1 ($status)"
  grep -q "$2" found.txt || fail "verify does not name $2: $(cat found.txt)"
  cp kept "$1"
}
damage parts/peers/001/r0003/publish.h5 r0003/publish.h5
damage parts/peers/002/r0004/model.h5 r0004/model.h5
cp parts/peers/001/r0004/publish.h5 kept
cp parts/peers/002/r0004/publish.h5 parts/peers/001/r0004/publish.h5
refuses 65 'r0004/publish.h5' mtl-cotrain round parts --peer 0 --quiet
cp kept parts/peers/001/r0004/publish.h5
echo '{' >parts/peers/001/r0004/DONE.json
refuses 65 'DONE.json' mtl-cotrain round parts --peer 0 --quiet
rm parts/peers/001/r0004/DONE.json
round parts --peer 1
round parts
mtl-cotrain verify parts >/dev/null
MTLKIT_TEST_KILL_AT=inputs mtl-cotrain round parts --peer 0 2>/dev/null || true
newest=$(ls -d parts/peers/000/r* | tail -n 1)
for text in '{' '{"inputs": 7}' '{"inputs": [{"peer": 1}]}'; do
  printf '%s' "$text" >"$newest/inputs.json"
  refuses 65 'inputs.json' mtl-cotrain round parts --peer 0 --quiet
done
# Whole, and yet of another publication than the one that is there.
python3 - "$newest/inputs.json" <<'PYTHON'
import hashlib, json, sys
record = {"inputs": [{"peer": 1, "round": 3, "content_sha256": "x"}],
          "schema": 2}
text = json.dumps(record, sort_keys=True, separators=(",", ":"))
record["sha256"] = hashlib.sha256(text.encode()).hexdigest()
with open(sys.argv[1], "w") as file:
    file.write(json.dumps(record, sort_keys=True, indent=1) + "\n")
PYTHON
refuses 65 'r0003/publish.h5.*committed' mtl-cotrain round parts --peer 0 --quiet
cp -r parts unknown
sed -i 's/"method": "codistillation"/"method": "nothing"/' unknown/run.json
refuses 65 'run.json: .*digest does not hold' mtl-cotrain round unknown
rm unknown/run.json
mkdir unknown/run.json
refuses 65 'run.json' mtl-cotrain round unknown
echo '{}' >whole/run.json
refuses 65 'run.json' mtl-cotrain status whole

# In one process: any number of threads.
for method in mutual co-teaching; do
  for threads in 1 2; do
    mtl-cotrain local ready.h5 -o local$threads --method $method --layers 16 \
      --epochs 2 --threads $threads --quiet
  done
  same_runs local1 local2
  rm -rf local1 local2
done
echo "all rounds held"
