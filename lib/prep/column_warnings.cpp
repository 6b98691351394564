#include "prep/column_warnings.h"

#include <algorithm>
#include <string>
#include <utility>

#include "base/error.h"
#include "base/text.h"
#include "data/schema.h"
#include "prep/transform_entry.h"

namespace mtlkit {
namespace {

// Fewer categories than this can be different in every row by chance.
constexpr Index kFewCategories = 50;

// What the training rows hold of the columns of one block of categories.
struct Seen {
  std::vector<std::vector<bool>> codes;  // which categories occur
  std::vector<Index> known;              // rows with a category
};

void LookAt(const InputBlock& block, Index count, Seen* seen) {
  for (Index at = 0; at < count * block.cols; ++at) {
    const std::size_t col = At(at % block.cols);
    const std::int32_t code = block.codes[at];
    auto& codes = seen->codes[col];
    if (code < 0 || At(code) >= codes.size()) continue;
    codes[At(code)] = true;
    ++seen->known[col];
  }
}

Seen LookAtRows(const TrainingRows& rows, const InputSpec& spec) {
  Seen seen;
  seen.known.assign(At(spec.cols), 0);
  for (const auto& names : spec.categories) {
    seen.codes.emplace_back(names.size());
  }
  rows.ForEach(spec.name, [&](const InputBlock& block, Index count) {
    LookAt(block, count, &seen);
  });
  return seen;
}

// Rows of splits that are not learned from, folds apart, ascending.
std::vector<Index> HeldOutRows(const Dataset& data,
                               std::span<const Index> train) {
  std::vector<bool> is_held(At(data.rows));
  for (const auto& [name, rows] : data.splits) {
    if (IsFoldName(name)) continue;
    for (const Index row : rows) is_held[At(row)] = true;
  }
  for (const Index row : train) is_held[At(row)] = false;
  std::vector<Index> held;
  for (Index row = 0; row < data.rows; ++row) {
    if (is_held[At(row)]) held.push_back(row);
  }
  return held;
}

// Rows that have a category of a column, and those of them that have one which
// no training row has.
struct UnseenCount {
  Index known = 0;
  Index unseen = 0;
};

std::vector<UnseenCount> CountUnseen(const TrainingRows& held,
                                     const InputSpec& spec, const Seen& seen) {
  std::vector<UnseenCount> counts(At(spec.cols));
  held.ForEach(spec.name, [&](const InputBlock& block, Index count) {
    for (Index at = 0; at < count * block.cols; ++at) {
      const std::size_t col = At(at % block.cols);
      const std::int32_t code = block.codes[at];
      const auto& codes = seen.codes[col];
      if (code < 0 || At(code) >= codes.size()) continue;
      ++counts[col].known;
      counts[col].unseen += !codes[At(code)];
    }
  });
  return counts;
}

// Columns of which most rows that are held out have unseen categories.
using UnseenColumns = std::vector<std::pair<std::string, UnseenCount>>;

void WarnOfUnseen(const UnseenColumns& columns, Reporter* reporter) {
  constexpr std::size_t kFew = 3;
  for (std::size_t i = 0; i < columns.size() && columns.size() <= kFew; ++i) {
    const auto& [name, count] = columns[i];
    reporter->Warn(
        Str("column '", name, "': ", count.unseen, " of ", count.known,
            " rows that are held out have a category that no training row "
            "has: the column says nothing of them (--ignore ",
            name, ", or splits that share its categories)"));
  }
  if (columns.size() <= kFew) return;
  std::vector<std::string> first;
  for (std::size_t i = 0; i < kFew; ++i) first.push_back(columns[i].first);
  reporter->Warn(
      Str("of ", columns.size(),
          " columns most rows that are held out have a "
          "category that no training row has: '",
          Join(first, "', '"),
          "' ...; they say nothing of them (--ignore, or splits that share "
          "categories)"));
}

void Warn(const std::vector<std::string>& columns, std::string_view one,
          std::string_view many, Reporter* reporter) {
  constexpr std::size_t kShown = 5;
  if (columns.empty()) return;
  if (columns.size() == 1) {
    reporter->Warn(Str("column '", columns[0], "' ", one, " (--ignore ",
                       NameInList(columns[0]), ")"));
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
                   std::span<const Index> train, const Dataset& splits_of,
                   const ColumnSet& left_out, Reporter* reporter) {
  const TrainingRows rows(inputs, {}, train);
  const bool any_category =
      std::ranges::any_of(inputs, [](const InputBlock& block) {
        return block.kind == InputKind::kCategorical;
      });
  std::vector<Index> held_out;
  if (any_category) held_out = HeldOutRows(splits_of, train);
  const TrainingRows held(inputs, {}, held_out);
  std::vector<std::string> unique;
  UnseenColumns unseen_columns;
  for (const InputSpec& spec : rows.specs()) {
    if (spec.kind != InputKind::kCategorical) continue;
    const Seen seen = LookAtRows(rows, spec);
    const std::vector<UnseenCount> unseen = CountUnseen(held, spec, seen);
    for (Index i = 0; i < spec.cols; ++i) {
      const std::string name = ColumnName(spec, i);
      if (left_out.count({spec.name, name}) > 0) continue;
      const auto& codes = seen.codes[At(i)];
      const Index different = std::count(codes.begin(), codes.end(), true);
      if (different > kFewCategories && 2 * different > seen.known[At(i)]) {
        unique.push_back(name);
      } else if (2 * unseen[At(i)].unseen > unseen[At(i)].known) {
        unseen_columns.emplace_back(name, unseen[At(i)]);
      }
    }
  }
  Warn(unique,
       "has another text in nearly every training row: a name, no category",
       "have another text in nearly every training row: names, no categories",
       reporter);
  WarnOfUnseen(unseen_columns, reporter);
}

}  // namespace mtlkit
