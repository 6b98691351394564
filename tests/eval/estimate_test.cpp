#include "eval/estimate.h"

#include <doctest/doctest.h>

#include <cmath>
#include <limits>
#include <vector>

#include "base/normal_quantile.h"

namespace mtlkit {
namespace {

constexpr double kInf = std::numeric_limits<double>::infinity();

std::vector<double> Count(int from, int to) {
  std::vector<double> values;
  for (int i = to; i >= from; --i) values.push_back(i);
  return values;
}

// Of so many rows that their number widens nothing.
constexpr double kMany = 1e9;

Estimate Around(double value, const std::vector<double>& draws,
                double level = 0.95) {
  return PercentileInterval(value, draws, {level, kMany, kMany});
}

TEST_CASE("an interval leaves the same share out at both ends") {
  const std::vector<double> values = Count(0, 200);
  CHECK(Around(100, values).low == doctest::Approx(5));
  CHECK(Around(100, values).high == doctest::Approx(195));
  CHECK(Around(100, values, 0.5).low == doctest::Approx(50));
  CHECK(Around(100, values, 0.5).high == doctest::Approx(150));
}

TEST_CASE("an interval holds its value, however far off the draws are") {
  const Estimate estimate = Around(500, Count(0, 200));
  CHECK(estimate.low <= 500);
  CHECK(estimate.high == 500);
}

TEST_CASE("turning the sign mirrors the interval") {
  const std::vector<double> draws = {-3, 1, 0.5, 7, 2, 2, -1, 4, 0.1, 8};
  std::vector<double> turned;
  for (const double draw : draws) turned.push_back(-draw);
  for (const auto interval : {PercentileInterval, StudentInterval}) {
    const Estimate one = interval(1.2, draws, {0.8, 12, 12});
    const Estimate other = interval(-1.2, turned, {0.8, 12, 12});
    CHECK(other.low == doctest::Approx(-one.high));
    CHECK(other.high == doctest::Approx(-one.low));
    CHECK(one.low < one.high);
  }
}

TEST_CASE("Student's interval is the value and so many standard errors") {
  // Normal draws around 3 with deviation 2, of 10 rows: t = 2.262157, and
  // sqrt(10 / 9) for the spread that 10 rows do not show.
  std::vector<double> draws;
  for (int i = 1; i < 2000; ++i) {
    draws.push_back(3 + 2 * NormalQuantile(i / 2000.0));
  }
  const Estimate estimate = StudentInterval(3, draws, {0.95, 10, 10});
  const double half = 2.262157 * std::sqrt(10.0 / 9) * 2;
  CHECK(estimate.low == doctest::Approx(3 - half).epsilon(5e-3));
  CHECK(estimate.high == doctest::Approx(3 + half).epsilon(5e-3));
}

TEST_CASE("a mean over tasks has the freedom of all their rows") {
  // 20 tasks of 10 rows of their own: 200 - 20 degrees of freedom.
  const std::vector<double> draws = Count(-100, 100);
  const Estimate estimate = StudentInterval(0, draws, {0.95, 10, 200});
  const double error = 100 * (1 - 2 * NormalShare(-1));
  CHECK(estimate.high ==
        doctest::Approx(1.973231 * std::sqrt(10.0 / 9) * error).epsilon(1e-3));
}

TEST_CASE("a few infinite draws do not decide Student's interval") {
  std::vector<double> draws = Count(-100, 100);
  const Estimate without = StudentInterval(0, draws, {0.95, kMany, kMany});
  draws[0] = kInf;  // was the largest
  const Estimate with = StudentInterval(0, draws, {0.95, kMany, kMany});
  CHECK(with.high == without.high);
}

TEST_CASE("few rows widen the interval as Student's t does") {
  // 10 rows: sqrt(10 / 9) * 2.262157 = 2.38452 normal units.
  const Estimate estimate =
      PercentileInterval(5000, Count(0, 10000), {0.95, 10, 10});
  CHECK(estimate.low ==
        doctest::Approx(10000 * NormalShare(-2.38452)).epsilon(1e-3));
}

TEST_CASE("without half of the draws there is no interval") {
  std::vector<double> draws(100, NAN);
  draws[0] = 1;
  CHECK(std::isnan(Around(1, draws).low));
  CHECK(std::isnan(Around(1, {}).high));
  CHECK(std::isnan(Around(NAN, Count(0, 10)).low));
}

TEST_CASE("quantiles agree with tables") {
  CHECK(NormalShare(1.959964) == doctest::Approx(0.975).epsilon(1e-6));
  CHECK(StudentQuantile(0.975, 1) == doctest::Approx(12.7062).epsilon(1e-4));
  CHECK(StudentQuantile(0.975, 2) == doctest::Approx(4.30265).epsilon(1e-4));
  CHECK(StudentQuantile(0.975, 9) == doctest::Approx(2.262157).epsilon(1e-5));
  CHECK(StudentQuantile(0.05, 30) == doctest::Approx(-1.697261).epsilon(1e-5));
}

}  // namespace
}  // namespace mtlkit
