#!/usr/bin/env bash
# The four shapes of a run on a cluster (docs/cotraining.md), on a Slurm of one
# host that lives as long as this script: the same bytes as without it.
source "$(dirname "$0")/common.sh"

find_program() { command -v "$1" || command -v "$1-wlm" || true; }
export PATH="$PATH:/usr/sbin:/sbin"
controller=$(find_program slurmctld)
daemon=$(find_program slurmd)
stepper=$(find_program slurmstepd)
for program in "$controller" "$daemon" "$(command -v sbatch || true)" \
  "$(command -v srun || true)"; do
  [ -n "$program" ] ||
    skip "Slurm is not installed (apt-get install slurm-wlm)"
done
[ "$(id -u)" -eq 0 ] || skip "a Slurm of its own is started by root only"

slurm=$work/slurm
mkdir -p "$slurm/state" "$slurm/spool"
host=$(hostname -s)
port=$((20000 + $$ % 20000))
export SLURM_CONF=$slurm/slurm.conf
cat >"$SLURM_CONF" <<EOF
ClusterName=test
SlurmctldHost=$host(127.0.0.1)
SlurmctldPort=$port
SlurmdPort=$((port + 1))
AuthType=auth/none
CredType=cred/none
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
JobAcctGatherType=jobacct_gather/none
AccountingStorageType=accounting_storage/none
JobCompType=jobcomp/none
SelectType=select/cons_tres
SelectTypeParameters=CR_CPU
MpiDefault=none
ReturnToService=2
SlurmUser=root
SlurmdUser=root
SlurmdParameters=config_overrides
StateSaveLocation=$slurm/state
SlurmdSpoolDir=$slurm/spool
SlurmctldPidFile=$slurm/slurmctld.pid
SlurmdPidFile=$slurm/slurmd.pid
SlurmctldLogFile=$slurm/slurmctld.log
SlurmdLogFile=$slurm/slurmd.log
NodeName=$host NodeAddr=127.0.0.1 CPUs=8 State=UNKNOWN
PartitionName=ci Nodes=$host Default=YES MaxTime=INFINITE State=UP
EOF
stop_slurm() {
  local file
  for file in slurmd slurmctld; do
    [ -s "$slurm/$file.pid" ] && kill "$(cat "$slurm/$file.pid")" 2>/dev/null
  done
  sleep 0.3
  cd / && rm -rf "$work"
}
trap stop_slurm EXIT
"$controller" && "$daemon" ${stepper:+-d "$stepper"} ||
  fail "Slurm does not start"
for _ in $(seq 100); do
  [ "$(sinfo -h -o %T 2>/dev/null)" = idle ] && break
  sleep 0.1
done
[ "$(sinfo -h -o %T)" = idle ] || {
  cat "$slurm"/*.log
  fail "the host of this Slurm does not come up"
}
wait_for_jobs() {
  local _
  for _ in $(seq 1200); do
    [ -z "$(squeue -h)" ] && return
    sleep 0.1
  done
  squeue
  fail "jobs do not end"
}

{
  echo 'a,b,sold'
  for i in $(seq 1 90); do
    echo "$((i % 10)),$((i % 7)),$([ $((i % 4)) -gt 1 ] && echo yes || echo no)"
  done
} >table.csv
mtl-convert table.csv -o table.h5 --quiet
mtl-prep table.h5 -o small.h5 --task sold --quiet
# Nobody is ahead of what it should read: the same bytes, whoever runs when.
begin() {
  mtl-cotrain init "$1" --data small.h5 --method codistillation --peers 3 \
    --layers 4 --epochs 1 --max-stale 1 --min-peers 2 --quiet
}
begin whole
mtl-cotrain round whole --until 3 --quiet

# A: an array job, whose tasks are requeued where they have to be run again.
begin array
cat >array.job <<'EOF'
#!/bin/bash
#SBATCH --array=0-2 --requeue --signal=TERM@90 --open-mode=append
mtl-cotrain round array --peer "$SLURM_ARRAY_TASK_ID" --until 3 --wait 2m --quiet
status=$?
[ "$status" = 75 ] && scontrol requeue "${SLURM_ARRAY_JOB_ID}_$SLURM_ARRAY_TASK_ID"
exit "$status"
EOF
sbatch --parsable -o array.log array.job >/dev/null
wait_for_jobs
[ -z "$(cat array.log)" ] || fail "array: $(cat array.log)"
same_runs whole array

# B: rounds in step; a peer that failed in one does it before the next.
begin steps
after=
for round in 1 2 3; do
  job=$(sbatch --parsable -o steps.log --open-mode=append --array=0-2 $after \
    --wrap "
    mtl-cotrain round steps --peer \$SLURM_ARRAY_TASK_ID --until $round --quiet")
  after=--dependency=afterany:$job
done
sbatch -o merge.log $after --wrap "mtl-cotrain merge steps --quiet" >/dev/null
wait_for_jobs
[ -z "$(cat steps.log)" ] || fail "steps: $(cat steps.log)"
[ -s steps/merged/r0003.h5 ] || fail "steps: not merged: $(cat merge.log)"
rm -r steps/merged
same_runs whole steps

# C: one allocation, whose tasks take their numbers for their peers.
begin tasks
srun -n 3 --no-kill bash -c \
  'mtl-cotrain round tasks --peer $SLURM_PROCID --until 3 --wait 2m --quiet'
same_runs whole tasks

# D: one machine without Slurm.
begin machine
seq 0 2 | xargs -P 3 -I{} mtl-cotrain round machine --peer {} --until 3 \
  --wait 2m --quiet
same_runs whole machine
echo "four shapes, the same bytes"
