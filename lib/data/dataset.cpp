#include "data/dataset.h"

#include <algorithm>

#include "base/error.h"
#include "base/options.h"
#include "base/text.h"

namespace mtlkit {

Index IdCount(const RowIds& ids) {
  return std::visit(
      [](const auto& values) { return static_cast<Index>(values.size()); },
      ids);
}

std::string IdText(const RowIds& ids, Index row) {
  const auto at = At(row);
  if (const auto* names = std::get_if<TextIds>(&ids)) {
    return names->at(at);
  }
  return std::to_string(std::get<NumberIds>(ids).at(at));
}

Schema Dataset::schema() const {
  Schema result;
  result.inputs.assign(inputs.begin(), inputs.end());
  result.tasks = tasks;
  return result;
}

const InputBlock* Dataset::FindInput(std::string_view name) const {
  for (const InputBlock& block : inputs) {
    if (block.name == name) return &block;
  }
  return nullptr;
}

const std::vector<Index>& Dataset::SplitRows(std::string_view name) const {
  const auto at = splits.find(std::string(name));
  if (at != splits.end()) return at->second;
  const std::vector<std::string> known = SplitNames();
  const std::string near = Nearest(name, known);
  Fail(ErrorKind::kUsage,
       Str("there is no split '", name, "'",
           near.empty() ? "" : Str("; did you mean '", near, "'?")),
       known.empty() ? "this file has no splits: make them with mtl-prep "
                       "--split"
                     : Str("this file has: ", Join(known, ", ")));
}

std::vector<std::string> Dataset::SplitNames() const {
  std::vector<std::string> names;
  for (const char* first : {"train", "valid", "test"}) {
    if (splits.count(first) > 0) names.emplace_back(first);
  }
  const auto usual = static_cast<std::ptrdiff_t>(names.size());
  for (const auto& [name, rows_of_split] : splits) {
    const auto end = names.begin() + usual;
    if (std::find(names.begin(), end, name) == end) names.push_back(name);
  }
  std::sort(names.begin() + usual, names.end(), NaturalLess);
  return names;
}

Index Labels::PlaceOf(Index row) const {
  if (on_all_rows) return row;
  const auto at = std::lower_bound(rows.begin(), rows.end(), row);
  return at == rows.end() || *at != row ? -1 : at - rows.begin();
}

Index Labels::PlacesFrom(Index first) const {
  if (on_all_rows) return 1;
  const auto begin = rows.begin() + first;
  return std::find_if(begin, rows.end(),
                      [&](Index row) { return row != *begin; }) -
         begin;
}

bool Labels::HasLabel(Index place, Index cols) const {
  return values.AnyKnown(At(place * cols), At(cols));
}

}  // namespace mtlkit
