#!/usr/bin/env bash
# JSON lines in: what CSV gives, and what mtl-convert itself has written.
. "$(dirname "$0")/common.sh"

# Another program's JSON lines of a CSV table are the same dataset.
gzip -dc "$samples/adult.test.gz" | grep -v '^|' | sed -n 1,500p >part.txt
mtl-convert part.txt --names "$samples/adult.columns" -o part.h5 -q
mtl-convert part.h5 -o part.csv -q
python3 - <<'PYTHON'
import csv, json
with open("part.csv") as rows, open("part.ndjson", "w") as lines:
    for number, row in enumerate(csv.DictReader(rows)):
        values = {}
        for name, text in row.items():
            try:
                values[name] = int(text)
            except ValueError:
                values[name] = text or None
        if number % 2:  # names in another order, nulls left out
            values = {k: v for k, v in reversed(values.items()) if v is not None}
        lines.write(json.dumps(values) + "\n")
PYTHON
mtl-convert part.ndjson -o lines.csv -q
same part.csv lines.csv
gzip -c part.ndjson | mtl-convert - -o - --to csv -q >piped.csv
same part.csv piped.csv

# Back and forth: numbers, texts, missing cells.
for name in student-mat.csv winequality-red.csv.gz; do
  mtl-convert "$samples/$name" -o once.jsonl -q
  mtl-convert once.jsonl -o twice.jsonl -q
  same once.jsonl twice.jsonl "$name"
done
mtl-convert once.jsonl -o once.h5 -q
mtl-convert once.h5 -o a.csv -q
mtl-convert "$samples/winequality-red.csv.gz" -o b.csv -q
same a.csv b.csv

# From lines to predictions, which are lines again.
mtl-convert part.ndjson -o table.h5 -q
mtl-prep table.h5 -o ready.h5 --task income --split valid=0.2 -q
mtl-train ready.h5 -o model.h5 --epochs 1 -q
mtl-predict model.h5 part.ndjson -o a.jsonl -q
mtl-predict model.h5 part.csv -o b.jsonl -q
same a.jsonl b.jsonl
# Read and written again they have the same values; numbers come first.
mtl-convert b.jsonl -o - --to jsonl -q >back.jsonl
python3 - <<'PYTHON'
import json
one, two = ([json.loads(line) for line in open(name)]
            for name in ("b.jsonl", "back.jsonl"))
assert one == two and len(one) == 500
PYTHON

# Lists of labels.
printf '{"x":1,"tags":["red","large"]}\n{"x":2,"tags":[]}\n{"x":3,"tags":["red"]}\n' >tags.jsonl
mtl-convert tags.jsonl -o tags.h5 -q
mtl-prep tags.h5 -o tagged.h5 --task tags=multilabel -q
mtl-convert tagged.h5 -o - --to csv -q | cut -d , -f 3-4 | head -n 4 >tagged
printf 'tags.large,tags.red\n1,1\n0,0\n0,1\n' >wanted
same tagged wanted

# What is no table is refused by name.
printf '{"a":1}\n{"a":{"b":2}}\n' >nested.jsonl
refuses 65 "nested.jsonl:2: column 'a' is an object \(.*json_normalize" \
  mtl-convert nested.jsonl -o bad.h5
printf '[{"a":1}]' >list.json
refuses 65 "list.json: this is a JSON list, not a text table \(.*jq -c" \
  mtl-convert list.json -o bad.h5
[ ! -e bad.h5 ] || fail "a refused table is written"
echo "json_lines: ok"
