// Do intervals of a gain cover the truth as often as they say? Two models whose
// true errors are known are drawn 1,000 times for each number of tasks, through
// the bootstrap that evaluations use.
#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <memory>
#include <numeric>
#include <vector>

#include "eval/bootstrap.h"
#include "eval/gain.h"
#include "eval/summary.h"

namespace mtlkit {
namespace {

constexpr int kSamples = 1000;
constexpr Index kDraws = 100;

// How errors come about: rows whose class is wrong, or distances; those of the
// second model may have tails that are heavier than those of the first
// (Student's t, 5 degrees of freedom).
enum class Errors { kWrongRows, kDistances, kHeavyTails };

struct Setting {
  Index tasks;
  Index rows;  // of each task, shared by all
  Errors errors;
};

// Of deviation 1.
double HeavyTailed(const Rng& rng, Index row, Index place) {
  constexpr Index kFreedom = 5;
  double square = 0;
  for (Index i = 1; i <= kFreedom; ++i) {
    const double part = rng.Normal(row, kFreedom * place + i + (1 << 20));
    square += part * part;
  }
  const double t = rng.Normal(row, place) / std::sqrt(square / kFreedom);
  return t * std::sqrt((kFreedom - 2.0) / kFreedom);
}

// Row errors of one model whose mean error is `size`. Half of what is hard for
// one model is hard for the other.
std::vector<double> DrawErrors(const Setting& setting, double size,
                               const Rng& rng, Index task, Index model) {
  std::vector<double> errors;
  for (Index row = 0; row < setting.rows; ++row) {
    const bool shared = rng.Uniform(row, 4 * task) < 0.5;
    const Index place = 4 * task + 1 + (shared ? 0 : 1 + model);
    if (setting.errors == Errors::kWrongRows) {
      errors.push_back(rng.Uniform(row, place) < size ? 1.0 : 0.0);
    } else if (setting.errors == Errors::kHeavyTails && model == 1) {
      const double miss = size * HeavyTailed(rng, row, 4 * task + 3);
      errors.push_back(miss * miss);
    } else {
      const double miss = size * rng.Normal(row, place);
      errors.push_back(miss * miss);
    }
  }
  return errors;
}

class ErrorMetric : public WeightedMetric {
 public:
  ErrorMetric(std::vector<double> errors, bool root)
      : errors_(std::move(errors)), root_(root) {}
  double Value(std::span<const double> weights) const override {
    double sum = 0;
    double total = 0;
    for (std::size_t i = 0; i < weights.size(); ++i) {
      sum += weights[i] * errors_[i];
      total += weights[i];
    }
    return root_ ? std::sqrt(sum / total) : sum / total;
  }
  std::size_t size() const override { return errors_.size(); }

 private:
  std::vector<double> errors_;
  bool root_;
};

// True errors of a task, between 5 and 40 %; the second model's are 4/5.
double ErrorSize(Index task, Index tasks) {
  return 0.05 * std::pow(8.0, (static_cast<double>(task) + 0.5) /
                                  static_cast<double>(tasks));
}

struct Outcome {
  bool covered;
  bool holds;
};

Outcome DrawOnce(const Setting& setting, Seed seed, ThreadPool& pool) {
  const Rng rng(seed, RandomPurpose::kTest);
  std::vector<Index> rows(At(setting.rows));
  std::iota(rows.begin(), rows.end(), Index{0});
  const bool root = setting.errors != Errors::kWrongRows;
  std::vector<PreparedTask> tasks(At(setting.tasks));
  for (Index t = 0; t < setting.tasks; ++t) {
    const double size = ErrorSize(t, setting.tasks);
    tasks[At(t)].weights.assign(At(setting.rows), 1.0);
    tasks[At(t)].units = rows;
    auto& models = tasks[At(t)].metrics.emplace_back();
    for (const Index model : {0, 1}) {
      models.push_back(std::make_unique<ErrorMetric>(
          DrawErrors(setting, model == 0 ? size : 0.8 * size, rng, t, model),
          root));
    }
  }
  ValueTable whole;
  for (const PreparedTask& task : tasks) whole.push_back(Values(task, {}));
  Bootstrap bootstrap(setting.rows, kDraws, seed, pool, nullptr);
  bootstrap.Add(tasks, "draw");
  std::vector<ErrorUnit> units;
  for (Index t = 0; t < setting.tasks; ++t) {
    units.push_back({ErrorSize(t, setting.tasks), root});
  }
  const auto count = static_cast<double>(setting.rows);
  const Recipes recipes({"a", "b"});
  const Estimate estimate =
      Summary(whole, bootstrap.tables(), recipes)
          .Student({0.95, count, count}, [&](const RecipeValues& values) {
            std::vector<ErrorPair> errors;
            for (std::size_t t = 0; t < units.size(); ++t) {
              errors.push_back({values.Of(t, 0, 0), values.Of(t, 0, 1)});
            }
            return LogErrorRatio(errors, units);
          });
  const double truth = std::log(0.8);
  return {estimate.low <= truth && truth <= estimate.high,
          estimate.low <= estimate.value && estimate.value <= estimate.high};
}

void CheckCoverage(const Setting& setting) {
  CAPTURE(setting.tasks);
  CAPTURE(setting.rows);
  ThreadPool pool(2);
  int covered = 0;
  int holds = 0;
  for (int sample = 0; sample < kSamples; ++sample) {
    const Outcome outcome =
        DrawOnce(setting, static_cast<Seed>(sample + 1), pool);
    covered += outcome.covered;
    holds += outcome.holds;
  }
  CHECK(covered >= 920);
  CHECK(covered <= 980);
  CHECK(holds == kSamples);
}

TEST_CASE("95 % intervals of a gain of 2 tasks cover the truth") {
  CheckCoverage({2, 20, Errors::kWrongRows});
  CheckCoverage({2, 12, Errors::kDistances});
  CheckCoverage({2, 20, Errors::kHeavyTails});
}

TEST_CASE("95 % intervals of a gain of 20 tasks cover the truth") {
  CheckCoverage({20, 12, Errors::kWrongRows});
  CheckCoverage({20, 12, Errors::kDistances});
  CheckCoverage({20, 12, Errors::kHeavyTails});
}

TEST_CASE("95 % intervals of a gain of 300 tasks cover the truth") {
  CheckCoverage({300, 12, Errors::kWrongRows});
  CheckCoverage({300, 12, Errors::kDistances});
  CheckCoverage({300, 12, Errors::kHeavyTails});
}

}  // namespace
}  // namespace mtlkit
