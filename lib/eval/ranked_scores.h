#pragma once

#include <cstdint>
#include <span>
#include <utility>
#include <vector>

#include "eval/metric.h"

namespace mtlkit {

// Weights of the rows of one score, in descending order of the score.
struct TiedRows {
  double positive = 0;
  double negative = 0;
};

// Rows (or blocks of them) in descending order of their scores, so that a
// measure that depends on the order only is one pass over groups of equal
// scores.
class RankedScores {
 public:
  // Rows whose y is NaN are left out; y above 1/2 is positive.
  RankedScores(std::span<const double> y, std::span<const double> score);

  std::size_t size() const { return entries_.size(); }
  // Calls `add(group)` for groups in descending order of the score.
  template <class Add>
  void ForGroups(std::span<const double> weights, Add add) const {
    TiedRows group;
    for (std::size_t i = 0; i < entries_.size(); ++i) {
      const Entry entry = entries_[i];
      if (entry.starts_group && group.positive + group.negative > 0) {
        add(std::exchange(group, {}));
      }
      double weight = weights[entry.row];
      if (!weights_.empty()) weight *= weights_[i];
      (entry.positive != 0 ? group.positive : group.negative) += weight;
    }
    if (group.positive + group.negative > 0) add(group);
  }

 private:
  friend class BlockedScores;

  // A row (or block), whether it is positive, and whether its score is less
  // than the one before.
  struct Entry {
    std::uint32_t row : 30;
    std::uint32_t positive : 1;
    std::uint32_t starts_group : 1;
  };
  RankedScores() = default;

  std::vector<Entry> entries_;
  std::vector<double> scores_;   // one an entry; of rows only
  std::vector<double> weights_;  // one an entry; empty: 1
};

// Collects the scores of rows that come piece by piece, and sorts them with
// blocks in place of the rows: 8 bytes a row until they are sorted (16 where a
// score is no `float`), 4 bytes behind that, 8 more where rows have weights.
class BlockedScores {
 public:
  // How many rows there will be at most.
  void Expect(Index rows) {
    expected_ = At(rows);
    narrow_.reserve(expected_);
  }
  // Rows of `piece` are numbered from `first` on.
  void Add(const RankedScores& piece, std::uint32_t first);
  // The order of all rows, whose blocks and weights (empty: 1) are given by
  // number. Leaves nothing here.
  RankedScores Take(std::span<const std::uint16_t> block_of_row,
                    std::span<const double> weights);

 private:
  // Twice the row, plus 1 where it is positive.
  using MarkedRow = std::uint32_t;
  struct Wide {
    double score;
    MarkedRow row;
  };
  void Widen();

  // The score, turned so that large ones come first, over the row.
  std::vector<std::uint64_t> narrow_;
  std::vector<Wide> wide_;
  bool is_wide_ = false;
  std::size_t expected_ = 0;
};

}  // namespace mtlkit
