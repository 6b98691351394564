#include "eval/quantiles.h"

namespace mtlkit {
namespace {

double Pinball(double y, std::span<const double> quantiles,
               std::span<const double> levels) {
  double sum = 0;
  for (std::size_t i = 0; i < levels.size(); ++i) {
    const double above = y - quantiles[i];
    sum += above >= 0 ? levels[i] * above : (levels[i] - 1) * above;
  }
  return sum / static_cast<double>(levels.size());
}

std::unique_ptr<Metric> PreparePinball(const MetricRows& rows) {
  return MeanOverQuantiles(rows, Pinball);
}

}  // namespace

extern const MetricEntry kPinball;
const MetricEntry kPinball = {
    MakeEntry<PreparePinball>("pinball",
                              "mean pinball loss of the quantiles, in the "
                              "units of the label (Koenker "
                              "and Bassett 1978)"),
    "pinball", false, 0.0, HasSpread};

}  // namespace mtlkit
