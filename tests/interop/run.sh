#!/usr/bin/env bash
# usage: run.sh BIN_DIR
# Compares what mtl-export writes with what the frameworks make of it, on all
# test rows, and brings weights back that PyTorch trained on. In an environment
# of its own, made beside the build the first time (gigabytes), or in the one of
# MTLKIT_INTEROP_PYTHON. Ends with 77 where there can be none.
set -euo pipefail
bin=$(realpath "$1")
here=$(cd "$(dirname "$0")" && pwd)
samples=$here/../../data-samples
export PATH=$bin:$PATH MTLKIT_PROGRESS=never KERAS_BACKEND=torch
for name in $(env | sed -n 's/^\(MTLKIT_[A-Z_0-9]*\)=.*/\1/p'); do
  case $name in
    MTLKIT_INTEROP_PYTHON | MTLKIT_PROGRESS | MTLKIT_TMPDIR) ;;
    *) unset "$name" ;;
  esac
done

python=${MTLKIT_INTEROP_PYTHON:-}
if [ -z "$python" ]; then
  venv=$(dirname "$bin")/interop
  python=$venv/bin/python
  if ! [ -e "$venv/ready" ]; then
    echo "installing frameworks into $venv (once)"
    if ! { python3 -m venv "$venv" &&
      "$venv/bin/pip" install --quiet -r "$here/requirements.txt"; }; then
      echo "skipped: the frameworks cannot be installed here"
      exit 77
    fi
    touch "$venv/ready"
  fi
fi
"$python" -c 'import h5py, keras, onnx, onnxruntime, safetensors, torch' || {
  echo "skipped: $python lacks a framework"
  exit 77
}

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
mtl-convert train="$samples/adult.data.gz" test="$samples/adult.test.gz" \
  --names "$samples/adult.columns" --missing '?' --comment '|' \
  --rename-class income '<=50K.' '<=50K' \
  --rename-class income '>50K.' '>50K' -q -o adult.h5
tasks=(--task income --task marital-status --task hours-per-week
  --hide-labels marital-status=0.3 --split valid=0.15 -q)
mtl-prep adult.h5 "${tasks[@]}" -o onehot.h5
mtl-prep adult.h5 "${tasks[@]}" --encode index -o index.h5
mtl-prep adult.h5 "${tasks[@]}" -o steps.h5 \
  --transform 'capital-*=log' --transform 'capital-*=standard' \
  --transform fnlwgt=clip:low=0.05,high=0.9 --transform fnlwgt=robust \
  --transform age=pieces:count=8 --transform age=minmax \
  --transform education=onehot:dense=4 --transform native-country=index

# come_back WEIGHTS SAID: into a fresh network of the model that is compared.
# A step this small leaves what came back as it is; so do frozen statistics.
come_back() {
  local still=(--rate 1e-20)
  [ "$name" != shared ] || still+=(--freeze trunk)
  mtl-train "$ready.h5" -o back.h5 --epochs 1 --layers 32,16 -q "${flags[@]}" \
    --seed 9 --from "$1" "${still[@]}"
  mtl-predict back.h5 "$ready.h5" --split test -q -o back.pred.h5
  "$python" "$here/check_back.py" "$2" back.pred.h5
}

# compare NAME PREPARED ARCHITECTURE... : one model, everywhere and back.
compare() {
  local name=$1 ready=$2
  shift 2
  flags=("$@")
  echo "== $name"
  mtl-train "$ready.h5" -o "$name.h5" --epochs 1 --layers 32,16 -q "$@"
  mtl-predict "$name.h5" "$ready.h5" --split test -q -o "$name.pred.h5"
  mtl-export "$name.h5" --to onnx-prepared -q -o "$name.prepared.onnx"
  mtl-export "$name.h5" --to onnx -q -o "$name.onnx"
  mtl-export "$name.h5" --to torch -q -o "$name.torch"
  "$python" "$here/check_onnx.py" "$name.prepared.onnx" - "$ready.h5" test \
    "$name.pred.h5"
  "$python" "$here/check_onnx.py" "$name.onnx" adult.h5 "$ready.h5" test \
    "$name.pred.h5"
  if [ "$name" != quantiles ]; then
    mtl-export "$name.h5" --to keras -q -o "$name.keras"
    "$python" "$here/check_keras.py" "$name.keras" "$ready.h5" test \
      "$name.pred.h5" "$name.keras-tuned"
    for ending in weights.npz keras weights.h5 h5; do
      come_back "$name.keras-tuned.$ending" "$name.keras-tuned.npz"
    done
  fi
  "$python" "$here/check_torch.py" "$name.torch" adult.h5 "$ready.h5" test \
    "$name.pred.h5" "$name.tuned"
  for ending in safetensors pt; do
    come_back "$name.tuned.$ending" "$name.tuned.npz"
  done
}
compare shared onehot --arch shared --norm batch --dropout 0.1
compare single index --arch single --activation silu
compare mmoe index --arch mmoe:experts=3 --norm layer --activation gelu
compare stitch steps --arch cross-stitch --activation leaky-relu
compare quantiles onehot --arch shared --head-layers 8 --activation tanh \
  --loss hours-per-week=quantile:levels=0.1/0.5/0.9

# Ordered classes in a tree of towers, and images with texts.
elsewhere() {
  local name=$1 raw=$2 ready=$3 split=$4
  echo "== $name"
  mtl-predict "$name.h5" "$ready" --split "$split" -q -o "$name.pred.h5"
  mtl-export "$name.h5" --to onnx-prepared -q -o "$name.onnx"
  mtl-export "$name.h5" --to torch -q -o "$name.torch"
  "$python" "$here/check_onnx.py" "$name.onnx" - "$ready" "$split" \
    "$name.pred.h5"
  "$python" "$here/check_torch.py" "$name.torch" "$raw" "$ready" "$split" \
    "$name.pred.h5" "$name.tuned"
}
mtl-convert "$samples/winequality-red.csv.gz" -q -o wine.h5
mtl-prep wine.h5 -q -o ranks.h5 --task quality=ordinal --task alcohol \
  --split valid=0.2,test=0.2
mtl-train ranks.h5 -o ranks-model.h5 -q --epochs 2 --head-layers 8
elsewhere ranks-model wine.h5 ranks.h5 test
mtl-export ranks-model.h5 --to keras -q -o ranks.keras
"$python" "$here/check_keras.py" ranks.keras ranks.h5 test \
  ranks-model.pred.h5 ranks-tuned
awk '/^```python$/ {on = 1; block = ""; next} /^```/ {if (on) last = block; on = 0}
  on {block = block $0 "\n"} END {printf "%s", last}' \
  "$here/../../docs/file-format.md" >write.py
"$python" write.py
mtl-train mine.h5 -o mine-model.h5 -q --epochs 2
elsewhere mine-model - mine.h5 valid
echo "all models say the same elsewhere"
