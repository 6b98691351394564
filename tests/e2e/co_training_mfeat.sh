#!/usr/bin/env bash
# Two views of handwritten digits (Fourier and Karhunen-Loeve coefficients), 5
# labels a class: co-training with `agree` labelling against the same two
# classifiers left alone, paired over draws of the labels; beside it plain and
# self-training on the concatenated views. Of the 20 draws a sample is 10.
# Usage: BIN_DIR [DRAWS [ROUNDS]]
source "$(dirname "$0")/common.sh"
draws=${2:-$(campaign 10 20)}
rounds=${3:-12}
mtl-convert --beside "fou=$samples/mfeat-fou.csv.gz" \
  "kar=$samples/mfeat-kar.csv.gz" --names "fou=$samples/mfeat-fou.columns" \
  --names "kar=$samples/mfeat-kar.columns" -o mfeat.h5 --quiet

accuracy() {
  mtl-predict "$1" ready.h5 --split test --round "$2" -o predictions.h5
  mtl-eval model=predictions.h5 --metrics accuracy --draws 0 --csv |
    awk -F, 'NR == 2 {print $6}'
}

for draw in $(seq 1 "$draws"); do
  mtl-prep mfeat.h5 -o ready.h5 --task digit=multiclass --split train=0.7,test=0.3 \
    --stratify digit --keep-labels digit=5/class --seed "$draw" --quiet
  rm -rf views alone
  mtl-cotrain init views --data ready.h5 --method co-training --peers 2 \
    --view 0=fou --view 1=kar --labelling agree --layers 64 --seed "$draw"
  mtl-cotrain round views --rounds "$rounds" --quiet
  mtl-cotrain init alone --data ready.h5 --method self-training --peers 1 \
    --layers 64 --seed "$draw"
  mtl-cotrain round alone --rounds "$rounds" --quiet
  # Round 1 comes before any exchange: the classifiers left alone.
  echo "$(accuracy views 1) $(accuracy views "$rounds")" \
    "$(accuracy alone 1) $(accuracy alone "$rounds")" >>accuracies.txt
done

# Mean and 95 % interval (Student's t) over draws of a paired difference.
awk '
  function report(name, a, b,   i, d, mean, square, n, half) {
    n = NR; mean = 0; square = 0
    for (i = 1; i <= n; ++i) mean += (value[i, b] - value[i, a]) / n
    for (i = 1; i <= n; ++i) {
      d = value[i, b] - value[i, a] - mean
      square += d * d / (n - 1)
    }
    t = n >= 30 ? 2.04 : n >= 20 ? 2.093 : n >= 10 ? 2.262 : 2.776
    half = t * sqrt(square / n)
    printf "%-52s %+.4f [%+.4f, %+.4f]\n", name, mean, mean - half, mean + half
    return mean - half
  }
  {for (i = 1; i <= 4; ++i) {value[NR, i] = $i; sum[i] += $i}}
  END {
    print "accuracy, mean over " NR " draws"
    printf "  the two views left alone, their mean    %.4f\n", sum[1] / NR
    printf "  co-training, agree                      %.4f\n", sum[2] / NR
    printf "  one network on both views               %.4f\n", sum[3] / NR
    printf "  self-training on both views             %.4f\n", sum[4] / NR
    print "paired differences with 95 % intervals"
    low = report("  co-training - left alone", 1, 2)
    report("  self-training - one network on both views", 3, 4)
    report("  self-training on both views - co-training", 2, 4)
    if (low <= 0) {
      print "FAILED: co-training does not beat the same classifiers left alone"
      exit 1
    }
  }' accuracies.txt
