#include "data/shuffle_columns.h"

#include <algorithm>
#include <utility>

#include "data/block_kind.h"
#include "data/blocks.h"

namespace mtlkit {
namespace {

template <class T>
Array<T> Shuffled(const Array<T>& cells, Index cols,
                  std::span<const Index> columns,
                  std::span<const Index> order) {
  if (cells.empty()) return cells;
  std::vector<T> shuffled(cells.begin(), cells.end());
  const T* from = cells.data();
  for (std::size_t row = 0; row < order.size(); ++row) {
    T* to = shuffled.data() + static_cast<Index>(row) * cols;
    for (const Index col : columns) to[col] = from[order[row] * cols + col];
  }
  return Array<T>(std::move(shuffled));
}

// Calls visit(column, value) for the entries of a row.
template <class Visit>
void ForEntries(const InputBlock& block, Index row, Visit visit) {
  for (Index at = block.row_starts[row]; at < block.row_starts[row + 1]; ++at) {
    visit(block.indices[at], block.values[at]);
  }
}

InputBlock ShuffledEntries(const InputBlock& block,
                           std::span<const Index> columns,
                           std::span<const Index> order) {
  std::vector<bool> moves(At(block.cols));
  for (const Index col : columns) moves[At(col)] = true;
  std::vector<std::int64_t> starts = {0};
  std::vector<std::int32_t> indices;
  std::vector<float> values;
  std::vector<std::pair<std::int32_t, float>> entries;
  for (std::size_t row = 0; row < order.size(); ++row) {
    entries.clear();
    ForEntries(block, static_cast<Index>(row), [&](auto col, float value) {
      if (!moves[At(col)]) entries.emplace_back(col, value);
    });
    ForEntries(block, order[row], [&](auto col, float value) {
      if (moves[At(col)]) entries.emplace_back(col, value);
    });
    std::ranges::sort(entries, {},
                      [](const auto& entry) { return entry.first; });
    for (const auto& [col, value] : entries) {
      indices.push_back(col);
      values.push_back(value);
    }
    starts.push_back(std::ssize(indices));
  }
  InputBlock shuffled = block;
  shuffled.row_starts = Array<std::int64_t>(std::move(starts));
  shuffled.indices = Array<std::int32_t>(std::move(indices));
  shuffled.values = Array<float>(std::move(values));
  return shuffled;
}

}  // namespace

InputBlock ShuffleColumns(const InputBlock& block,
                          std::span<const Index> columns,
                          std::span<const Index> order) {
  const BlockTraits& traits = TraitsOf(block.kind);
  if (!traits.has_columns || columns.empty()) return GatherRows(block, order);
  if (traits.is_compressed) return ShuffledEntries(block, columns, order);
  InputBlock shuffled = block;
  shuffled.dense = Shuffled(block.dense, block.cols, columns, order);
  shuffled.wide = Shuffled(block.wide, block.cols, columns, order);
  shuffled.codes = Shuffled(block.codes, block.cols, columns, order);
  return shuffled;
}

}  // namespace mtlkit
