#include "interop/array_summary.h"

#include <vector>

#include "base/error.h"
#include "base/text.h"
#include "text/text_lists.h"

namespace mtlkit {

std::string SummariseArrays(const Dataset& table) {
  Index numbers = 0;
  Index dates = 0;
  Index categories = 0;
  Index sparse = 0;
  std::vector<std::string> parts = {Counted(table.rows, "row", "rows")};
  std::vector<std::string> images;
  for (const InputBlock& block : table.inputs) {
    if (block.kind == InputKind::kDense) {
      dates += std::ssize(block.dates);
      numbers += block.cols - std::ssize(block.dates);
    }
    if (block.kind == InputKind::kCategorical) categories += block.cols;
    if (block.kind == InputKind::kSparse) sparse += block.cols;
    if (block.kind != InputKind::kImage) continue;
    images.push_back(
        Str("images of ", block.height, " x ", block.width, " x ", block.cols));
  }
  if (numbers > 0) parts.push_back(Counted(numbers, "number", "numbers"));
  if (dates > 0) parts.push_back(Counted(dates, "date", "dates"));
  if (categories > 0) {
    parts.push_back(Counted(categories, "category", "categories"));
  }
  if (sparse > 0) {
    parts.push_back(Counted(sparse, "sparse feature", "sparse features"));
  }
  parts.insert(parts.end(), images.begin(), images.end());
  if (!table.tasks.empty()) {
    parts.push_back(Counted(std::ssize(table.tasks), "task", "tasks"));
  }
  if (IdCount(table.ids) > 0) parts.emplace_back("ids");
  if (!table.weights.empty()) parts.emplace_back("weights");
  if (!table.groups.empty()) parts.emplace_back("groups");
  std::vector<std::string> splits;
  for (const std::string& name : table.SplitNames()) {
    splits.push_back(Str(name, " ", table.splits.at(name).size()));
  }
  return Join(parts, ", ") +
         (splits.empty() ? "" : "; splits " + Join(splits, ", "));
}

std::string WarningOfTasks(std::span<const DataArray> arrays) {
  constexpr std::size_t kMostNames = 8;
  std::vector<std::string> names;
  for (const DataArray& array : arrays) {
    if (array.group != "tasks") continue;
    names.push_back(names.size() < kMostNames
                        ? Str("'", ShowText(array.name), "'")
                        : "...");
    if (names.size() > kMostNames) break;
  }
  if (names.empty()) return "";
  return Str(
      Join(names, ", "),
      names.size() == 1 ? " of tasks/ is a column" : " of tasks/ are columns",
      " like others: mtl-prep takes for an input what neither --task "
      "nor --ignore names");
}

}  // namespace mtlkit
