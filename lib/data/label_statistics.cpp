#include "data/label_statistics.h"

#include <algorithm>
#include <cmath>

#include "base/error.h"

namespace mtlkit {
namespace {

// Class numbers are kept in single precision.
constexpr std::size_t kMostClasses = 1 << 24;

}  // namespace

double MeanOf(const WeightedLabels& labels) {
  double sum = 0;
  double weight = 0;
  for (const WeightedLabel& label : labels) {
    sum += label.weight * label.value;
    weight += label.weight;
  }
  return sum / weight;
}

double QuantileOf(WeightedLabels labels, double level) {
  std::sort(labels.begin(), labels.end(),
            [](const WeightedLabel& a, const WeightedLabel& b) {
              return a.value < b.value;
            });
  double total = 0;
  for (const WeightedLabel& label : labels) total += label.weight;
  double below = 0;
  for (std::size_t i = 0; i < labels.size(); ++i) {
    below += labels[i].weight;
    if (below == level * total && i + 1 < labels.size()) {
      return (labels[i].value + labels[i + 1].value) / 2;
    }
    if (below > level * total) return labels[i].value;
  }
  return labels.back().value;
}

std::vector<double> ClassShares(const WeightedLabels& labels,
                                std::size_t classes) {
  std::vector<double> shares(classes, 0.0);
  double total = 0;
  for (const WeightedLabel& label : labels) {
    shares[static_cast<std::size_t>(label.value)] += label.weight;
    total += label.weight;
  }
  for (double& share : shares) share /= total;
  return shares;
}

double LogOfShare(double share) {
  return std::log(std::clamp(share, 1e-7, 1.0));
}

std::string FaultOfClasses(const Task& task, std::size_t least) {
  const std::size_t count = task.classes.size();
  if (count >= least && count <= kMostClasses) return "";
  return Str(" has ", count, " classes");
}

}  // namespace mtlkit
