#include "train/row_mask.h"

namespace mtlkit {

RowMask::RowMask(const Dataset& data, std::span<const Index> own,
                 Index capacity)
    : own_row_(At(data.rows)),
      weights_(data.tasks.size(), std::vector<Real>(At(capacity))) {
  for (const Index row : own) own_row_[At(row)] = 1;
}

const Batch& RowMask::Apply(const Batch& loaded) {
  masked_ = loaded;
  for (std::size_t t = 0; t < loaded.targets.size(); ++t) {
    TargetBatch& target = masked_.targets[t];
    const std::span<Real> weight =
        std::span(weights_[t]).first(target.weight.size());
    target.labelled = 0;
    target.weight_sum = 0;
    for (std::size_t i = 0; i < weight.size(); ++i) {
      const bool own = own_row_[At(loaded.row_numbers[i])] != 0;
      weight[i] = own ? loaded.targets[t].weight[i] : Real{0};
      target.labelled += weight[i] > 0;
      target.weight_sum += static_cast<double>(weight[i]);
    }
    target.weight = weight;
  }
  return masked_;
}

}  // namespace mtlkit
