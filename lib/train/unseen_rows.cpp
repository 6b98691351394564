#include "train/unseen_rows.h"

#include <algorithm>

namespace mtlkit {
namespace {

// The last of `codes` is for what is unseen or missing.
std::vector<double> TimesRead(const InputBlock& block, Index column,
                              Index codes, std::span<const Index> rows) {
  std::vector<double> times(At(codes));
  for (const Index row : rows) {
    const std::int32_t code = block.codes[row * block.cols + column];
    times[code < 0 ? At(codes - 1) : At(code)] += 1;
  }
  return times;
}

}  // namespace

UnseenRows::UnseenRows(const Network& network, const Dataset& data,
                       std::span<const Index> rows,
                       const std::vector<bool>& frozen) {
  for (const Node& node : network.nodes()) {
    if (node.layer->kind() != "embedding") continue;
    const Index input = network.info(node.inputs[0]).input;
    const InputBlock& block = data.inputs[At(input)];
    if (block.kind != InputKind::kCategorical) continue;
    for (std::size_t column = 0; column < node.params.size(); ++column) {
      const Index slice = node.params[column];
      if (!frozen.empty() && frozen[At(slice)]) continue;
      Table table;
      table.slice = slice;
      table.times = TimesRead(block, static_cast<Index>(column),
                              network.weights()->slice(slice).spec.rows, rows);
      const auto unread =
          std::count(table.times.begin(), table.times.end(), 0.0);
      if (unread == 0 || unread == std::ssize(table.times)) continue;
      tables_.push_back(std::move(table));
    }
  }
}

void UnseenRows::Fill(Block* weights) const {
  for (const Table& table : tables_) {
    const MatView values = weights->At(table.slice);
    std::vector<double> mean(At(values.cols));
    double total = 0;
    for (Index row = 0; row < values.rows; ++row) {
      const double times = table.times[At(row)];
      total += times;
      for (Index col = 0; col < values.cols; ++col) {
        mean[At(col)] += times * static_cast<double>(values(row, col));
      }
    }
    for (Index row = 0; row < values.rows; ++row) {
      if (table.times[At(row)] > 0) continue;
      for (Index col = 0; col < values.cols; ++col) {
        values(row, col) = static_cast<Real>(mean[At(col)] / total);
      }
    }
  }
}

}  // namespace mtlkit
