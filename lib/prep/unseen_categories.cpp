#include "prep/unseen_categories.h"

#include <algorithm>
#include <set>
#include <string_view>

#include "base/error.h"
#include "base/text.h"
#include "data/schema.h"

namespace mtlkit {
namespace {

// The rows of a column whose category is new.
struct UnseenRows {
  Index rows = 0;
  Index values = 0;     // rows that have a category
  std::string example;  // the first that is new
};

UnseenRows FindUnseen(const InputBlock& block, Index rows, Index col,
                      const std::vector<std::string>& fitted) {
  const std::set<std::string_view> seen(fitted.begin(), fitted.end());
  const auto& names = block.categories[At(col)];
  std::vector<bool> is_new;
  for (const std::string& name : names) is_new.push_back(seen.count(name) == 0);
  UnseenRows unseen;
  for (Index row = 0; row < rows; ++row) {
    const std::int32_t code = block.codes[row * block.cols + col];
    if (code < 0 || At(code) >= names.size()) continue;
    ++unseen.values;
    if (is_new[At(code)] && unseen.rows++ == 0) {
      unseen.example = names[At(code)];
    }
  }
  return unseen;
}

// Categories that are all new are the old ones in another spelling.
std::string AllAreNew(const std::string& column, const UnseenRows& unseen,
                      bool have_all, bool are_arrays,
                      const std::vector<std::string>& fitted) {
  constexpr std::size_t kShown = 5;
  const std::size_t shown = std::min(kShown, fitted.size());
  const std::vector<std::string> known(
      fitted.begin(), fitted.begin() + static_cast<Index>(shown));
  return Str("column '", column, "': all ", unseen.rows,
             have_all ? " rows" : " rows with a value",
             " have a category that training never saw, such as '",
             unseen.example, "'; it saw '", Join(known, "', '"), "'",
             shown < fitted.size() ? " ..." : "",
             are_arrays ? ": write them as training had them"
                        : Str(": mtl-convert --like MODEL --rename-class '",
                              column, "' '", unseen.example,
                              "' NEW makes one of these of it"));
}

}  // namespace

void WarnOfUnseen(const std::vector<InputSpec>& wanted, const ColumnSet& texts,
                  const std::vector<InputBlock>& inputs, Index rows,
                  bool are_arrays, std::vector<std::string>* warnings) {
  constexpr Index kFewRows = 10;
  for (const InputBlock& block : inputs) {
    if (block.kind != InputKind::kCategorical) continue;
    const auto spec = std::ranges::find_if(wanted, [&](const InputSpec& one) {
      return one.kind == block.kind && ViewOf(one.name) == ViewOf(block.name);
    });
    if (spec == wanted.end()) continue;
    for (Index col = 0; col < block.cols; ++col) {
      const std::string& name = block.columns[At(col)];
      const Index at = FindColumn(*spec, name);
      if (at < 0 || texts.count({spec->name, name}) > 0) continue;
      const auto& fitted = spec->categories[At(at)];
      const UnseenRows unseen = FindUnseen(block, rows, col, fitted);
      if (unseen.rows == 0) continue;
      warnings->push_back(
          unseen.rows == unseen.values && unseen.rows >= kFewRows
              ? AllAreNew(name, unseen, unseen.rows == rows, are_arrays, fitted)
              : Str("column '", name, "': ",
                    Counted(unseen.rows, "row has a category",
                            "rows have a category"),
                    " that training never saw, such as '", unseen.example,
                    "'"));
    }
  }
}

}  // namespace mtlkit
