# Good files to spoil, and what every refused command must leave alone; sourced
# after common.sh.
{
  echo 'id,price,sold,colour,size,score,school'
  colours=(red blue green)
  for i in $(seq 1 120); do
    sold=$([ $(((i * 7) % 11)) -gt 5 ] && echo yes || echo no)
    echo "$i,$((i * 3 % 50)).5,$sold,${colours[i % 3]},$((i % 17)),$((i % 9)),s$((i % 4))"
  done
} >table.csv
mtl-convert table.csv -o table.h5 -q
mtl-prep table.h5 -o ready.h5 --task price --task sold --task colour \
  --split valid=0.2,test=0.2 -q
mtl-prep table.h5 -o other.h5 --task score --inputs size -q
mtl-prep table.h5 -o unscaled.h5 --task price --task sold --task colour \
  --scale none --split valid=0.2,test=0.2 -q
mtl-train ready.h5 -o model.h5 --layers 8 --epochs 1 -q
mtl-predict model.h5 ready.h5 --split test -o pred.h5 -q
mtl-predict model.h5 ready.h5 --split valid -o valid.pred.h5 -q
mtl-cotrain init run --data ready.h5 --layers 4 --epochs 1 -q
mtl-cotrain round run -q

# What every refused command must leave as it is.
echo precious >old.h5
cp old.h5 old.copy
mkdir files t
touch refused.out refused.err names.after names.before
ls -A >names.before
nothing_left() {
  same old.h5 old.copy "$*"
  ls -A >names.after
  same names.before names.after "$* left something: $(diff names.before names.after)"
}
no() {
  refuses "$@"
  nothing_left "${@:3}"
}
quiet_train=(mtl-train ready.h5 -o old.h5 --layers 4 -q)
