#!/usr/bin/env bash
# New rows as the table was that a model or a dataset is of.
. "$(dirname "$0")/common.sh"

# A file with two lines in front, units behind the header, and its own markers.
python3 - <<'PYTHON'
import random
random.seed(3)
with open("old.txt", "w") as old:
    old.write("made by a logger\nof 2024\n")
    old.write("age;zip;when;town;pay;sick\nyears;;;;EUR;\n")
    for row in range(200):
        age = random.randrange(20, 80)
        town = random.choice(["Bonn", "Celle", "Ulm"])
        old.write("%s;%s;%02d.%02d.2024;%s;%d,5;%s\n" % (
            "-9" if row % 50 == 7 else age, random.choice(["01067", "10115"]),
            1 + row % 28, 1 + row % 12, town, random.randrange(1000),
            "yes" if age > 50 else "no"))
PYTHON
{ printf 'made by a logger\nof 2025\n'
  printf 'town;pay;when;age;zip\n;EUR;;years;\n'
  printf 'Ulm;12,5;03.04.2025;-9;01067\nCelle;7;28.02.2025;61;10115\n'
} >new.txt
mtl-convert old.txt --skip 2 --skip-after-header 1 --delimiter ';' \
  --decimal , --missing=-9 --type zip=category --type 'when=date:%d.%m.%Y' \
  -o old.h5 -q
mtl-prep old.h5 -o ready.h5 --task sick --split valid=0.2 --seed 1 -q
mtl-train ready.h5 -o model.h5 --epochs 2 --seed 1 -q

# The flags, types, order and classes are those of the old table; the target is
# not there. A model and a prepared dataset say the same.
mtl-convert new.txt --like model.h5 -o new.csv 2>notes
cat >wanted.csv <<'CSV'
id,age,when,pay,zip,town
0,,2025-04-03,12.5,01067,Ulm
1,61,2025-02-28,7,10115,Celle
CSV
same new.csv wanted.csv
grep -q "read as the texts of model.h5: --missing='-9' --decimal ',' --delimiter ';' --skip 2 --skip-after-header 1 --type when=date" notes ||
  fail "flags are not said: $(cat notes)"
mtl-convert new.txt --like ready.h5 -o new.csv -q
same new.csv wanted.csv
mtl-convert new.txt --like model.h5 -o new.h5 -q
mtl-predict model.h5 new.h5 -o a.csv -q
mtl-predict model.h5 new.txt -o b.csv 2>notes
same a.csv b.csv
grep -q -- '--skip 2 --skip-after-header 1' notes ||
  fail "mtl-predict does not say how it reads: $(cat notes)"
# What was made like it can be the pattern of further rows.
mtl-convert new.txt --like new.h5 -o again.csv -q
same again.csv wanted.csv
# A flag that is given holds.
sed 1d new.txt >less.txt
mtl-convert less.txt --like model.h5 --skip 1 -o less.csv -q
same less.csv wanted.csv
# The same rows as JSON lines need none of the flags.
printf '%s\n' '{"pay":12.5,"when":"03.04.2025","zip":"01067","town":"Ulm"}' \
  '{"age":61,"town":"Celle","pay":7,"when":"28.02.2025","zip":"10115"}' >new.jsonl
mtl-convert new.jsonl --like model.h5 -o lines.csv -q
same lines.csv wanted.csv

# What contradicts is named, all of it.
head -n 4 new.txt | cut -d ';' -f 2- >bad.txt
printf 'old;03.04.2025;sixty;01067\n' >>bad.txt
refuses 65 "bad.txt: column 'town' is missing; column 'age', row '0': 'sixty' is not a number; column 'pay', row '0': 'old' is not a number" \
  mtl-convert bad.txt --like model.h5 -o bad.h5 -q
[ ! -e bad.h5 ] || fail "a refused table is written"
sed '5,$d' old.txt >maybe.txt
printf '30;01067;01.02.2024;Bonn;1;maybe\n' >>maybe.txt
refuses 65 "target 'sick': class 'maybe' is not known" \
  mtl-convert maybe.txt --like model.h5 -o bad.h5 -q
printf 'x\n\nage;zip;when;town;pay;more\nyears;;;;;\n30;01067;01.02.2024;Trier;1;2\n' >more.txt
mtl-convert more.txt --like model.h5 -o more.csv 2>notes
grep -q "does not know the column 'more': it is left out" notes ||
  fail "$(cat notes)"
grep -q "column 'town': 1 row has a category that training never saw, such as 'Trier'" notes ||
  fail "$(cat notes)"

# Codes are compared as they are written, whatever the other rows hold; what is
# a class is no marker of missing values, and markers of CSV are some in lines.
python3 - <<'PYTHON'
import json, random
random.seed(5)
with open("codes.jsonl", "w") as lines, open("codes.csv", "w") as table:
    table.write("n,code,sort,y\n")
    for row in range(120):
        code = random.choice(["01", "1", "0.10"])
        sort = random.choice(["NA", "b"])
        n = random.randrange(9)
        lines.write(json.dumps({"n": n, "code": code, "sort": sort,
                                "y": n > 4}) + "\n")
        table.write("%d,%s,%s,%s\n" % (n, code, sort, n > 4))
PYTHON
printf 'n,code,sort\n1,1,NA\n2,0.1,b\n3,01,?\n' >codes-new.csv
printf '%s\n' '{"n":1,"code":"1","sort":"NA"}' '{"n":2,"code":"0.1","sort":"b"}' \
  '{"n":3,"code":"01","sort":null}' >codes-new.jsonl
for old in codes.jsonl codes.csv; do
  mtl-convert $old --type code=category -o codes.h5 -q
  mtl-prep codes.h5 -o codes-ready.h5 --task y --seed 1 -q
  mtl-train codes-ready.h5 -o codes-model.h5 --epochs 1 --seed 1 -q
  for new in codes-new.csv codes-new.jsonl; do
    mtl-predict codes-model.h5 $new -o $old-$new.h5 2>notes
    grep -q "column 'code': 1 row has a category that training never saw, such as '0.1'" notes ||
      fail "0.1 is taken for 0.10: $(cat notes)"
    mtl-convert $new --like codes-model.h5 -o like.csv -q
    case $old in
      *.jsonl) wanted='0,1,1,NA|1,2,0.1,b|2,3,01,' ;;
      *) wanted='0,1,1,|1,2,0.1,b|2,3,01,' ;;
    esac
    [ "$(sed 1d like.csv | paste -sd '|')" = "$wanted" ] ||
      fail "$new like a model of $old: $(cat like.csv)"
  done
  mtl-convert $old-codes-new.jsonl.h5 -o lines.csv -q
  mtl-convert $old-codes-new.csv.h5 -o table.csv -q
  same lines.csv table.csv "the same rows are predicted in two ways"
done

# Features of SVMlight are numbered as before, and as many; so are labels.
printf '1 0:1 3:2\n-1 1:1\n1 0:2\n-1 2:1 3:1\n' >old.svm
printf '1 1:1\n1 2:3\n' >new.svm
mtl-convert old.svm -o svm.h5 -q
mtl-convert new.svm --like svm.h5 -o new-svm.h5 -q
mtl-convert new-svm.h5 -o new-svm.csv -q
mtl-convert new.svm --index-base 0 --features 4 -o said.h5 -q
mtl-convert said.h5 -o said.csv -q
cut -d , -f 1-5 new-svm.csv >a
cut -d , -f 1-5 said.csv >b
same a b "features begin elsewhere"
mtl-inspect new-svm.h5 >shown
grep -q 'label.*-1' shown || fail "its labels are not those before: $(cat shown)"
# Labels of other classes are renamed by the name of their task.
printf '1 1:1\n0 2:3\n' >zero.svm
refuses 65 "zero.svm: target 'label': class '0' is not known \(.*--rename-class TARGET OLD NEW" \
  mtl-convert zero.svm --like svm.h5 -o bad.h5 -q
mtl-convert zero.svm --like svm.h5 --rename-class label 0 -1 -o renamed.h5 -q
mtl-convert zero.svm --like renamed.h5 -o again.h5 -q
mtl-convert again.h5 -o again.csv -q
cut -d , -f 6 again.csv >a
printf 'label\n1\n-1\n' >b
same a b "renamed labels"
printf '1 5:1\n' >wide.svm
refuses 65 "input block 'sparse' has 6 features, the file of --like has 4" \
  mtl-convert wide.svm --like svm.h5 -o bad.h5 -q
refuses 2 "--like has no effect: new-svm.h5 is a file" \
  mtl-convert new-svm.h5 --like svm.h5 -o x.csv
echo "like: ok"
