// Metrics of predicted distributions and of the order of labels, by hand.
#include <doctest/doctest.h>

#include <cmath>

#include "data/head.h"
#include "eval/metric.h"
#include "eval/sample.h"

namespace mtlkit {
namespace {

double MetricOf(const char* name, const MetricRows& rows) {
  const std::vector<double> ones(At(rows.rows), 1.0);
  return FindMetric(name).prepare(rows)->Value(ones);
}

TEST_CASE("quantiles are judged by pinball loss, coverage, width and median") {
  MetricRows rows;
  rows.type = ParseForm("quantile");
  rows.levels = {0.1, 0.5, 0.9};
  rows.rows = 2;
  rows.output_cols = 3;
  rows.y = {1, 6};
  rows.output = {0, 1, 3, 2, 4, 5};
  // Row 1: .1 + 0 + .2; row 2: .4 + 1 + .9; each over three levels.
  CHECK(MetricOf("pinball", rows) == doctest::Approx((0.3 + 2.3) / 3 / 2));
  CHECK(MetricOf("interval-coverage", rows) == 0.5);
  CHECK(MetricOf("interval-width", rows) == 3);
  CHECK(MetricOf("mae", rows) == 1);
  rows.levels = {0.1, 0.4, 0.9};
  CHECK(std::isnan(MetricOf("mae", rows)));
  CHECK(std::isnan(MetricOf("r2", rows)));
}

// The score of N(0, 1) at its mean is (sqrt 2 - 1) / sqrt pi, and 3 times that
// of N(m, 3^2); one deviation off it is .602441.
TEST_CASE("normal distributions are judged as a whole") {
  MetricRows rows;
  rows.type = ParseForm("gaussian");
  rows.rows = 2;
  rows.output_cols = 2;
  rows.y = {5, 3};
  rows.output = {5, 3, 2, 1};
  const double at_mean = 0.23369497725510914;
  CHECK(MetricOf("crps", rows) ==
        doctest::Approx((3 * at_mean + 0.6024414) / 2).epsilon(1e-6));
  const double half_log = 0.9189385332046727;
  CHECK(MetricOf("gaussian-nll", rows) ==
        doctest::Approx((std::log(3.0) + 0.5) / 2 + half_log));
  CHECK(MetricOf("rmse", rows) == doctest::Approx(std::sqrt(0.5)));
  // From quantile .1 to .9 it is 1.2816 deviations each way.
  CHECK(MetricOf("interval-coverage", rows) == 1);
  CHECK(MetricOf("interval-width", rows) ==
        doctest::Approx(4 * 1.2815515655446004));
  rows.y[1] = 3.3;
  CHECK(MetricOf("interval-coverage", rows) == 0.5);
}

TEST_CASE("of a mean and a probability the mean is the number") {
  MetricRows rows;
  rows.type = ParseForm("ziln");
  rows.rows = 2;
  rows.output_cols = 2;
  rows.y = {0, 4};
  rows.output = {1, 0.3, 2, 0.9};
  CHECK(MetricOf("mae", rows) == 1.5);
  CHECK(MetricOf("poisson-deviance", rows) ==
        doctest::Approx((2 + 2 * (-2 + 4 * std::log(2.0))) / 2));
}

// Of 5 pairs with different labels 3 are in order, and one is equal.
TEST_CASE("concordance counts pairs in their order") {
  MetricRows rows;
  rows.rows = 4;
  rows.y = {1, 2, 2, 3};
  rows.output = {5, 7, 4, 7};
  CHECK(MetricOf("concordance", rows) == doctest::Approx(3.5 / 5));
  rows.y = {1, 1, 1, 1};
  CHECK(std::isnan(MetricOf("concordance", rows)));
}

// By all pairs, with weights.
TEST_CASE("concordance is that of a count of all pairs") {
  const MetricRows rows = RandomRows(TaskType::kRegression, 200, 3, true);
  MetricRows tied = rows;
  for (double& y : tied.y) y = std::floor(y);
  std::vector<double> weights;
  for (Index row = 0; row < rows.rows; ++row) {
    weights.push_back(static_cast<double>(row % 4));
  }
  double right = 0;
  double pairs = 0;
  for (std::size_t i = 0; i < 200; ++i) {
    for (std::size_t j = 0; j < 200; ++j) {
      if (!(tied.y[i] < tied.y[j])) continue;
      const double weight = weights[i] * weights[j];
      pairs += weight;
      right += tied.output[i] < tied.output[j]    ? weight
               : tied.output[i] == tied.output[j] ? weight / 2
                                                  : 0;
    }
  }
  CHECK(FindMetric("concordance").prepare(tied)->Value(weights) ==
        doctest::Approx(right / pairs).epsilon(1e-12));
}

}  // namespace
}  // namespace mtlkit
