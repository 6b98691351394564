#!/usr/bin/env bash
# usage: run.sh BIN_DIR [light|full]
# Compares what mtl-export and mtl-convert write with what other programs make
# of it, on all test rows, and brings weights back that they trained on.
# light: ONNX Runtime, safetensors, Keras on JAX, NumPy, SciPy, scikit-learn;
# full: PyTorch, TensorFlow (gigabytes) and the oldest Keras 3, too. In an
# environment of its own, made beside the build the first time, or in the one of
# MTLKIT_INTEROP_PYTHON. Ends with 77 where there can be none.
set -euo pipefail
bin=$(realpath "$1")
mode=${2:-light}
here=$(cd "$(dirname "$0")" && pwd)
samples=$here/../../data-samples
export PATH=$bin:$PATH MTLKIT_PROGRESS=never JAX_PLATFORMS=cpu KERAS_BACKEND=jax
export TF_CPP_MIN_LOG_LEVEL=3
for name in $(env | sed -n 's/^\(MTLKIT_[A-Z_0-9]*\)=.*/\1/p'); do
  case $name in
    MTLKIT_INTEROP_PYTHON | MTLKIT_PROGRESS | MTLKIT_TEST_DATA | \
      MTLKIT_TMPDIR) ;;
    *) unset "$name" ;;
  esac
done
export MTLKIT_ONCE=1 # networks are compared, not how good they are
imports=(h5py jax keras numpy onnx onnxruntime pandas safetensors sklearn)
backends=(jax)
if [ "$mode" = full ]; then
  imports+=(tensorflow torch)
  backends+=(tensorflow torch)
fi

python=${MTLKIT_INTEROP_PYTHON:-}
oldest=
if [ -z "$python" ]; then
  python=$("$here/environment.sh" "$mode" "$(dirname "$bin")")
fi
if [ "$mode" = full ]; then
  oldest=$("$here/environment.sh" oldest "$(dirname "$bin")")
fi
for module in "${imports[@]}"; do
  "$python" -c "import $module" 2>/dev/null || {
    echo "skipped: $python has no $module"
    exit 77
  }
done

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
  case $name in shared | ensemble) still+=(--freeze trunk) ;; esac
  mtl-train "$ready.h5" -o back.h5 --epochs 1 -q "${flags[@]}" \
    --seed 9 --from "$1" "${still[@]}"
  mtl-predict back.h5 "$ready.h5" --split test -q -o back.pred.h5
  "$python" "$here/check_back.py" "$2" back.pred.h5
}

# through_keras NAME READY SPLIT: on every backend, and in the oldest Keras.
through_keras() {
  local backend
  for backend in "${backends[@]}"; do
    KERAS_BACKEND=$backend "$python" "$here/check_keras.py" "$1.keras" "$2" \
      "$3" "$1.pred.h5" "$1.$backend"
  done
  if [ -n "$oldest" ]; then
    KERAS_BACKEND=jax "$oldest" "$here/check_keras.py" "$1.keras" "$2" "$3" \
      "$1.pred.h5" "$1.oldest"
  fi
}

# compare NAME PREPARED ARCHITECTURE... : one model, everywhere and back.
compare() {
  local name=$1 ready=$2 backend ending
  shift 2
  flags=("$@")
  echo "== $name"
  mtl-train "$ready.h5" -o "$name.h5" --epochs 1 -q "$@"
  mtl-predict "$name.h5" "$ready.h5" --split test -q -o "$name.pred.h5"
  mtl-export "$name.h5" --to onnx-prepared -q -o "$name.prepared.onnx"
  mtl-export "$name.h5" --to onnx -q -o "$name.onnx"
  mtl-export "$name.h5" --to torch -q -o "$name.torch"
  "$python" "$here/check_onnx.py" "$name.prepared.onnx" - "$ready.h5" test \
    "$name.pred.h5"
  "$python" "$here/check_onnx.py" "$name.onnx" adult.h5 "$ready.h5" test \
    "$name.pred.h5"
  "$python" "$here/check_safetensors.py" "$name.torch" "$name.pred.h5" \
    "$name.again"
  come_back "$name.again.safetensors" "$name.again.npz"
  if [ "$name" != quantiles ]; then
    mtl-export "$name.h5" --to keras -q -o "$name.keras"
    through_keras "$name" "$ready.h5" test
    for backend in "${backends[@]}" ${oldest:+oldest}; do
      for ending in weights.npz keras weights.h5 h5; do
        # Its weights.h5 has no names of layers.
        [ "$backend/$ending" != oldest/weights.h5 ] || continue
        come_back "$name.$backend.$ending" "$name.$backend.npz"
      done
    done
  fi
  [ "$mode" = full ] || return 0
  "$python" "$here/check_torch.py" "$name.torch" adult.h5 "$ready.h5" test \
    "$name.pred.h5" "$name.tuned"
  for ending in safetensors pt; do
    come_back "$name.tuned.$ending" "$name.tuned.npz"
  done
}
cat >tree.json <<'JSON'
{"groups": [
  {"name": "trunk", "from": [], "layers": [24], "tasks": ["hours-per-week"]},
  {"name": "person", "from": ["trunk"], "layers": [16],
   "tasks": ["income"]},
  {"name": "home", "from": ["trunk"], "layers": [], "tasks": ["marital-status"]}
]}
JSON
mtl-prep adult.h5 --task age --task hours-per-week --split valid=0.15 -q \
  -o pair.h5
wide=(--layers 32,16)
compare shared onehot "${wide[@]}" --arch shared --norm batch --dropout 0.1
compare single index "${wide[@]}" --arch single --activation silu
compare mmoe index "${wide[@]}" --arch mmoe:experts=3 --norm layer \
  --activation gelu
compare stitch steps "${wide[@]}" --arch cross-stitch --activation leaky-relu
compare ple index "${wide[@]}" --arch ple:own=1/2/1 --activation tanh
compare mtan onehot "${wide[@]}" --arch mtan:hidden=8 --norm layer
compare select index "${wide[@]}" --arch dselect-k:experts=3,gamma=0.1
compare fixed onehot "${wide[@]}" --arch dselect-k:gate=task --dropout 0.1
compare tree onehot --arch shared --hierarchy tree.json
compare pooled pair "${wide[@]}" --arch pooled
compare ensemble index "${wide[@]}" --ensemble 3 --norm batch --dropout 0.1
compare quantiles onehot "${wide[@]}" --arch shared --head-layers 8 \
  --activation tanh --loss hours-per-week=quantile:levels=0.1/0.5/0.9

# Ordered classes in a tree of towers, and images with texts.
elsewhere() {
  local name=$1 raw=$2 ready=$3 split=$4
  echo "== $name"
  mtl-predict "$name.h5" "$ready" --split "$split" -q -o "$name.pred.h5"
  mtl-export "$name.h5" --to onnx-prepared -q -o "$name.onnx"
  mtl-export "$name.h5" --to torch -q -o "$name.torch"
  "$python" "$here/check_onnx.py" "$name.onnx" - "$ready" "$split" \
    "$name.pred.h5"
  [ "$mode" = full ] || return 0
  "$python" "$here/check_torch.py" "$name.torch" "$raw" "$ready" "$split" \
    "$name.pred.h5" "$name.tuned"
}
mtl-convert "$samples/winequality-red.csv.gz" -q -o wine.h5
mtl-prep wine.h5 -q -o ranks.h5 --task quality=ordinal --task alcohol \
  --split valid=0.2,test=0.2
mtl-train ranks.h5 -o ranks-model.h5 -q --epochs 2 --head-layers 8
elsewhere ranks-model wine.h5 ranks.h5 test
mtl-export ranks-model.h5 --to keras -q -o ranks-model.keras
through_keras ranks-model ranks.h5 test
awk '/^```python$/ {on = 1; block = ""; next} /^```/ {if (on) last = block; on = 0}
  on {block = block $0 "\n"} END {printf "%s", last}' \
  "$here/../../docs/file-format.md" >write.py
"$python" write.py
mtl-train mine.h5 -o mine-model.h5 -q --epochs 2
elsewhere mine-model - mine.h5 valid

# Dates, of enough rows for pieces, which may lie between no two results of a
# sine.
echo "== dates"
"$python" "$here/dated_table.py" dated.csv
mtl-convert dated.csv --type when=date --type day=date -q -o dated.h5
mtl-prep dated.h5 --task y --split valid=0.2 -q -o dated-ready.h5
mtl-train dated-ready.h5 -o dated-model.h5 -q --epochs 5
mtl-predict dated-model.h5 dated-ready.h5 --split valid -q -o dated.pred.h5
mtl-export dated-model.h5 --to onnx -q -o dated.onnx
mtl-export dated-model.h5 --to torch -q -o dated.torch
"$python" "$here/check_onnx.py" dated.onnx dated.h5 dated-ready.h5 valid \
  dated.pred.h5
"$python" "$here/check_prepare.py" dated.torch dated.h5 dated-ready.h5 valid

echo "== written formats"
mtl-convert onehot.h5 -q -o onehot.npz
mtl-convert onehot.h5 -q --to svmlight --task income --split train -o train.svm
mtl-convert wine.h5 -q -o wine.arff
"$python" "$here/check_written.py" onehot.h5 onehot.npz train.svm income \
  wine.arff wine.h5

echo "== values of tables"
if [ -n "${MTLKIT_TEST_DATA:-}" ]; then
  "$python" "$here/pandas_values.py" "$bin"
else
  echo "skipped: MTLKIT_TEST_DATA says where the tables are"
fi
echo "all models and tables are the same elsewhere"
