#include "prep/column_warnings.h"

#include <algorithm>
#include <limits>
#include <string>

#include "base/error.h"
#include "base/text.h"
#include "data/schema.h"
#include "prep/transform_entry.h"

namespace mtlkit {
namespace {

// Fewer categories than this can be different in every row by chance.
constexpr Index kFewCategories = 50;

// What the training rows hold of the columns of one block.
struct Seen {
  std::vector<double> low, high;         // of numbers
  std::vector<std::vector<bool>> codes;  // which categories occur
  std::vector<Index> known;              // rows with a category
};

void LookAt(const InputBlock& block, Index count, Seen* seen) {
  for (Index at = 0; at < count * block.cols; ++at) {
    const std::size_t col = At(at % block.cols);
    if (block.kind == InputKind::kDense) {
      const double value = DenseCell(block, at);
      if (value < seen->low[col]) seen->low[col] = value;
      if (value > seen->high[col]) seen->high[col] = value;
      continue;
    }
    const std::int32_t code = block.codes[at];
    auto& codes = seen->codes[col];
    if (code < 0 || At(code) >= codes.size()) continue;
    codes[At(code)] = true;
    ++seen->known[col];
  }
}

Seen LookAtRows(const TrainingRows& rows, const InputSpec& spec) {
  constexpr double kInfinity = std::numeric_limits<double>::infinity();
  Seen seen;
  seen.low.assign(At(spec.cols), kInfinity);
  seen.high.assign(At(spec.cols), -kInfinity);
  seen.known.assign(At(spec.cols), 0);
  for (const auto& names : spec.categories) {
    seen.codes.emplace_back(names.size());
  }
  rows.ForEach(spec.name, [&](const InputBlock& block, Index count) {
    LookAt(block, count, &seen);
  });
  return seen;
}

void Warn(const std::vector<std::string>& columns, std::string_view one,
          std::string_view many, Reporter* reporter) {
  constexpr std::size_t kShown = 5;
  if (columns.empty()) return;
  if (columns.size() == 1) {
    reporter->Warn(
        Str("column '", columns[0], "' ", one, " (--ignore ", columns[0], ")"));
    return;
  }
  const std::size_t shown = std::min(kShown, columns.size());
  const std::vector<std::string> first(
      columns.begin(), columns.begin() + static_cast<std::ptrdiff_t>(shown));
  reporter->Warn(Str(columns.size(), " columns ", many, ": '",
                     Join(first, "', '"), "'",
                     shown < columns.size() ? " ..." : "", " (--ignore)"));
}

}  // namespace

void WarnOfColumns(const std::vector<InputBlock>& inputs,
                   std::span<const Index> train, const ColumnSet& left_out,
                   Reporter* reporter) {
  const TrainingRows rows(inputs, {}, train);
  std::vector<std::string> constant;
  std::vector<std::string> unique;
  for (const InputSpec& spec : rows.specs()) {
    const bool numbers = spec.kind == InputKind::kDense;
    if (!numbers && spec.kind != InputKind::kCategorical) continue;
    const Seen seen = LookAtRows(rows, spec);
    for (Index i = 0; i < spec.cols; ++i) {
      const std::string name = ColumnName(spec, i);
      if (left_out.count({spec.name, name}) > 0) continue;
      if (numbers) {
        if (seen.low[At(i)] == seen.high[At(i)]) constant.push_back(name);
        continue;
      }
      const auto& codes = seen.codes[At(i)];
      const Index different = std::count(codes.begin(), codes.end(), true);
      if (different == 1) constant.push_back(name);
      if (different > kFewCategories && 2 * different > seen.known[At(i)]) {
        unique.push_back(name);
      }
    }
  }
  Warn(constant, "has one value in the training rows and teaches nothing",
       "have one value in the training rows and teach nothing", reporter);
  Warn(unique,
       "has another text in nearly every training row: a name, no category",
       "have another text in nearly every training row: names, no categories",
       reporter);
}

}  // namespace mtlkit
