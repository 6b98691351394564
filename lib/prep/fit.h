#pragma once

#include <functional>
#include <memory>
#include <set>
#include <span>
#include <string>
#include <tuple>
#include <vector>

#include "data/dataset.h"
#include "prep/transform.h"

namespace mtlkit {

// The training rows of a table after the transforms so far, in pieces. The
// blocks must outlive it.
class TrainingRows {
 public:
  TrainingRows(const std::vector<InputBlock>& inputs, Transforms done,
               std::span<const Index> rows);

  // What the pieces look like.
  const std::vector<InputSpec>& specs() const { return specs_; }
  Index rows() const { return static_cast<Index>(rows_.size()); }
  // Calls `visit` with consecutive pieces of a block, in the order of rows.
  void ForEach(const std::string& block,
               const std::function<void(const InputBlock& piece, Index rows)>&
                   visit) const;

 private:
  const std::vector<InputBlock>& inputs_;
  Transforms done_;
  std::vector<Index> rows_;
  std::vector<InputSpec> specs_;
};

// A column by the block it is in and its name.
struct ColumnRef {
  std::string block;
  std::string column;

  bool operator==(const ColumnRef&) const = default;
  bool operator<(const ColumnRef& other) const {
    return std::tie(block, column) < std::tie(other.block, other.column);
  }
};

// Keeps all columns but those in `left_out`. Of categorical columns it keeps
// the categories that occur in the training rows; others become "unknown". An
// error if no column is left.
std::shared_ptr<const Transform> FitSelect(const TrainingRows& rows,
                                           const std::set<ColumnRef>& left_out);

// Fills missing numbers with the column's "median" or "mean", and missing
// categories with the most frequent one (the first of several). A column
// without any value in the training rows is an error.
std::shared_ptr<const Transform> FitImpute(const TrainingRows& rows,
                                           const std::string& method);

// Beside every number of a dense block that has more than two values, up to
// `pieces` (> 1) columns `column:low..high`: how far the number is through that
// piece of its range, 0 below and 1 above (piecewise-linear encoding;
// Gorishniy, Rubachev and Babenko, On Embeddings for Numerical Features, 2022).
// The edges divide the training rows evenly, frequent values apart.
std::shared_ptr<const Transform> FitPieces(const TrainingRows& rows,
                                           Index pieces);

// "standard": (x - mean) / standard deviation (of n), deviation 1 for constant
// columns; "minmax": to [0, 1]; "max-abs": x / largest magnitude, the only one
// for sparse blocks, which the others leave alone.
std::shared_ptr<const Transform> FitScale(const TrainingRows& rows,
                                          const std::string& method);

// "onehot": one dense block a view, called as the view (`features` without
// one): its numbers, then a column `column=category` for each category.
// "index": categories stay codes in a block `features.categorical`, where the
// number after the last category stands for unknown.
std::shared_ptr<const Transform> FitEncode(const TrainingRows& rows,
                                           const std::string& method);

}  // namespace mtlkit
