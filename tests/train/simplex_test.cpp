#include "train/simplex.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <vector>

#include "base/rng.h"

namespace mtlkit {
namespace {

std::vector<double> OnSimplex(std::vector<double> values) {
  ProjectOnSimplex(values);
  return values;
}

TEST_CASE("the nearest weights that sum to 1 are found by hand") {
  CHECK(OnSimplex({0.25, 0.75}) == std::vector<double>{0.25, 0.75});
  CHECK(OnSimplex({5}) == std::vector<double>{1});
  CHECK(OnSimplex({1, 1}) == std::vector<double>{0.5, 0.5});
  CHECK(OnSimplex({2, 0.5, 0}) == std::vector<double>{1, 0, 0});
  CHECK(OnSimplex({-1, -1.5, -9}) == std::vector<double>{0.75, 0.25, 0});
  // One that is out of the question has none.
  CHECK(OnSimplex({3, -INFINITY, 3}) == std::vector<double>{0.5, 0, 0.5});
  CHECK(OnSimplex({1e300, -1e300}) == std::vector<double>{1, 0});
}

TEST_CASE("random numbers meet the conditions of the nearest weights") {
  for (std::uint64_t draw = 0; draw < 200; ++draw) {
    const Rng random(23, RandomPurpose::kTest, draw);
    const double scale = std::pow(10.0, static_cast<double>(draw % 9) - 4);
    std::vector<double> values;
    for (Index i = 0; i < 1 + static_cast<Index>(draw % 40); ++i) {
      values.push_back(scale * random.Normal(i, 0));
    }
    const std::vector<double> w = OnSimplex(values);
    double sum = 0;
    double level = -INFINITY;  // what is taken off those above 0
    for (std::size_t i = 0; i < w.size(); ++i) {
      CHECK(w[i] >= 0);
      sum += w[i];
      if (w[i] > 0) level = std::max(level, values[i] - w[i]);
    }
    CHECK(sum == doctest::Approx(1));
    for (std::size_t i = 0; i < w.size(); ++i) {
      const double rounding = 1e-12 * std::max(scale, 1.0);
      if (w[i] > 0) CHECK(std::abs(values[i] - w[i] - level) < rounding);
      CHECK(values[i] - w[i] <= level + rounding);
    }
  }
}

TEST_CASE("tasks that are there share out what they have together") {
  std::vector<double> state(6, 7);  // two numbers a task
  const KeptShares shares(state, 2);
  const std::vector<std::uint8_t> all = {1, 1, 1};
  const std::vector<std::uint8_t> some = {1, 0, 1};
  std::vector<double> share(3);
  KeptShares(state, 2).Start();
  shares.Take(some, share);
  CHECK(share == std::vector<double>{0.5, 0, 0.5});
  shares.Keep(some, std::vector<double>{1, 0, 0});
  CHECK(state == std::vector<double>{2, 7, 1, 7, 0, 7});
  shares.Take(all, share);
  CHECK(share == std::vector<double>{2.0 / 3, 1.0 / 3, 0});
  // Those that have nothing are equal.
  shares.Keep(all, std::vector<double>{1, 0, 0});
  shares.Take(std::vector<std::uint8_t>{0, 1, 1}, share);
  CHECK(share == std::vector<double>{0, 0.5, 0.5});
}

}  // namespace
}  // namespace mtlkit
