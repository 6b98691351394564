#include <limits>

#include "eval/confusion.h"

namespace mtlkit {
namespace {

// Cohen, "Weighted kappa: nominal scale agreement with provision for scaled
// disagreement or partial credit", 1968, with squares of the distances.
double QuadraticKappa(const Confusion& confusion) {
  const double total = confusion.Total();
  double seen = 0;
  double by_chance = 0;
  for (Index truth = 0; truth < confusion.classes; ++truth) {
    for (Index said = 0; said < confusion.known; ++said) {
      const double distance = confusion.Distance(truth, said);
      const double square = distance * distance;
      seen += square * confusion.At(truth, said);
      by_chance += square * confusion.Truth(truth) * confusion.Predicted(said);
    }
  }
  return by_chance > 0 ? 1 - seen * total / by_chance
                       : std::numeric_limits<double>::quiet_NaN();
}

std::unique_ptr<Metric> PrepareQuadraticKappa(const MetricRows& rows) {
  return FromConfusion(rows, QuadraticKappa);
}

}  // namespace

extern const MetricEntry kQuadraticKappa;
const MetricEntry kQuadraticKappa = {
    MakeEntry<PrepareQuadraticKappa>("quadratic-kappa",
                                     "agreement beyond chance, misses counted "
                                     "by the square of their distance "
                                     "(Cohen 1968)"),
    "quadratic kappa", true, 1.0, HasRanks};

}  // namespace mtlkit
