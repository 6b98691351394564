#include "train/row_mask.h"

#include <algorithm>

#include "data/input_batch.h"
#include "data/tag_labels.h"

namespace mtlkit {

RowMask::RowMask(const Dataset& data, std::span<const Index> own,
                 Index capacity)
    : own_row_(At(data.rows)),
      weights_(data.tasks.size(), std::vector<Real>(At(capacity))) {
  for (const Index row : own) own_row_[At(row)] = 1;
  const std::vector<Index> tokens = MostTokens(data, capacity);
  const std::vector<InputSpec> specs(data.inputs.begin(), data.inputs.end());
  for (std::size_t t = 0; t < data.tasks.size(); ++t) {
    const Index input = TokenInputOf(data.tasks[t], specs);
    if (input >= 0) weights_[t].resize(At(tokens[At(input)]));
  }
}

const Batch& RowMask::Apply(const Batch& loaded) {
  masked_ = loaded;
  for (std::size_t t = 0; t < loaded.targets.size(); ++t) {
    TargetBatch& target = masked_.targets[t];
    // More tokens than were reserved only where rows are repeated.
    weights_[t].resize(std::max(weights_[t].size(), target.weight.size()));
    const std::span<Real> weight =
        std::span(weights_[t]).first(target.weight.size());
    target.labelled = 0;
    target.weight_sum = 0;
    std::size_t row = 0;
    for (std::size_t i = 0; i < weight.size(); ++i) {
      if (target.row_starts.empty()) {
        row = i;
      } else {
        while (At(target.row_starts[row + 1]) <= i) ++row;
      }
      const bool own = own_row_[At(loaded.row_numbers[row])] != 0;
      weight[i] = own ? loaded.targets[t].weight[i] : Real{0};
      target.labelled += weight[i] > 0;
      target.weight_sum += static_cast<double>(weight[i]);
    }
    target.weight = weight;
  }
  return masked_;
}

}  // namespace mtlkit
