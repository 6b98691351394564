#include "prep/constant_columns.h"

#include <algorithm>
#include <cmath>
#include <string>
#include <vector>

#include "base/error.h"
#include "base/text.h"
#include "data/schema.h"
#include "prep/transform_entry.h"

namespace mtlkit {
namespace {

// Which columns of one block vary. A number that is missing is another value
// than any; a category that is missing becomes one.
class VaryingColumns {
 public:
  explicit VaryingColumns(const InputSpec& spec)
      : first_(At(spec.cols)), known_(first_.size()), varies_(first_.size()) {}

  void LookAt(const InputBlock& block, Index rows) {
    const bool numbers = TakesNumbers(block.kind);
    for (Index at = 0; at < rows * block.cols; ++at) {
      const std::size_t col = At(at % block.cols);
      if (varies_[col]) continue;
      const double value =
          numbers ? DenseCell(block, at) : static_cast<double>(block.codes[at]);
      if (!numbers && value < 0) continue;
      if (!known_[col]) first_[col] = value;
      known_[col] = true;
      varies_[col] = std::isnan(value) || value != first_[col];
    }
  }

  bool IsConstant(std::size_t col) const {
    return known_[col] && !varies_[col];
  }

 private:
  std::vector<double> first_;
  std::vector<bool> known_, varies_;
};

}  // namespace

ColumnSet ConstantColumns(const TrainingRows& rows, const ColumnSet& left_out) {
  ColumnSet constant;
  if (rows.rows() < 2) return constant;
  bool any_other = false;
  for (const InputSpec& spec : rows.specs()) {
    if (!TakesNumbers(spec.kind) && !TakesCategories(spec.kind)) {
      any_other = true;
      continue;
    }
    VaryingColumns columns(spec);
    rows.ForEach(spec.name, [&](const InputBlock& block, Index count) {
      columns.LookAt(block, count);
    });
    for (Index i = 0; i < spec.cols; ++i) {
      const ColumnRef ref{spec.name, ColumnName(spec, i)};
      if (left_out.count(ref) > 0) continue;
      if (columns.IsConstant(At(i))) {
        constant.insert(ref);
      } else {
        any_other = true;
      }
    }
  }
  if (!any_other && !constant.empty()) {
    Fail(ErrorKind::kBadInput,
         Str("each input column, such as '", constant.begin()->column,
             "', has one value in the training rows"),
         "there is nothing to learn from; choose other columns or rows");
  }
  return constant;
}

void NoteConstant(const ColumnSet& columns, Reporter* reporter) {
  constexpr std::size_t kShown = 5;
  if (columns.empty()) return;
  if (columns.size() == 1) {
    reporter->Note(Str("column '", columns.begin()->column,
                       "' has one value in the training rows and is left out"));
    return;
  }
  std::vector<std::string> first;
  for (const ColumnRef& ref : columns) {
    if (first.size() < kShown) first.push_back(ref.column);
  }
  reporter->Note(Str(columns.size(),
                     " columns have one value in the training rows and are "
                     "left out: '",
                     Join(first, "', '"), "'",
                     first.size() < columns.size() ? " ..." : ""));
}

}  // namespace mtlkit
