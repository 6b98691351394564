#include "prep/missing_texts.h"

#include <algorithm>
#include <cstdint>
#include <string>
#include <utility>

#include "data/head.h"
#include "prep/table_columns.h"

namespace mtlkit {
namespace {

// A column without a value behind those of a block of categories.
void AddEmptyColumn(const std::string& name, Index rows, InputBlock* block) {
  std::vector<std::int32_t> codes;
  for (Index row = 0; row < rows; ++row) {
    for (Index col = 0; col < block->cols; ++col) {
      codes.push_back(block->codes[row * block->cols + col]);
    }
    codes.push_back(-1);
  }
  block->codes = Array<std::int32_t>(std::move(codes));
  block->columns.push_back(name);
  block->categories.emplace_back();
  ++block->cols;
}

}  // namespace

void AddMissingTexts(const std::vector<Task>& tasks, Dataset* raw) {
  constexpr const char* kBlock = "categorical";
  if (!raw->transforms.empty()) return;
  for (const Task& task : tasks) {
    if (!task.traits().is_written || task.source.columns.empty()) continue;
    const std::string& name = task.source.columns.front();
    const bool is_there = std::ranges::any_of(
        ListColumns(raw->inputs),
        [&](const TableColumn& column) { return column.name() == name; });
    if (is_there) continue;
    auto at = std::ranges::find(raw->inputs, kBlock, &InputBlock::name);
    if (at == raw->inputs.end()) {
      InputBlock block;
      block.name = kBlock;
      block.kind = InputKind::kCategorical;
      at = raw->inputs.insert(at, std::move(block));
    }
    AddEmptyColumn(name, raw->rows, &*at);
  }
}

}  // namespace mtlkit
