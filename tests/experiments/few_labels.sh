#!/usr/bin/env bash
# What networks that label rows for themselves or each other are worth with a
# tenth of the labels: self-training and tri-training on six small tables,
# paired by draw with the same networks left alone.
#
#   tests/experiments/few_labels.sh FOLDER BIN [DRAWS [TABLE...]]
#
# FOLDER keeps the draws, BIN are our tools, DRAWS says how many (20): each has a
# quarter of the rows kept out and a tenth of the other rows' labels, of its own.
# What is there is not computed again. Needs MTLKIT_TEST_DATA; some 10 s of
# processor time a draw of a table.
set -euo pipefail
folder=$(realpath -m "$1")
bin=$(realpath "$2")
draws=${3:-20}
shift "$(($# < 3 ? $# : 3))"
tables=("$@")
data=${MTLKIT_TEST_DATA:?the folder of the data sets}
export PATH="$bin:$PATH" LC_ALL=C
if [ ${#tables[@]} = 0 ]; then
  tables=(emotions scene adult student wine thyroid)
fi
mkdir -p "$folder"
cd "$folder"

# The rows of one of Mulan's sets, whose other labels are left out.
mulan() { # NAME LABEL OTHERS
  local at=$data/mulan-multilabel/$1
  mtl-convert "$at/$1-train.arff.gz" "$at/$1-test.arff.gz" -o "$1.raw.h5" --quiet
  flags=(--task "$2=binary" --ignore "$3")
}

# Sets the flags that say what is learned of TABLE.raw.h5.
read_table() {
  case $1 in
    emotions)
      mulan emotions amazed-suprised \
        happy-pleased,relaxing-calm,quiet-still,sad-lonely,angry-aggresive
      ;;
    scene) mulan scene Beach Sunset,FallFoliage,Field,Mountain,Urban ;;
    adult)
      zcat "$data/adult/adult.data.gz" | awk "NR <= 3000" >adult.data
      mtl-convert adult.data --names adult.columns --missing '?' -o adult.raw.h5 \
        --quiet
      flags=(--task income=binary)
      ;;
    student)
      awk -F';' -v OFS=';' 'NR == 1 {$31 = $32 = ""; $33 = "pass"} NR > 1 {
          grade = $33; $31 = $32 = ""; $33 = grade >= 10 ? "yes" : "no"}
        {sub(/;;;/, ";"); print}' \
        "$data/student-performance/student-por.csv" >student.csv
      mtl-convert student.csv -o student.raw.h5 --quiet
      flags=(--task pass=binary)
      ;;
    wine)
      zcat "$data/wine-quality/winequality-red.csv.gz" | awk -F';' -v OFS=';' '
        NR == 1 {$12 = "good"} NR > 1 {$12 = $12 >= 6 ? "yes" : "no"}
        {print}' >wine.csv
      mtl-convert wine.csv -o wine.raw.h5 --quiet
      flags=(--task good=binary)
      ;;
    thyroid)
      # As columns: its ARFF says that seven of them are tasks.
      mtl-convert "$data/meka-multitarget/thyroid-L7.arff.gz" -o thyroid.csv \
        --quiet
      mtl-convert thyroid.csv -o thyroid.raw.h5 --quiet
      flags=(--task class_hyperthyroid=multiclass --ignore
        'class_hypothyroid,class_binding_protein,class_general_health,class_replacement_theory,class_antithyroid_treatment,class_discordant_results')
      ;;
  esac
}

compare() { # METHOD FLAGS...
  echo "== $table, $1"
  mtl-cotrain compare "$table/$1" "${files[@]}" --method "$1" --layers 64 \
    --rounds 10 "${@:2}" --quiet 2>"$table/$1.log" ||
    { cat "$table/$1.log" >&2; return 1; }
}

printf '%s\n' age workclass fnlwgt education education-num marital-status \
  occupation relationship race sex capital-gain capital-loss hours-per-week \
  native-country income >adult.columns

for table in "${tables[@]}"; do
  mkdir -p "$table"
  read_table "$table"
  mtl-inspect "$table.raw.h5" --json >"$table/raw.json"
  rows=$(grep -m 1 -oE '"rows": [0-9]+' "$table/raw.json")
  files=()
  for draw in $(seq "$draws"); do
    file=$table/$draw.h5
    files+=("$file")
    if [ -e "$file" ]; then continue; fi
    task=${flags[1]}
    mtl-prep "$table.raw.h5" -o "$file" "${flags[@]}" --split test=0.25 \
      --stratify "${task%=*}" --seed "$draw" \
      --keep-labels "${task%=*}=$((${rows#*: } * 3 / 40))" --quiet 2>"$file.log"
  done
  compare self-training --peers 1 --per-class 5
  compare tri-training --peers 3
done
