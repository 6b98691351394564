#!/usr/bin/env bash
# Parquet becomes what the same table as CSV becomes, through every tool.
. "$(dirname "$0")/common.sh"
golden=$root/tests/golden/parquet

# text NAME: the cells of a golden file as CSV.
text() {
  tr '|' ',' <"$golden/$1.txt" | sed 's/~/NA/g'
}
# content FILE: the digest of what is in it, whatever it was made of.
content() {
  mtl-inspect "$1" --json | grep -o '"content_sha256": *"[0-9a-f]*"'
}
# same_content A.h5 B.h5
same_content() {
  [ "$(content "$1")" = "$(content "$2")" ] ||
    fail "$1 and $2 hold different tables"
}

text many >many.csv
mtl-convert many.csv -o csv.h5 --quiet
for name in none snappy gzip zstd v2 encodings; do
  mtl-convert "$golden/many-$name.parquet" -o parquet.h5 --quiet
  same_content csv.h5 parquet.h5
done
text duckdb >duckdb.csv
mtl-convert duckdb.csv --type day=date --type ts=date -o csv.h5 --quiet
for name in v1 v2; do
  mtl-convert "$golden/duckdb-$name.parquet" -o parquet.h5 --quiet
  same_content csv.h5 parquet.h5
done

# Flags of all tables mean the same, and a file is where its bytes come from.
flags=(--type row=id --type run=category --type 'small=ignore' --missing w3,5
  --precision double --rename-class word w1 w2)
mtl-convert many.csv "${flags[@]/w3,5/w3,5,NA}" -o csv.h5 --quiet
mtl-convert "$golden/many-v2.parquet" "${flags[@]}" -o parquet.h5 --quiet
same_content csv.h5 parquet.h5
mtl-convert - "${flags[@]}" -o stdin.h5 --quiet <"$golden/many-v2.parquet"
same parquet.h5 stdin.h5
cat "$golden/many-v2.parquet" | mtl-convert - "${flags[@]}" -o pipe.h5 --quiet
same parquet.h5 pipe.h5
mtl-convert <(cat "$golden/many-v2.parquet") "${flags[@]}" -o pipe.h5 --quiet
same parquet.h5 pipe.h5
mtl-convert "train=$golden/many-v2.parquet" "test=$golden/many-zstd.parquet" \
  -o parquet.h5 --quiet
mtl-convert train=many.csv test=many.csv -o csv.h5 --quiet
same_content csv.h5 parquet.h5
mtl-convert "train=$golden/many-v2.parquet" test=many.csv -o mixed.h5 --quiet
same_content csv.h5 mixed.h5
mtl-convert "$golden/many-v2.parquet" --to csv -o - --quiet >parquet.csv
mtl-convert many.csv --to csv -o - --quiet >csv.csv
same csv.csv parquet.csv

# A model reads new rows from either, and either measures as predictions.
mtl-convert "$golden/many-v2.parquet" -o table.h5 --quiet
mtl-prep table.h5 -o ready.h5 --task truth --ignore row --split valid=0.2 \
  --quiet
mtl-train ready.h5 -o model.h5 --epochs 1 --quiet
mtl-predict model.h5 "$golden/many-none.parquet" -o parquet.csv --quiet
mtl-predict model.h5 many.csv -o csv.csv --quiet
same csv.csv parquet.csv
mtl-predict model.h5 - -o parquet.csv --quiet <"$golden/many-none.parquet"
same csv.csv parquet.csv
mtl-convert many.csv --delimiter comma --thousands "'" --missing NA -o table.h5 \
  --quiet
mtl-prep table.h5 -o ready.h5 --task truth --ignore row --split valid=0.2 \
  --quiet
mtl-train ready.h5 -o model.h5 --epochs 1 --quiet
mtl-predict model.h5 "$golden/many-none.parquet" -o parquet.csv --quiet
mtl-predict model.h5 many.csv -o csv.csv --quiet
same csv.csv parquet.csv "a model of texts with flags"

# Of dates that no text taught, texts are those of ISO 8601.
mtl-convert "$golden/duckdb-v2.parquet" -o table.h5 --quiet
mtl-prep table.h5 -o ready.h5 --task d --ignore i --split valid=0.2 --quiet
mtl-train ready.h5 -o model.h5 --epochs 1 --quiet
mtl-predict model.h5 "$golden/duckdb-v1.parquet" -o parquet.csv --quiet
python3 - <<'PYTHON'
import csv, json
with open("duckdb.csv") as rows, open("duckdb.jsonl", "w") as lines:
    for row in csv.DictReader(rows):
        row = {name: text for name, text in row.items() if text != "NA"}
        row |= {name: float(row[name]) for name in ("i", "d", "s", "money")
                if name in row}
        lines.write(json.dumps(row) + "\n")
PYTHON
for new in duckdb.csv duckdb.jsonl; do
  mtl-predict model.h5 "$new" -o text.csv --quiet
  same parquet.csv text.csv "dates of $new"
  for like in table.h5 ready.h5 model.h5; do
    mtl-convert "$new" --like "$like" -o like.h5 --quiet
    mtl-predict model.h5 like.h5 -o text.csv --quiet
    same parquet.csv text.csv "dates of $new like $like"
  done
done
mtl-convert --like table.h5 duckdb.csv -o again.h5 --quiet
mtl-convert --like again.h5 duckdb.csv -o like.h5 --quiet
same_content again.h5 like.h5
# Numbers are seconds; other texts are refused with what reads them.
sed 's/2024-01-02,/1704153600,/' duckdb.csv | sed -n '1p;3p' >seconds.csv
sed -n '1p;3p' duckdb.csv >text.csv
mtl-convert --like table.h5 text.csv -o a.csv --quiet
mtl-convert --like table.h5 seconds.csv -o b.csv --quiet
same a.csv b.csv
sed 's/2024-01-02,/02.01.2024,/' text.csv >german.csv
refuses 65 "german.csv:2: column 'day': '02.01.2024' is no date written as 'date' .*--type day=date:%d.%m.%Y" \
  mtl-predict model.h5 german.csv -o no.csv
refuses 65 "german.csv:2: column 'day': '02.01.2024' is no date written as 'date' \(--type day=date:%d.%m.%Y" \
  mtl-convert --like table.h5 german.csv -o no.h5
mtl-convert --like table.h5 german.csv --type day=date:%d.%m.%Y -o b.csv --quiet
same a.csv b.csv
mtl-convert text.csv -o words.h5 --quiet
refuses 65 "words.h5: column 'day', row '0': '2024-01-02' is a word, and the column is one of dates; .*--type day=date, or --type day=date:FORMAT" \
  mtl-predict model.h5 words.h5 -o no.csv

mtl-convert --list formats | grep -q '^ *parquet' || fail "no format parquet"
head -c 3000 "$golden/many-v2.parquet" >cut.parquet
refuses 65 'cut.parquet: this Parquet file has no end: it is cut' \
  mtl-convert cut.parquet -o no.h5
refuses 65 "nested.parquet: column 'tags' is nested .*--type tags=ignore" \
  mtl-convert "$golden/nested.parquet" -o no.h5
refuses 65 'compressed with brotli.*write it with zstd' \
  mtl-convert "$golden/codec-brotli.parquet" -o no.h5
refuses 65 'this is Parquet, not an mtlkit file .*mtl-convert' \
  mtl-train "$golden/many-v2.parquet" -o no.h5
gzip -c "$golden/many-v2.parquet" >packed.parquet.gz
refuses 65 'Parquet file inside gzip.*unpack it first' \
  mtl-convert packed.parquet.gz -o no.h5
[ ! -e no.h5 ] || fail "a refused file was left behind"
echo "Parquet: all well"
