#pragma once

#include <memory>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <tuple>

#include "base/choice.h"
#include "prep/training_rows.h"
#include "prep/transform.h"

namespace mtlkit {

struct TransformEntry;

// A column by the block it is in and its name; without a name, all columns of
// the block.
struct ColumnRef {
  std::string block;
  std::string column;

  bool operator==(const ColumnRef&) const = default;
  bool operator<(const ColumnRef& other) const {
    return std::tie(block, column) < std::tie(other.block, other.column);
  }
};
using ColumnSet = std::set<ColumnRef>;

std::span<const TransformEntry* const> TransformEntries();
// Throws kUsage for an unknown name.
const TransformEntry& FindTransform(std::string_view name);

// Keeps all columns but those in `left_out`. Of categorical columns it keeps
// the categories that occur in the training rows; others become "unknown". An
// error if no column is left. `texts`, of those kept, go in whatever they hold.
std::shared_ptr<const Transform> FitSelect(const TrainingRows& rows,
                                           const ColumnSet& left_out,
                                           const ColumnSet& texts = {});

// The registered transform `choice` on `columns`. `where` (a flag) stands in
// front of what is said of its options. A column of a kind that it does not
// take is kUsage.
std::shared_ptr<const Transform> FitTransform(const TrainingRows& rows,
                                              const Choice& choice,
                                              const ColumnSet& columns,
                                              const std::string& where);
// "impute:method=mean" on every column that it takes.
std::shared_ptr<const Transform> FitTransform(const TrainingRows& rows,
                                              std::string_view choice);

// The last step: gives the blocks of each view the names and the order that
// networks know them by: the numbers as the view (`features` without one),
// then VIEW.categorical and VIEW.sparse (VIEW if there is nothing else).
std::shared_ptr<const Transform> FitLayout(const TrainingRows& rows);

}  // namespace mtlkit
