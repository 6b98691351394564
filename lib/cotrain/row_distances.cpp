#include "cotrain/row_distances.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "base/error.h"
#include "data/blocks.h"
#include "data/schema.h"
#include "nn/arch.h"
#include "prep/piece.h"

namespace mtlkit {

RowDistances::RowDistances(const Dataset& dataset,
                           const std::vector<std::string>& inputs, double order)
    : order_(order) {
  for (const Index i : SelectInputs(dataset.schema().inputs, inputs)) {
    const InputBlock& block = dataset.inputs[At(i)];
    Require(block.kind != InputKind::kTokens, ErrorKind::kUsage,
            Str("input '", block.name, "' is ", InputKindName(block.kind),
                ", between which there is no distance"),
            "leave it out with --view, or use codistillation");
    blocks_.push_back(&block);
  }
}

double RowDistances::Term(double difference) const {
  const double size = std::abs(difference);
  if (order_ == 1) return size;
  return order_ == 2 ? size * size : std::pow(size, order_);
}

double RowDistances::Sparse(const InputBlock& block, Index a, Index b) const {
  Index i = block.row_starts[a];
  Index j = block.row_starts[b];
  const Index end_i = block.row_starts[a + 1];
  const Index end_j = block.row_starts[b + 1];
  double sum = 0;
  while (i < end_i || j < end_j) {
    const bool has_i =
        i < end_i && (j == end_j || block.indices[i] <= block.indices[j]);
    const bool has_j =
        j < end_j && (i == end_i || block.indices[j] <= block.indices[i]);
    const double x = has_i ? static_cast<double>(block.values[i]) : 0;
    const double y = has_j ? static_cast<double>(block.values[j]) : 0;
    sum += Term(x - y);
    i += has_i;
    j += has_j;
  }
  return sum;
}

double RowDistances::Between(Index a, Index b) const {
  double sum = 0;
  for (const InputBlock* block : blocks_) sum += InBlock(*block, a, b);
  return sum;
}

double RowDistances::InBlock(const InputBlock& block, Index a, Index b) const {
  const Index cells = block.row_cells();
  double sum = 0;
  switch (block.kind) {
    case InputKind::kSparse:
      return Sparse(block, a, b);
    case InputKind::kTokens:
      return 0;  // refused before
    case InputKind::kCategorical:
      for (Index i = 0; i < cells; ++i) {
        sum += block.codes[a * cells + i] != block.codes[b * cells + i];
      }
      return sum;
    case InputKind::kImage:
      for (Index i = 0; i < cells; ++i) {
        const double x = block.pixels[a * cells + i];
        const double y = block.pixels[b * cells + i];
        sum += Term((x - y) / 255);
      }
      return sum;
    case InputKind::kDense:
      for (Index i = 0; i < cells; ++i) {
        sum += Term(DenseCell(block, a * cells + i) -
                    DenseCell(block, b * cells + i));
      }
      return sum;
  }
  return sum;
}

NearestMeans::NearestMeans(const RowDistances& distances,
                           std::vector<Index> rows, std::vector<double> labels,
                           Index k)
    : distances_(distances),
      rows_(std::move(rows)),
      labels_(std::move(labels)),
      k_(std::min(At(k), rows_.size())) {}

std::vector<Index> NearestMeans::Nearest(Index row) const {
  std::vector<std::pair<double, Index>> all;
  all.reserve(rows_.size());
  for (std::size_t place = 0; place < rows_.size(); ++place) {
    all.emplace_back(distances_.Between(row, rows_[place]),
                     static_cast<Index>(place));
  }
  const auto end = all.begin() + static_cast<std::ptrdiff_t>(k_);
  std::partial_sort(all.begin(), end, all.end());
  std::vector<Index> nearest;
  for (auto at = all.begin(); at != end; ++at) nearest.push_back(at->second);
  return nearest;
}

double NearestMeans::Drop(Index row, double label) const {
  double drop = 0;
  for (const Index place : Nearest(row)) {
    const Index neighbour = rows_[At(place)];
    // Its own neighbours, itself among them, as its regressor has learned it.
    const std::vector<Index> near = Nearest(neighbour);
    double sum = 0;
    for (const Index other : near) sum += labels_[At(other)];
    const Index last = near.back();
    const bool enters = distances_.Between(neighbour, row) <
                        distances_.Between(neighbour, rows_[At(last)]);
    if (!enters) continue;
    const auto k = static_cast<double>(k_);
    const double truth = labels_[At(place)];
    const double before = truth - sum / k;
    const double after = truth - (sum - labels_[At(last)] + label) / k;
    drop += before * before - after * after;
  }
  return drop;
}

}  // namespace mtlkit
