// Do intervals of means over seeds cover what recipes are worth, over all rows
// and seeds that there could be? Errors of rows are drawn from a crossed
// design, of which this is known: what a row adds to all models, to those of
// one recipe, what a seed adds to all its rows, and what only that row and seed
// share.
#include <doctest/doctest.h>

#include <cmath>
#include <memory>
#include <numeric>
#include <vector>

#include "eval/bootstrap.h"
#include "eval/gain.h"
#include "eval/summary.h"

namespace mtlkit {
namespace {

constexpr int kSeedSamples = 1000;
constexpr Index kSeedDraws = 120;
constexpr Index kSeedRows = 40;
constexpr double kWorth = 10;  // of the first recipe; the second's is 8

struct CrossedDesign {
  Index seeds;
  double row;     // deviations
  double recipe;  // of a row within a recipe
  double seed;
  double own;  // of a row and a seed
};

class MeanError : public WeightedMetric {
 public:
  explicit MeanError(std::vector<double> errors) : errors_(std::move(errors)) {}
  double Value(std::span<const double> weights) const override {
    double sum = 0;
    double total = 0;
    for (std::size_t i = 0; i < weights.size(); ++i) {
      sum += weights[i] * errors_[i];
      total += weights[i];
    }
    return sum / total;
  }
  std::size_t size() const override { return errors_.size(); }

 private:
  std::vector<double> errors_;
};

std::vector<double> CrossedErrors(const CrossedDesign& design, const Rng& rng,
                                  Index recipe, Index seed) {
  const Index model = 10 + 20 * recipe + seed;
  std::vector<double> errors;
  for (Index row = 0; row < kSeedRows; ++row) {
    errors.push_back((recipe == 0 ? kWorth : 0.8 * kWorth) +
                     design.row * rng.Normal(row, 0) +
                     design.recipe * rng.Normal(row, 1 + recipe) +
                     design.seed * rng.Normal(1 << 20, model) +
                     design.own * rng.Normal(row, model));
  }
  return errors;
}

struct CoveredCounts {
  int value = 0;
  int difference = 0;
  int gain = 0;
};

bool Covers(const Estimate& estimate, double truth) {
  return estimate.low <= truth && truth <= estimate.high;
}

void CoverOnce(const CrossedDesign& design, Seed sample, ThreadPool& pool,
               CoveredCounts* counts) {
  const Rng rng(sample, RandomPurpose::kTest);
  std::vector<PreparedTask> tasks(1);
  tasks[0].weights.assign(At(kSeedRows), 1.0);
  tasks[0].units.resize(At(kSeedRows));
  std::iota(tasks[0].units.begin(), tasks[0].units.end(), Index{0});
  auto& models = tasks[0].metrics.emplace_back();
  std::vector<std::string> names;
  for (const Index recipe : {0, 1}) {
    for (Index seed = 0; seed < design.seeds; ++seed) {
      names.emplace_back(recipe == 0 ? "a" : "b");
      models.push_back(std::make_unique<MeanError>(
          CrossedErrors(design, rng, recipe, seed)));
    }
  }
  const ValueTable whole = {Values(tasks[0], {})};
  Bootstrap bootstrap(kSeedRows, kSeedDraws, sample, pool, nullptr);
  bootstrap.Add(tasks, "draw");
  const Recipes recipes(names);
  const Summary summary(whole, bootstrap.tables(), recipes);
  const IntervalOptions options{0.95, kSeedRows, kSeedRows};
  counts->value += Covers(summary.Percentile(options,
                                             [](const RecipeValues& values) {
                                               return values.Of(0, 0, 0);
                                             }),
                          kWorth);
  counts->difference += Covers(
      summary.Percentile(options,
                         [](const RecipeValues& values) {
                           return values.Of(0, 0, 1) - values.Of(0, 0, 0);
                         }),
      -0.2 * kWorth);
  const ErrorUnit unit;
  counts->gain +=
      Covers(summary.Student(
                 options,
                 [&](const RecipeValues& values) {
                   const ErrorPair pair{values.Of(0, 0, 0), values.Of(0, 0, 1)};
                   return LogErrorRatio({&pair, 1}, {&unit, 1});
                 }),
             std::log(0.8));
}

void CheckSeedCoverage(const CrossedDesign& design) {
  CAPTURE(design.seeds);
  CAPTURE(design.seed);
  CAPTURE(design.own);
  ThreadPool pool(2);
  CoveredCounts counts;
  for (int sample = 0; sample < kSeedSamples; ++sample) {
    CoverOnce(design, static_cast<Seed>(sample + 1), pool, &counts);
  }
  for (const int covered : {counts.value, counts.difference, counts.gain}) {
    CHECK(covered >= 925);
    CHECK(covered <= 990);
  }
}

TEST_CASE("95 % intervals over few seeds that differ much cover the truth") {
  CheckSeedCoverage({3, 1, 0.3, 0.5, 0.5});
  CheckSeedCoverage({5, 1, 0.3, 0.5, 0.5});
}

TEST_CASE("95 % intervals over seeds that differ as rows do cover the truth") {
  CheckSeedCoverage({3, 1, 0.3, 0.1, 0.5});
  CheckSeedCoverage({5, 1, 0.3, 0.1, 0.5});
}

TEST_CASE("95 % intervals over seeds that only miss other rows cover it") {
  CheckSeedCoverage({3, 1, 0.3, 0, 1});
  CheckSeedCoverage({8, 1, 0.3, 0, 1});
}

}  // namespace
}  // namespace mtlkit
