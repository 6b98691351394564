# Read by run.sh: views that rows lack, views in one space, and texts, as blocks
# of prepare.py and as networks elsewhere.

# views NAME READY: a model of two views, from raw columns.
views() {
  mtl-train "$2.h5" -o "$1.h5" -q --epochs 1 --layers 16
  mtl-predict "$1.h5" "$2.h5" --split test -q -o "$1.pred.h5"
  mtl-export "$1.h5" --to onnx -q -o "$1.onnx"
  mtl-export "$1.h5" --to torch -q -o "$1.torch"
  "$python" "$here/check_onnx.py" "$1.onnx" pair-views.h5 "$2.h5" test \
    "$1.pred.h5"
  "$python" "$here/check_blocks.py" "$1.torch" pair-views.h5 "$2.h5" test
  [ "$mode" = full ] || return 0
  "$python" "$here/check_torch.py" "$1.torch" pair-views.h5 "$2.h5" test \
    "$1.pred.h5" "$1.tuned"
}
echo "== views"
"$python" "$here/two_views.py" one.csv two.csv
two=(--beside one=one.csv two=two.csv --type day=date -q)
mtl-convert "${two[@]}" --type said=category -o both-views.h5
mtl-convert "${two[@]}" --type said=ignore -o pair-views.h5
prepare=(--task y --task kind --split valid=0.2,test=0.3 -q)
mtl-prep pair-views.h5 "${prepare[@]}" -o lacking.h5 --encode index \
  --transform u=log --transform p=clip
views in-part lacking
mtl-prep pair-views.h5 "${prepare[@]}" -o numbers.h5 --ignore word,day
for how in cca gcca procrustes; do
  mtl-cotrain align numbers.h5 -q -o $how.h5 --how $how >/dev/null
  views in-$how $how
done

# texts NAME READY BLOCK FLAG...: a network over texts.
texts() {
  local name=$1 ready=$2 block=$3
  shift 3
  echo "== $name"
  mtl-train "$ready" -o "$name.h5" -q --epochs 1 --layers none "$@"
  mtl-predict "$name.h5" "$ready" --split test -q -o "$name.pred.h5"
  mtl-export "$name.h5" --to torch -q -o "$name.torch"
  "$python" "$here/check_blocks.py" "$name.torch" commands.h5 "$ready" test
  [ "$mode" = full ] || return 0
  "$python" "$here/check_torch.py" "$name.torch" commands.h5 "$ready" test \
    "$name.pred.h5" "$name.tuned"
  mtl-train "$ready" -o back.h5 -q --epochs 1 --layers none "$@" --seed 9 \
    --from "$name.tuned.safetensors" --rate 1e-20
  mtl-predict back.h5 "$ready" --split test -q -o back.pred.h5
  "$python" "$here/check_back.py" "$name.tuned.npz" back.pred.h5 "$ready" test
  case $name in
    gru) "$python" "$here/check_gru.py" "$name.torch" "$ready" "$block" test ;;
  esac
}
commands=$samples/commands
mtl-convert train="$commands/train" valid="$commands/valid" \
  test="$commands/test" -q -o commands.h5
mtl-prep commands.h5 -q -o said.h5 --task intent --ignore tags --words words
texts gru said.h5 words --texts gru:width=8,embedding=8
texts transformer said.h5 words --texts transformer:width=16,heads=2,ff=16
mtl-export transformer.h5 --to onnx-prepared -q -o transformer.onnx
"$python" "$here/check_onnx.py" transformer.onnx - said.h5 test \
  transformer.pred.h5
if mtl-export gru.h5 --to onnx-prepared -q -o gru.onnx 2>refused.txt ||
  ! grep -q '(gru) cannot go in: ' refused.txt ||
  [ -e gru.onnx ]; then
  echo "gru.onnx is not refused by the name of a layer" >&2
  exit 1
fi

# What texts become, beside columns of other kinds.
number=0
for forms in '--words said' \
  '--words said:split=marks,lower=true,least=1,length=4' \
  '--bpe said=400' '--hash-ngrams said=chars:2-4:2000' \
  '--tfidf said=words:1-2:500 --words said'; do
  number=$((number + 1))
  # shellcheck disable=SC2086
  mtl-prep both-views.h5 "${prepare[@]}" -o form.h5 $forms
  mtl-train form.h5 -o form-model.h5 -q --epochs 1 --layers 8
  mtl-export form-model.h5 --to torch -q -o form$number.torch
  "$python" "$here/check_blocks.py" form$number.torch both-views.h5 form.h5 test
done

# The lines of the documents for scikit-learn, beside what mtl-eval says.
echo "== scikit-learn"
mkdir learn
cd learn
mtl-convert "$samples/student-por.csv" -q -o students.h5
mtl-prep students.h5 -q -o ready.h5 --task G3 --task higher --task school \
  --split valid=0.2,test=0.2
mtl-train ready.h5 -q -o model.h5 --epochs 3
of_section='/^## / {on = $0 == "## scikit-learn"; next} on'
of_kind='/^```/ {in_it = $0 == "```" kind; next} in_it'
awk "$of_section" "$here/../../docs/exporting.md" >section.md
awk -v kind=sh "$of_kind" section.md | bash -euo pipefail
awk -v kind=python "$of_kind" section.md >lines.py
mtl-eval said.h5 --metrics roc-auc --json >said.json
cat >>lines.py <<'PYTHON'

import json
with open("said.json") as file:
    tasks = {task["name"]: task for task in json.load(file)["tasks"]}
ours = tasks["higher"]["metrics"][0]["models"]["said"]["value"]
assert abs(ours - roc_auc_score(said["y"][:], said["prob"][:])) < 1e-12, ours
assert (said["y"][:] == y[test]).all()
for features, learned in (X, by_blocks), (Z, by_trunk):
    assert roc_auc_score(y[test], learned.decision_function(features[test])) > .6
PYTHON
"$python" lines.py
cd ..
