#include <cmath>
#include <limits>

#include "eval/confusion.h"

namespace mtlkit {
namespace {

// Moments of the numbers of known classes, taken from a centre.
struct ClassMoments {
  double size = 0;
  double first = 0;
  double second = 0;

  void Add(double weight, double distance) {
    size += weight;
    first += weight * distance;
    second += weight * distance * distance;
  }
};

// The centre is a whole number, so that whole weights give whole sums and no
// spread gives 0, and near the truth, so that differences lose no digits.
double CentreOf(const ClassCounts& counts) {
  ClassMoments truth;
  for (Index i = 0; i < counts.known(); ++i) {
    truth.Add(counts.Truth(i), static_cast<double>(i));
  }
  return truth.size > 0 ? std::round(truth.first / truth.size) : 0;
}

// The sum over all pairs of a true and a predicted class of both weights and
// the square of their distance. It follows from the margins: over known classes
// a of weight t, and b of weight p, sum t p (a - b)^2 is
// sum t a^2 sum p - 2 sum t a sum p b + sum t sum p b^2.
double SquaresByChance(const ClassCounts& counts) {
  const double centre = CentreOf(counts);
  const Index unknown = counts.known();
  ClassMoments truth;
  ClassMoments said;
  double from_unknown = 0;
  for (Index i = 0; i < counts.known(); ++i) {
    const double place = static_cast<double>(i) - centre;
    truth.Add(counts.Truth(i), place);
    said.Add(counts.Predicted(i), place);
    const double distance = ClassDistance(unknown, i, counts.known());
    from_unknown += counts.Predicted(i) * distance * distance;
  }
  return truth.second * said.size - 2 * truth.first * said.first +
         truth.size * said.second + counts.Truth(unknown) * from_unknown;
}

// Cohen, "Weighted kappa: nominal scale agreement with provision for scaled
// disagreement or partial credit", 1968, with squares of the distances.
double QuadraticKappa(const ClassCounts& counts) {
  const double by_chance = SquaresByChance(counts);
  return by_chance > 0 ? 1 - counts.square * counts.total / by_chance
                       : std::numeric_limits<double>::quiet_NaN();
}

std::unique_ptr<Metric> PrepareQuadraticKappa(const MetricRows& rows) {
  return FromClassCounts(rows, QuadraticKappa);
}

}  // namespace

extern const MetricEntry kQuadraticKappa;
const MetricEntry kQuadraticKappa = {
    MakeEntry<PrepareQuadraticKappa>("quadratic-kappa",
                                     "agreement beyond chance, misses counted "
                                     "by the square of their distance "
                                     "(Cohen 1968)"),
    "quadratic kappa",
    true,
    1.0,
    HasRanks,
    false,
    {.worst = -1, .decides = true}};

}  // namespace mtlkit
