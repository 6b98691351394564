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
# Numbers are missing, too, and the test rows have a category that no other has.
holes='NF == 15 {
  if (NR % 17 == 3) $1 = "?"
  if (NR % 13 == 5) $11 = "?"
  if (NR % 19 == 7) $13 = "?"
  if (is_test && NR % 11 == 2) $14 = "Atlantis"
} 1'
for part in data test; do
  gzip -dc "$samples/adult.$part.gz" |
    awk -F ', ' -v OFS=', ' -v is_test="$([ $part = data ] || echo 1)" \
      "$holes" >"adult.$part"
done
mtl-convert train=adult.data test=adult.test \
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
  case " ${flags[*]} " in *' --norm batch '*) still+=(--freeze trunk) ;; esac
  mtl-train "$ready.h5" -o back.h5 --epochs 1 -q "${flags[@]}" \
    --seed 9 --from "$1" "${still[@]}"
  mtl-predict back.h5 "$ready.h5" --split test -q -o back.pred.h5
  "$python" "$here/check_back.py" "$2" back.pred.h5 "$ready.h5" test
}

# to_keras NAME: writes NAME.keras. A refusal gives the reason and ends with 1.
to_keras() {
  local status=0
  mtl-export "$1.h5" --to keras -q -o "$1.keras" 2>"$1.refused" || status=$?
  [ "$status" -ne 0 ] || return 0
  [ "$status" -eq 2 ] || { cat "$1.refused" && exit 1; }
  echo "not in Keras: $(cut -d ' ' -f 2- "$1.refused")"
  refused+=("$1")
  return 1
}
refused=()
not_in_keras="film adapters aitm ltb periodic full quantile coral cumulative-link"

# through_keras NAME READY SPLIT TUNED: on every backend, and in the oldest Keras.
# What it makes there of the weights is called TUNED.BACKEND, or, with "-",
# nothing is.
through_keras() {
  local backend tuned
  for backend in "${backends[@]}" ${oldest:+oldest}; do
    tuned=$4
    [ "$tuned" = - ] || tuned=$tuned.$backend
    if [ "$backend" = oldest ]; then
      KERAS_BACKEND=jax "$oldest" "$here/check_keras.py" "$1.keras" "$2" "$3" \
        "$1.pred.h5" "$tuned"
    else
      KERAS_BACKEND=$backend "$python" "$here/check_keras.py" "$1.keras" "$2" \
        "$3" "$1.pred.h5" "$tuned"
    fi
  done
}

# back_from_keras NAME: what through_keras has made of it.
back_from_keras() {
  local backend ending
  for backend in "${backends[@]}" ${oldest:+oldest}; do
    for ending in weights.npz keras weights.h5 h5; do
      # Its weights.h5 has no names of layers.
      [ "$backend/$ending" != oldest/weights.h5 ] || continue
      come_back "$1.$backend.$ending" "$1.$backend.npz"
    done
  done
}

# Those that the light comparison takes through Keras and brings back, too. Of
# the others it only sees whether Keras can hold them.
returning=" shared single stitch mmoe ple select mtan pooled tree ensemble "

# compare NAME PREPARED FLAG... : one model, everywhere and back.
compare() {
  local name=$1 ready=$2 tuned=- ending
  shift 2
  flags=("$@")
  if [ "$mode" = full ] || [[ $returning = *" $name "* ]]; then tuned=$name; fi
  echo "== $name"
  mtl-train "$ready.h5" -o "$name.h5" --epochs 1 -q "$@"
  mtl-predict "$name.h5" "$ready.h5" --split test -q -o "$name.pred.h5"
  mtl-export "$name.h5" --to onnx -q -o "$name.onnx"
  "$python" "$here/check_onnx.py" "$name.onnx" adult.h5 "$ready.h5" test \
    "$name.pred.h5"
  if to_keras "$name" && { [ "$mode" = full ] || [ "$tuned" != - ]; }; then
    through_keras "$name" "$ready.h5" test "$tuned"
    [ "$tuned" = - ] || back_from_keras "$name"
  fi
  [ "$tuned" != - ] || return 0
  mtl-export "$name.h5" --to onnx-prepared -q -o "$name.prepared.onnx"
  "$python" "$here/check_onnx.py" "$name.prepared.onnx" - "$ready.h5" test \
    "$name.pred.h5"
  mtl-export "$name.h5" --to torch -q -o "$name.torch"
  "$python" "$here/check_safetensors.py" "$name.torch" "$name.pred.h5" \
    "$name.again"
  come_back "$name.again.safetensors" "$name.again.npz"
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
mtl-prep adult.h5 --task sex --task income --split valid=0.15 -q \
  --encode index -o chain.h5
wide=(--layers 32,16)

# Every architecture there is, with what else is to be seen with it.
for arch in $(mtl-train --list archs | sed -n 's/^  \([a-z][a-z0-9-]*\) .*/\1/p')
do
  case $arch in
    shared) compare shared onehot "${wide[@]}" --norm batch --dropout 0.1 ;;
    single) compare single index "${wide[@]}" --arch single --activation relu ;;
    pooled) compare pooled pair "${wide[@]}" --arch pooled ;;
    cross-stitch)
      compare stitch steps "${wide[@]}" --arch cross-stitch \
        --activation leaky-relu ;;
    sluice) compare sluice index --layers 24,24 --arch sluice ;;
    mmoe)
      compare mmoe index "${wide[@]}" --arch mmoe:experts=3 --norm layer \
        --activation gelu ;;
    ple)
      compare ple index "${wide[@]}" --arch ple:own=1/2/1 --activation tanh ;;
    dselect-k)
      compare select index "${wide[@]}" --arch dselect-k:experts=3,gamma=0.1 ;;
    mtan)
      compare mtan onehot "${wide[@]}" --arch mtan:hidden=8 --norm layer ;;
    esmm) compare esmm chain "${wide[@]}" --arch esmm ;;
    *) compare "$arch" index "${wide[@]}" --arch "$arch" ;;
  esac
done
compare fixed onehot "${wide[@]}" --arch dselect-k:gate=task --dropout 0.1
compare tree onehot --arch shared --hierarchy tree.json
compare ensemble index "${wide[@]}" --ensemble 3 --norm batch --dropout 0.1

# What numbers become first, members in one network, and layers that are added.
for form in pieces:count=6 projected:size=4 periodic:count=5,size=4; do
  compare "${form%%:*}" index "${wide[@]}" --numbers "$form"
done
compare mini index "${wide[@]}" --members 3 --norm layer
compare full index "${wide[@]}" --members 3:form=full --arch mmoe:experts=3
compare both index "${wide[@]}" --members 2 --ensemble 2
compare plain index --layers 32,32,32 --residual plain --drop-path 0.1
compare resnet index --layers 24,24,24 --residual resnet --norm batch \
  --drop-path 0.1

# What losses make of a task's outputs.
for loss in quantile:levels=0.1/0.5/0.9 gaussian-nll poisson ziln; do
  compare "${loss%%:*}" onehot "${wide[@]}" --head-layers 8 --activation tanh \
    --loss "hours-per-week=$loss"
done

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
for ranks in ordinal coral cumulative-link; do
  loss=()
  [ $ranks = ordinal ] || loss=(--loss "quality=$ranks")
  mtl-train ranks.h5 -o $ranks.h5 -q --epochs 2 --head-layers 8 "${loss[@]}"
  elsewhere $ranks wine.h5 ranks.h5 test
  ! to_keras $ranks || through_keras $ranks ranks.h5 test $ranks
done
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

source "$here/other_kinds.sh"

[ "${refused[*]}" = "$not_in_keras" ] || {
  echo "Keras refuses ${refused[*]}, and should $not_in_keras" >&2
  exit 1
}

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
