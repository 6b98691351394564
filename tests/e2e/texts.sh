#!/usr/bin/env bash
# Sentences with labels of their words and their own go through every tool: from
# files of lines to a network of both, predictions as text, and their measures;
# raw and prepared rows and any number of threads give the same; bad files are
# refused with one line.
source "$(dirname "$0")/common.sh"

c=$samples/commands
mtl-convert "train=$c/train" "valid=$c/valid" "test=$c/test" -o raw.h5 2>convert.txt
grep -q 'a line a row, for words and tags and intent' convert.txt ||
  fail "$(cat convert.txt)"
mtl-prep raw.h5 -o ready.h5 --task tags=tags --task intent --words words 2>prep.txt
grep -q "tags of the tokens of 'words', in chunks" prep.txt || fail "$(cat prep.txt)"
train='--layers 16 --head-layers 24 --embedding 16 --epochs 6 --rate 0.02
  --batch 32 --quiet'
for threads in 1 3; do
  mtl-train ready.h5 $train --threads $threads -o "m$threads.h5"
done
same m1.h5 m3.h5 "threads"
for kind in raw ready; do
  mtl-predict m1.h5 $kind.h5 --split test -o $kind.p.h5 --quiet
  mtl-convert $kind.p.h5 --to csv -o $kind.csv --quiet
done
same raw.csv ready.csv "raw and prepared"
[ "$(wc -l <raw.csv)" -eq 201 ] || fail "$(wc -l <raw.csv) lines of predictions"
head -n 1 raw.csv | grep -q '^id,tags,tags.true,intent,' || fail "$(head -n 1 raw.csv)"

# As many tags as words, every one of them legal.
python3 - raw.csv "$c/test/seq.in" <<'END'
import csv, sys
rows = list(csv.DictReader(open(sys.argv[1])))
words = open(sys.argv[2]).read().splitlines()
assert len(rows) == len(words)
for row, text in zip(rows, words):
    tags = row["tags"].split()
    assert len(tags) == len(text.split()) == len(row["tags.true"].split()), row
    for before, tag in zip(["O"] + tags, tags):
        assert tag[0] != "I" or before[2:] == tag[2:], row
END

mtl-eval ready.p.h5 --metrics all --draws 50 --json >e.json
python3 - e.json raw.csv <<'END'
import csv, json, sys
rows = list(csv.DictReader(open(sys.argv[2])))
def find(node, name):
    if isinstance(node, dict):
        if node.get("metric") == name or node.get("name") == name: return node
        node = list(node.values())
    if isinstance(node, list):
        for item in node:
            got = find(item, name)
            if got: return got
def chunks(tags):
    found, start = set(), None
    for i, tag in enumerate(tags + ["O"]):
        if start is not None and (tag[0] != "I" or tag[2:] != tags[start][2:]):
            found.add((start, i, tags[start][2:])); start = None
        if tag[0] == "B": start = i
    return found
right = there = whole = tokens = hits = 0
for row in rows:
    said, true = row["tags"].split(), row["tags.true"].split()
    right += len(chunks(said) & chunks(true)); there += len(chunks(said)) + len(chunks(true))
    whole += said == true
    tokens += len(true); hits += sum(a == b for a, b in zip(said, true))
text = json.dumps(json.load(open(sys.argv[1])))
for value in (2 * right / there, whole / len(rows), hits / tokens):
    assert f"{value:.6f}"[:7] in text or f"{value:.9g}"[:9] in text or str(value)[:8] in text, (value, text[:3000])
assert 2 * right / there > 0.6, 2 * right / there
END

# Rows that are prepared as others were; texts alone; texts that were cut.
mtl-prep raw.h5 --like m1.h5 -o again.h5 --quiet
mtl-predict m1.h5 again.h5 --split test -o again.p.h5 --quiet
mtl-convert again.p.h5 --to csv -o again.csv --quiet
same again.csv raw.csv "--like"
printf 'play one by ola\n\nxyzzy\n' >say.txt
mtl-convert say.txt --format lines --names <(echo words) -o say.h5 --quiet
mtl-predict m1.h5 say.h5 -o say.p.h5 --quiet
mtl-convert say.p.h5 --to csv -o say.csv --quiet
[ "$(sed -n 2p say.csv | cut -d, -f2 | wc -w)" -eq 4 ] || fail "$(cat say.csv)"
mtl-prep raw.h5 -o cut.h5 --task tags=tags --task intent --words words:length=3 --quiet
mtl-train cut.h5 $train --epochs 1 -o cut.m.h5
mtl-predict cut.m.h5 raw.h5 --split test -o cut.p.h5 --quiet
mtl-convert cut.p.h5 --to csv -o cut.csv --quiet
[ "$(cut -d, -f2 cut.csv | tail -n +2 | awk '{ if (NF > n) n = NF } END { print n }')" -eq 3 ] ||
  fail "$(head -n 4 cut.csv)"

# Each form of texts, alone and together; a label for each word as the only task.
mtl-prep raw.h5 -o only.h5 --task tags=tags --ignore intent --words words --quiet
mtl-train only.h5 --layers none --epochs 1 --quiet -o only.m.h5
mtl-prep raw.h5 -o forms.h5 --task intent --ignore tags --bpe words=400 \
  --hash-ngrams words=chars:2-4:500 --tfidf words=words:1-2:1000 2>forms.txt
mtl-train forms.h5 --layers 16 --epochs 4 --rate 0.02 --quiet -o forms.m.h5
for kind in raw forms; do
  mtl-predict forms.m.h5 $kind.h5 --split test -o p.h5 --quiet
  mtl-convert p.h5 --to csv -o $kind.csv --quiet
done
same raw.csv forms.csv "forms of texts, raw and prepared"
mtl-train forms.h5 --inputs words.tfidf --layers none --epochs 4 --rate 0.05 \
  --quiet -o linear.h5

# Free texts do not become columns by themselves.
paste -d, <(sed 's/,//g; s/^/note /' "$c/train/seq.in" | head -n 120) \
  <(head -n 120 "$c/train/label") <(seq 120) | sed '1i note,intent,x' >notes.csv
mtl-convert notes.csv -o notes.h5 --quiet
mtl-prep notes.h5 -o x.h5 --task intent 2>notes.txt
grep -q "column 'note' holds texts" notes.txt || fail "$(cat notes.txt)"
mtl-inspect x.h5 | grep -q 'note=' && fail "texts became columns"

# What is wrong is one line.
mkdir bad
cp "$c"/valid/* bad
sed -i '$d' bad/seq.out
refuses 65 "seq.out: ends behind line 149" mtl-convert bad -o x.h5
cp "$c"/valid/* bad
sed -i '3s/ O//' bad/seq.out
mtl-convert bad -o bad.h5 --quiet
refuses 65 "row '2': [0-9]+ labels for [0-9]+ tokens of 'words'" \
  mtl-prep bad.h5 -o x.h5 --task tags=tags --words words
printf 'a\001b\nc\n' >control.txt
refuses 65 "control" mtl-convert control.txt --format lines -o x.h5
printf 'ok\n\377\n' >utf.txt
refuses 65 "utf.txt:2: .*not UTF-8" mtl-convert utf.txt --format lines -o x.h5
refuses 2 "no column becomes words" mtl-prep raw.h5 -o x.h5 --task tags=tags
refuses 2 "'words' \(tokens\)" mtl-train ready.h5 --mixup 0.2 $train -o x.h5
refuses 2 "compares rows" mtl-cotrain local ready.h5 --method mutual --peers 2 \
  $train -o x
refuses 2 "no column 'wrds'" mtl-prep raw.h5 -o x.h5 --task intent --words wrds
cp "$c"/valid/* bad
sed -i '1s/O/I-city/' bad/seq.out
mtl-convert bad -o bad.h5 --quiet
mtl-prep bad.h5 -o x.h5 --task tags=tags --words words 2>loose.txt
grep -q 'goes\? on with a chunk that has not begun' loose.txt || fail "$(cat loose.txt)"
# A line of 100,000 words, and one without blanks, are texts.
{
  printf 'word %.0s' $(seq 100000)
  echo
  printf 'x%.0s' $(seq 100000)
  echo
  cat say.txt
} >long.txt
mtl-convert long.txt --format lines --names <(echo words) -o long.h5 --quiet
mtl-predict forms.m.h5 long.h5 -o long.p.h5 --quiet
