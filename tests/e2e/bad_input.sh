#!/usr/bin/env bash
# Bad input: one line that says what and where, the promised exit code, nothing
# half-written, what was there untouched.
source "$(dirname "$0")/common.sh"
source "$root/tests/e2e/bad_common.sh"

# Wrong, empty and truncated files, for each operand that is a file of ours.
: >files/empty
head -c 1000 ready.h5 >files/cut
head -c 300 ready.h5 >files/short
tail -c +513 ready.h5 >files/foreign
printf '\x89PNG\r\n\x1a\n\0\0\0\rIHDR' >files/png
printf '%%PDF-1.4\n%%\xe2\xe3\n' >files/pdf
printf 'PK\x03\x04\x14\0\0\0\0\0' >files/zip
head -c 600 model.h5 | tail -c 400 >files/noise
gzip -c table.csv >files/gzip
cp table.csv files/text
{ head -c 900 ready.h5; printf X; tail -c +902 ready.h5; } >files/flip
while read -r file pattern; do
  no 65 "files/$file: .*$pattern" mtl-prep "files/$file" -o old.h5 --task price
  no 65 "files/$file: .*$pattern" mtl-train "files/$file" -o old.h5
  no 65 "files/$file: .*$pattern" mtl-predict "files/$file" ready.h5 -o old.h5
  case $file in
    gzip | text) ;; # a table is taken as it is
    *) no 65 "files/$file: .*$pattern" mtl-predict model.h5 "files/$file" -o old.h5 ;;
  esac
  no 65 "files/$file: .*$pattern" mtl-eval "files/$file"
  no 65 "files/$file: .*$pattern" mtl-eval pred.h5 --data "files/$file"
  no 65 "files/$file: .*$pattern" mtl-inspect "files/$file"
  no 1 "files/$file: .*$pattern" mtl-inspect --check "files/$file"
  no 65 "files/$file: .*$pattern" mtl-cotrain init new --data "files/$file"
  no 65 "files/$file: .*$pattern" mtl-cotrain local "files/$file" -o new
done <<'LIST'
empty empty
cut truncated.*envelope.says
short truncated
foreign HDF5.file.of.another.program
png an.image
pdf a.PDF.document
zip zip.*unpack
noise (no.kind.of.file|not.an.mtlkit.file)
gzip gzip.*(convert.it:.mtl-convert|mtl-train.makes|mtl-predict.MODEL)
text CSV.*(convert.it:.mtl-convert|mtl-train.makes|mtl-predict.MODEL)
flip (digest|damaged|checksum)
LIST
mtl-predict model.h5 table.h5 -o t/table.pred.h5 -q
mtl-convert t/table.pred.h5 --to csv -o t/table.pred.csv -q
for file in gzip text; do
  mtl-predict model.h5 files/$file -o t/taken.h5 -q
  mtl-convert t/taken.h5 --to csv -o - -q | cmp - t/table.pred.csv ||
    fail "files/$file is predicted otherwise than what mtl-convert made of it"
  cat files/$file | mtl-predict model.h5 - -o - -q | cmp - t/taken.h5 ||
    fail "files/$file is predicted otherwise through a pipe"
done
no 65 'truncated gzip' mtl-convert <(head -c 200 files/gzip) -o old.h5
for file in empty png pdf zip foreign noise; do
  no 65 "files/$file: " mtl-convert files/$file -o old.h5
done
printf 'a,b\n1,2\n1e39,3\n' >files/large
no 65 "files/large:3: column 'a': '1e39' is too large" \
  mtl-convert files/large --precision single -o old.h5
[ "$(wc -l <refused.err)" -eq 1 ] || fail "it is said to have been read"
no 2 'is a file of the toolkit.*--to csv' mtl-convert model.h5 -o old.h5

# A kind of ours where another is needed; what is missing; a folder.
no 65 'this is a model, not a dataset' mtl-train model.h5 -o old.h5
no 65 'this is a model, not a dataset' mtl-prep model.h5 -o old.h5 --task price
no 65 'this is a dataset.*, not predictions' mtl-eval ready.h5
no 65 'this is predictions, not a model' mtl-predict pred.h5 ready.h5 -o old.h5
no 65 'this is a dataset.*, not a checkpoint' "${quiet_train[@]}" \
  --checkpoint other.h5
for tool in 'prep --task price -o old.h5' 'train -o old.h5' eval inspect \
  'predict model.h5 -o old.h5' 'cotrain init new --data' \
  'convert -o old.h5'; do
  # shellcheck disable=SC2086
  no 66 'nothere.h5: cannot be opened: No such file or directory \(check the path' mtl-$tool nothere.h5
  [ "${tool%% *}" != convert ] || continue  # it reads folders of pictures
  # shellcheck disable=SC2086
  no 66 'folder, not a file' mtl-$tool files
done
no 65 'files/png: is cut short' mtl-convert -o old.h5 files
for command in round merge status verify; do
  no 66 'this is no run' mtl-cotrain $command files
done

# Arrays are converted first, as the model wants them.
mtl-convert table.h5 -o t/rows.npz -q
no 65 't/rows.npz: this is zip or npz, not a table \(convert it first: mtl-convert t/rows.npz --like model.h5 -o rows.h5' \
  mtl-predict model.h5 t/rows.npz -o old.h5
no 65 't/rows.npz --like run/[^ ]*.h5 -o rows.h5' mtl-predict run t/rows.npz -o old.h5
rm t/rows.npz

# stdin: empty, cut, twice, a terminal.
no 65 'stdin: empty' mtl-train - -o old.h5 </dev/null
no 65 'stdin: empty' mtl-convert - -o old.h5 </dev/null
no 65 'stdin: truncated.*header says' mtl-train - -o old.h5 < <(head -c 1000 ready.h5)
no 65 'stdin: this is CSV' mtl-train - -o old.h5 < <(cat table.csv)
no 2 'cannot both be stdin' mtl-predict - - -o old.h5 </dev/null
no 2 'cannot both be stdin' mtl-eval - - </dev/null
no 2 'cannot both be stdin' mtl-convert a=- b=- -o old.h5 </dev/null
if ! script -qec true /dev/null </dev/null >/dev/null 2>&1; then
  echo 'skipped: what is said to a terminal (none can be made here)'
else
  for command in 'mtl-prep table.h5 --task price -o -' \
    'mtl-train ready.h5 -o -' 'mtl-predict model.h5 ready.h5 -o -' \
    'mtl-convert table.csv -q -o -'; do
    script -qec "$command" /dev/null </dev/null >shown 2>&1 || true
    grep -q 'refusing to write HDF5 to a terminal' shown || fail "$command"
    rm shown
    nothing_left "$command"
  done
fi

# Text tables.
table() { printf "$2" >"t/$1"; }
table ragged 'a,b\n1,2\n3\n'
table long 'a,b\n1,2\n3,4,5\n'
table twice 'id,b\nx,2\nx,3\n'
table inf 'a,b\n1,2\ninf,3\n'
table quote 'a,b\n1,"2\n'
table latin 'a,b\nM\xfcller,2\nx,3\n'
table blank '\n\n'
table head 'a,b\n'
table ok 'a,b\n1,x\n2,y\n'
table value.arff '@relation x\n@attribute b {x,y}\n@data\nx\nz\n'
table type.arff '@relation x\n@attribute a foo\n@data\n1\n'
table cut.arff '@relation x\n@attribute a numeric\n'
table number.arff '@relation x\n@attribute a numeric\n@data\n1\nx\n'
table sparse.arff '@relation x\n@attribute a numeric\n@data\n{5 1}\n'
table value.svm '1 1:2 3:x\n'
table twice.svm '1 1:2 1:3\n'
table control 'a,b\n1,\033[1m\n'
table scale 'a,b\n1e308,1\n-1e308,2\n0,3\n'
table near 'a,b\n1,1000000000001\n2,1000000000002\n3,1000000000003\n'
table nan.svm '1 1:nan\n'
table label.svm 'x 1:2\n'
table far.svm '1 99999999999:1\n'
table cut.xml '<labels><label name="a"'
table whole.xml '<labels><label name="a"></label></labels>'
while read -r name pattern; do
  no 65 "$pattern" mtl-convert "t/$name" -o old.h5
done <<'LIST'
ragged t/ragged:3: 1 cell
long t/long:3: 3 cells
twice t/twice:3: id 'x' occurs twice, first at t/twice:2
inf t/inf:3: column 'a': 'inf' is infinite
quote t/quote:2: a quote that is never closed
latin t/latin:2: .*not UTF-8
control t/control: .*byte 0x1b in line 2
blank t/blank: no rows
value.arff t/value.arff:5: .*'z' is not one of its declared values
type.arff t/type.arff:2: .*'foo'; known are
cut.arff t/cut.arff: ends before @data
number.arff t/number.arff:5: column 'a': 'x' is not a number
sparse.arff t/sparse.arff:4: '5' is no attribute number
value.svm t/value.svm:1: feature 3: 'x'
twice.svm t/twice.svm:1: feature 1 occurs twice
nan.svm t/nan.svm:1: feature 1: 'nan'
label.svm t/label.svm:1: label 'x'
far.svm t/far.svm:1: '99999999999' .* of 0 to
LIST
no 65 'no rows' mtl-convert t/head --header yes -o old.h5
mtl-convert t/scale -o t/scale.h5 -q
no 65 "column 'a': its values are too large" mtl-prep t/scale.h5 --task b \
  -o old.h5
mtl-convert t/near -o t/near.h5 -q
no 65 "task 'b': its labels differ by too little" mtl-prep t/near.h5 --task b \
  -o old.h5
sed '5s/red\|green\|blue/purple/' table.csv >t/purple
mtl-convert t/purple -o t/purple.h5 -q
mtl-predict model.h5 t/purple.h5 -o t/purple-pred.h5 -q 2>t/warnings
grep -q "task 'colour': 1 row has a class that the model does not know, 'purple'" \
  t/warnings || fail 'an unknown class is taken silently'
mtl-eval t/purple-pred.h5 --json --draws 0 -q >t/purple.json 2>t/warnings
grep -q '"unknown_class": 1' t/purple.json ||
  fail 'a row of an unknown class is not counted'
grep -q 'a class that the model does not know (purple): it counts' t/warnings ||
  fail 'a row of an unknown class is evaluated silently'
no 65 '--to csv' mtl-convert table.h5 table.csv -o old.h5
no 65 '/dev/zero: this is binary' mtl-convert /dev/zero -o old.h5
# A cell deep in a file, and rows so long that the first look holds but one.
{
  printf 'a,b\n'
  printf '1,2\n%.0s' $(seq 50000)
  printf '1,\0\n'
} >t/deep
no 65 "t/deep:50002: column 'b': '.x00'" mtl-convert t/deep -o old.h5
for line in 'c%s,' '%s,' '1%s,'; do
  # shellcheck disable=SC2059
  printf "$line" $(seq 50000)
  echo end
done >t/wide
mtl-convert t/wide -o t/wide.h5 -q 2>t/warnings
mtl-prep t/wide.h5 --task c3 -o t/wide-ready.h5 -q
no 65 "t/ok:2: column 'b': 'x' is not a number" \
  mtl-convert t/ok --type b=number -o old.h5
no 65 'cut.xml: a tag without' \
  mtl-convert t/number.arff --labels t/cut.xml -o old.h5
no 65 "view 'y' has .* rows" mtl-convert --beside x=t/ok y=table.csv -o old.h5 -q
while read -r pattern flags; do
  # shellcheck disable=SC2086
  no 2 "${pattern//_/ }" mtl-convert t/ok $flags -o old.h5 -q
done <<'LIST'
no_column_'zz' --type zz=number
did_you_mean_'number' --type a=numbr
COLUMN=TYPE --type a
no_class_'q' --rename-class b q y
no_column_'zz' --rename-class zz x y
needs_3_values,_but_-v_follows --rename-class b x -v
is_no_delimiter --delimiter xx
must_be_at_least_0 --skip -1
did_you_mean_'csv' --format cvs
must_be_one_of --to xml
only_ARFF --labels t/whole.xml
for_svmlight_only --features 5
no_column_is_left --type ?=ignore
there_is_no_flag.*--missing --mising NA
LIST
