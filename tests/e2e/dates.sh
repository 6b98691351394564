#!/usr/bin/env bash
# Dates from text to predictions: new rows get the numbers of the training rows.
. "$(dirname "$0")/common.sh"

# What is to be predicted depends on month, day of the week and hour.
python3 - <<'PYTHON'
import datetime, random
random.seed(1)
start = datetime.datetime(2022, 1, 1)
with open("rides.csv", "w") as rides, open("new.csv", "w") as new:
    rides.write("when,place,riders\n")
    new.write("when,place\n")
    for row in range(600):
        when = start + datetime.timedelta(hours=random.randrange(16000))
        riders = 10 * (when.weekday() > 4) + when.month + when.hour / 4
        text = when.strftime("%d.%m.%Y %H:%M")
        rides.write("%s,A%d,%g\n" % (text, row % 2, riders))
        if row >= 560:
            new.write("%s,A%d\n" % (text, row % 2))
PYTHON

mtl-convert rides.csv --type 'when=date:%d.%m.%Y %H:%M' -o rides.h5
mtl-prep rides.h5 -o ready.h5 --task riders --split valid=0.2 --seed 1
mtl-train ready.h5 -o model.h5 --epochs 60 --seed 1
mtl-convert ready.h5 --to csv -o ready.csv
head -n 1 ready.csv | grep -q 'when.day-of-week.sin,' ||
  fail "no day of the week goes in: $(head -n 1 ready.csv)"

# As text and as a dataset, and of few rows, whose first date is another.
mtl-predict model.h5 new.csv -o text.csv 2>notes
grep -q "read as the texts were.*--type 'when=date:%d.%m.%Y %H:%M'" notes ||
  fail "the format of the training texts is not used: $(cat notes)"
mtl-convert new.csv --type 'when=date:%d.%m.%Y %H:%M' -o new.h5
mtl-predict model.h5 new.h5 -o dataset.csv
cmp text.csv dataset.csv
{ head -n 1 new.csv && tail -n 5 new.csv; } >last.csv
mtl-predict model.h5 last.csv -o last-text.csv
cut -d , -f 2 last-text.csv | tail -n 5 >a
cut -d , -f 2 text.csv | tail -n 5 >b
cmp a b
tail -n 40 rides.csv | cut -d , -f 3 >truth
python3 - <<'PYTHON'
truth = [float(line) for line in open("truth")]
said = [float(line.split(",")[1]) for line in list(open("text.csv"))[1:]]
worst = max(abs(a - b) for a, b in zip(truth, said))
assert worst < 5, worst
PYTHON

# Milliseconds, as pandas' to_json writes dates, are refused by every reader: of
# dates that were text, and of numbers.
printf '{"when":1700000000000,"place":"A0"}\n' >ms.jsonl
remedy="milliseconds: divide them by 1000.*date_format='iso'"
for flags in "mtl-convert ms.jsonl --like ready.h5 -o no.h5 -q" \
  "mtl-convert ms.jsonl --type when=date -o no.h5"; do
  refuses 65 "ms.jsonl:1: column 'when': '1700000000000' is no date .*$remedy" \
    $flags
done
mtl-convert rides.h5 -o rides.jsonl
python3 - <<'PYTHON'
import datetime, json
with open("rides.jsonl") as rides, open("seconds.jsonl", "w") as seconds:
    for line in rides:
        row = json.loads(line)
        del row["id"]
        when = datetime.datetime.fromisoformat(row["when"] + "+00:00")
        seconds.write(json.dumps(row | {"when": int(when.timestamp())}) + "\n")
PYTHON
mtl-convert seconds.jsonl -o seconds.h5 -q
mtl-prep seconds.h5 --task riders --transform when=date -o seconds-ready.h5 -q
mtl-train seconds-ready.h5 -o seconds-model.h5 --epochs 1 -q
{ head -n 3 seconds.jsonl
  printf '{"when":1700000000000,"place":"A0","riders":1}\n'; } >ms.jsonl
mtl-convert ms.jsonl -o ms.h5 -q
said="column 'when', row '3': 1700000000000 seconds since 1970 are no date .*milliseconds\? divide them by 1000.*date_format='iso'"
refuses 65 "ms.jsonl: $said" \
  mtl-predict seconds-model.h5 ms.jsonl -o no.csv -q
refuses 65 "ms.jsonl: $said" \
  mtl-convert ms.jsonl --like seconds-ready.h5 -o no.h5 -q
refuses 65 "ms.h5: $said" mtl-prep ms.h5 --task riders --transform when=date \
  -o no.h5
refuses 65 "ms.h5: $said" mtl-prep ms.h5 --like seconds-ready.h5 -o no.h5
[ ! -e no.h5 ] && [ ! -e no.csv ] || fail "a refused table is written"

# Milliseconds of 1970 can be seconds: the guess is said.
for day in 1 2 3 5; do
  printf '{"when":%d,"place":"A0","riders":1}\n' $((day * 3600000))
done >early.jsonl
said="column 'when': numbers are read as seconds since 1970, up to the year"
mtl-predict seconds-model.h5 early.jsonl -o early.csv 2>notes
grep -q "warning: .*$said 1970, and all are multiples of 1000: divide" notes ||
  fail "a guess is not said: $(cat notes)"
printf '{"when":8640000000,"place":"A0","riders":1}\n' >early.jsonl
mtl-convert early.jsonl --like seconds-ready.h5 -o early.h5 2>notes
grep -q "warning: .*$said 2243: divide" notes ||
  fail "a guess is not said: $(cat notes)"
mtl-predict seconds-model.h5 seconds.jsonl -o seconds.csv 2>notes
if grep -q "$said" notes; then fail "what is plain is warned of: $(cat notes)"; fi
