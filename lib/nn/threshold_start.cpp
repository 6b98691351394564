#include "nn/threshold_start.h"

#include <algorithm>
#include <cmath>

#include "data/head.h"
#include "nn/layers/layers.h"

namespace mtlkit {
namespace {

// Classes without a row have no width.
constexpr double kLeastThresholdGap = 1e-2;

// What says thresholds that are at -logit each, of MakeThresholds.
void SetThresholds(std::span<const Real> logits, bool is_ordered,
                   MatView value) {
  const auto count = static_cast<Index>(logits.size());
  double start = FirstThreshold(count);
  double last = 0;
  for (Index k = 0; k < count; ++k) {
    double at = -static_cast<double>(logits[At(k)]);
    if (!is_ordered) {
      value.data[k] = static_cast<Real>(at - start);
      start += kThresholdGap;
      continue;
    }
    if (k > 0) at = std::max(at, last + kLeastThresholdGap);
    const double says = k == 0 ? at - start : std::log(std::expm1(at - last));
    value.data[k] = static_cast<Real>(says);
    last = at;
  }
}

}  // namespace

void StartThresholds(std::span<const Task> tasks,
                     std::span<const std::vector<double>> constants,
                     const Network& network, Block* weights) {
  for (std::size_t i = 0; i < tasks.size(); ++i) {
    const Thresholds kind = tasks[i].traits().thresholds;
    if (kind == Thresholds::kNone || constants[i].empty()) continue;
    const std::vector<Real> logits =
        tasks[i].head().ConstantOutputs(tasks[i], constants[i]).front();
    const Index output = network.output(static_cast<Index>(i)).value.id;
    for (const Node& node : network.nodes()) {
      if (node.output.id != output) continue;
      SetThresholds(logits, kind == Thresholds::kOrdered,
                    weights->At(node.params[0]));
    }
  }
}

}  // namespace mtlkit
