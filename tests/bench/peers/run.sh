#!/bin/sh
# usage: run.sh MTL-BENCH [PATTERN ...]
# Plays mtl-bench against the peers, in a virtual environment that is made
# beside the build the first time. Patterns choose workloads (default: plain
# steps and PCGrad).
set -eu

bench=$(realpath "$1")
shift
[ $# -gt 0 ] || set -- 'hps-*' 'pcgrad-*'
peers=$(cd "$(dirname "$0")" && pwd)
build=$(dirname "$(dirname "$bench")")
venv=$build/peers

if ! [ -e "$venv/ready" ]; then
  echo "installing the peers into $venv (several gigabytes, once)" >&2
  python3 -m venv "$venv"
  "$venv/bin/pip" install --quiet -r "$peers/requirements.txt"
  "$venv/bin/pip" install --quiet --no-deps LibMTL==1.1.5
  touch "$venv/ready"
fi

exec "$venv/bin/python" "$peers/drive.py" --json "$build/peers.json" \
  --peer "mtlkit=$bench serve" \
  --peer 'heads=python torch_peer.py heads' \
  --peer 'fused=python torch_peer.py fused' \
  --peer 'libmtl=python libmtl_peer.py' \
  --peer 'autojac=python torchjd_peer.py autojac' \
  "$@"
