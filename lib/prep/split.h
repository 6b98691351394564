#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/rng.h"
#include "base/view.h"
#include "data/dataset.h"

namespace mtlkit {

// The rows to learn from: the split `train`; without one, the rows that are in
// no split (folds apart). Throws kBadInput where there are none.
std::vector<Index> TrainingRowsOf(const Dataset& dataset);
// The same without a copy where they are a split; else they go into `made`,
// which must outlive them, as must the split.
const std::vector<Index>& TrainingRowsOf(const Dataset& dataset,
                                         std::vector<Index>* made);

// How `count` things are dealt out: the part number of each, 0 ..
// fractions.size() - 1, or -1 for those left over when the fractions add up to
// less than 1. Each depends on its arguments and `rng` alone.
using Parts = std::vector<std::int32_t>;

// Sizes are the rounded cumulated fractions of `count`.
Parts DivideRandom(Index count, const std::vector<double>& fractions,
                   const Rng& rng);

// Each stratum (any numbers; one a row) is dealt out in these fractions, and
// so is the whole: each part of each stratum is within one row of its share
// for two parts, and within as many rows as there are parts otherwise.
Parts DivideStratified(const std::vector<std::int64_t>& strata,
                       const std::vector<double>& fractions, const Rng& rng);

// Rows of one group (one number a row) stay together: large groups first, each
// to the part that lacks most rows.
Parts DivideGrouped(const std::vector<std::int64_t>& groups,
                    const std::vector<double>& fractions, const Rng& rng);

// The same where rows carry labels, too (as for DivideIterative): large groups
// first, each to the part p that lacks most of what the group has,
// argmax sum_l n_gl (f_p N_l - n_pl) / N_l over labels l and the rows
// themselves, which adds least to the chi-square
// sum_p sum_l (n_pl - f_p N_l)^2 / N_l of all parts. That is the greedy search
// of StratifiedGroupKFold (scikit-learn 0.24) for parts of any size and several
// labels a row. Rows of a group stay together.
Parts DivideGroupsEvenly(const std::vector<std::int64_t>& groups,
                         const std::vector<std::vector<Index>>& labels,
                         Index label_count,
                         const std::vector<double>& fractions, const Rng& rng);

// Rows in the order of `times`, one a row, finite: what the fractions leave of
// 1 comes first, then each part in turn, the last part at the end. Equal times
// stay together: each cut goes to the nearest change.
Parts DivideInTime(const std::vector<double>& times,
                   const std::vector<double>& fractions);

// Iterative stratification for rows that carry several labels at once
// (Sechidis, Tsoumakas and Vlahavas, "On the stratification of multi-label
// data", 2011): the rarest label first, each row to the part that lacks most
// of it. labels: for each row, the numbers of its labels, below `label_count`.
Parts DivideIterative(const std::vector<std::vector<Index>>& labels,
                      Index label_count, const std::vector<double>& fractions,
                      const Rng& rng);

// One entry of `--split valid=0.15`.
struct SplitPart {
  std::string name;
  double fraction = 0;
};
// Reads NAME=FRACTION; kUsage for anything else.
SplitPart ParseSplitPart(std::string_view text);

// How rows are dealt out.
struct SplitMethod {
  enum Kind {
    kRandom,
    kStratified,
    kGrouped,
    kMultilabel,
    kInTime
  } kind = kRandom;
  // One a row of the dataset: strata or groups.
  std::vector<std::int64_t> numbers;
  // One a row: its labels (kMultilabel; kGrouped, where groups are to be dealt
  // out by them).
  std::vector<std::vector<Index>> labels;
  Index label_count = 0;
  // One a row (kInTime).
  std::vector<double> times = {};
};

// Makes the splits of `parts` that the dataset lacks. A split that is there
// stays. The others take their fraction of the training rows (all rows, where
// there are no splits); `train` is what remains, unless `parts` gives it a
// fraction and it was not there. In time, `train` comes first, the others in
// the order of `parts`. A split without rows is an error.
void AddSplits(const std::vector<SplitPart>& parts, const SplitMethod& method,
               Seed seed, Dataset* dataset);

// Divides the training rows into `fold0` ... of equal size. Folds that are
// there are replaced.
void AddFolds(Index folds, const SplitMethod& method, Seed seed,
              Dataset* dataset);

}  // namespace mtlkit
