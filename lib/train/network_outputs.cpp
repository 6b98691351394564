#include "train/network_outputs.h"

#include <utility>

#include "data/head.h"
#include "data/link.h"

namespace mtlkit {

void ApplyLinks(std::span<const Task> tasks, NetworkOutputs* outputs) {
  for (std::size_t i = 0; i < tasks.size(); ++i) {
    if (tasks[i].traits().is_written) continue;
    const Index cols = tasks[i].output_cols();
    const Index said = tasks[i].prediction_cols();
    std::vector<Real>& values = (*outputs)[i];
    const Index rows = static_cast<Index>(values.size()) / cols;
    const ConstMatView from = {values.data(), rows, cols};
    if (said == cols) {
      ApplyLink(tasks[i], from, {values.data(), rows, cols});
      continue;
    }
    std::vector<Real> predictions(At(rows * said));
    ApplyLink(tasks[i], from, {predictions.data(), rows, said});
    values = std::move(predictions);
  }
}

}  // namespace mtlkit
