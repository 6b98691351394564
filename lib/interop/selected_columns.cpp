#include "interop/selected_columns.h"

#include <algorithm>
#include <map>
#include <string_view>

#include "data/schema.h"

namespace mtlkit {
namespace {

std::vector<Index> CodesAfter(const std::vector<std::string>& before,
                              const std::vector<std::string>& after) {
  std::map<std::string_view, Index> known;
  for (const std::string& category : after) {
    known.emplace(category, std::ssize(known));
  }
  std::vector<Index> codes;
  for (const std::string& category : before) {
    const auto at = known.find(category);
    codes.push_back(at == known.end() ? std::ssize(after) : at->second);
  }
  codes.push_back(std::ssize(after));
  codes.push_back(-1);
  return codes;
}

}  // namespace

std::vector<SelectedColumns> ColumnsTaken(const std::vector<InputSpec>& before,
                                          const std::vector<InputSpec>& after) {
  std::vector<SelectedColumns> result;
  for (const InputSpec& wanted : after) {
    const auto from = std::ranges::find(before, wanted.name, &InputSpec::name);
    SelectedColumns taken;
    taken.block = from - before.begin();
    const ColumnFinder finder(&*from);
    for (Index i = 0; i < wanted.cols; ++i) {
      const Index column = finder.Find(ColumnName(wanted, i));
      taken.columns.push_back(column);
      if (wanted.kind != InputKind::kCategorical) continue;
      taken.codes.push_back(
          CodesAfter(from->categories[At(column)], wanted.categories[At(i)]));
    }
    result.push_back(std::move(taken));
  }
  return result;
}

}  // namespace mtlkit
