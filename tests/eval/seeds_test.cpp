// Rows of a report that are means over models of several seeds.
#include <doctest/doctest.h>

#include <cmath>
#include <string>
#include <vector>

#include "base/error.h"
#include "eval/evaluation.h"
#include "eval/pool.h"
#include "eval/sample.h"
#include "eval/seed_interval.h"

namespace mtlkit {
namespace {

TEST_CASE("a mean over seeds is as far off as rows and seeds together") {
  // Seeds 1, 2 and 3, which miss the same on every row: deviation 1, and
  // Student's t of 2 degrees of freedom, 4.302653, over the root of 3. The rows
  // add -.5 and +.3.
  const Estimate rows = {2, 1.5, 2.3};
  std::vector<double> draws;
  SeedSample seeds{{1, 2, 3}, std::vector<std::vector<double>>(3)};
  for (int i = 0; i < 101; ++i) {
    draws.push_back(1.6 + 0.008 * i);
    for (std::size_t s = 0; s < 3; ++s) {
      seeds.draws[s].push_back(draws.back() + seeds.whole[s] - 2);
    }
  }
  const Estimate both = WithSeeds(rows, draws, {&seeds, 1}, 0.95);
  CHECK(both.value == 2);
  CHECK(both.low == doctest::Approx(2 - 2.533957).epsilon(1e-5));
  CHECK(both.high == doctest::Approx(2 + 2.502188).epsilon(1e-5));
}

TEST_CASE("what each seed misses on its own counts once") {
  // Rows move all seeds by a deviation of 1, and each of two by 2 more of its
  // own: the mean's variance over rows is 1 + 4 / 2 = 3, of which the seeds'
  // spread has 2 already.
  const Rng rng(1, RandomPurpose::kTest);
  std::vector<double> draws;
  SeedSample seeds{{-0.1, 0.1}, std::vector<std::vector<double>>(2)};
  for (Index i = 0; i < 40000; ++i) {
    const double all = rng.Normal(i, 0);
    for (std::size_t s = 0; s < 2; ++s) {
      seeds.draws[s].push_back(seeds.whole[s] + all +
                               2 * rng.Normal(i, 1 + static_cast<Index>(s)));
    }
    draws.push_back((seeds.draws[0].back() + seeds.draws[1].back()) / 2);
  }
  const Estimate both = WithSeeds({0, -6, 6}, draws, {&seeds, 1}, 0.95);
  // t of one degree of freedom is 12.7062, the deviation of the seeds .1 x
  // sqrt(2), of their mean .1.
  const double seeds_half = 1.27062;
  CHECK(both.high ==
        doctest::Approx(std::sqrt(36.0 / 3 + seeds_half * seeds_half))
            .epsilon(0.02));
  CHECK(both.low == doctest::Approx(-both.high));
}

TEST_CASE("seeds of two recipes have Welch's degrees of freedom") {
  // Variances of the means 1/3 and 4/3 of 2 degrees of freedom each: (5/3)^2 /
  // (1/9 + 16/9) x 2 = 50/17. Rows add nothing.
  const std::vector<double> draws(50, 5.0);
  const auto still = [&](std::vector<double> whole) {
    std::vector<std::vector<double>> same;
    for (const double value : whole) same.emplace_back(50, value);
    return SeedSample{std::move(whole), std::move(same)};
  };
  const SeedSample recipes[] = {still({4, 5, 6}), still({3, 5, 7})};
  const Estimate both = WithSeeds({5, 5, 5}, draws, recipes, 0.95);
  CHECK(both.high - 5 == doctest::Approx(StudentQuantile(0.975, 50.0 / 17) *
                                         std::sqrt(5.0 / 3)));
  CHECK(5 - both.low == doctest::Approx(both.high - 5));
}

TEST_CASE("seeds that agree and recipes of one seed add nothing") {
  const Estimate rows = {2, 1.5, 2.3};
  const std::vector<double> draws = {1.5, 1.9, 2.1, 2.3};
  const SeedSample same{{2, 2}, {draws, draws}};
  const Estimate both = WithSeeds(rows, draws, {&same, 1}, 0.95);
  CHECK(both.low == doctest::Approx(1.5));
  CHECK(both.high == doctest::Approx(2.3));
  CHECK(WithSeeds(rows, draws, {}, 0.95).low == 1.5);
  CHECK(std::isnan(DeviationOf(std::vector<double>{1})));
  CHECK(DeviationOf(std::vector<double>{0.1, 0.1, 0.1}) == 0);
}

// Misses the truth by noise of deviation `error` that is the seed's.
Predictions SeedOf(double error, Seed seed, Index first = 0, Index rows = 120) {
  const Rng noise(seed, RandomPurpose::kTest);
  const Rng truth(77, RandomPurpose::kTest);
  std::vector<std::int64_t> ids;
  Predictions predictions;
  predictions.tasks.resize(2);
  for (std::size_t t = 0; t < 2; ++t) {
    predictions.tasks[t].task.name = t == 0 ? "price" : "size";
    predictions.tasks[t].constants = {0.0, 0.0};
  }
  for (Index row = first; row < first + rows; ++row) {
    ids.push_back(row);
    for (std::size_t t = 0; t < 2; ++t) {
      const auto col = static_cast<Index>(t);
      const double y = truth.Normal(row, col);
      TaskPredictions& task = predictions.tasks[t];
      task.y.push_back(static_cast<float>(y));
      task.pred.push_back(
          static_cast<float>(y + error * noise.Normal(row, col)));
    }
  }
  predictions.ids = std::move(ids);
  return predictions;
}

struct SeedFile {
  std::string name;
  Index seed;
  Predictions predictions;
};

Evaluation EvaluateSeeds(std::vector<SeedFile> files,
                         const std::string& against = "") {
  std::vector<NamedSource> sources;
  for (SeedFile& file : files) {
    sources.push_back({file.name,
                       HoldPredictions(std::move(file.predictions)),
                       {},
                       file.seed});
  }
  ThreadPool pool(2);
  EvaluationOptions options;
  options.against = against;
  options.draws = 200;
  return Evaluate(JoinedModels(PoolByName(sources)), options, 1, pool);
}

TEST_CASE("files that differ in the seed are one row with their mean") {
  const Evaluation both = EvaluateSeeds({{"a", 0, SeedOf(1.0, 1)},
                                         {"a", 1, SeedOf(1.2, 2)},
                                         {"b", 0, SeedOf(0.5, 3)}});
  REQUIRE(both.models == std::vector<std::string>{"a", "b"});
  CHECK(both.seeds == std::vector<Index>{2, 1});
  const MetricResult& result = both.tasks[0].metrics[0];
  const auto alone = [](double error, Seed seed) {
    return EvaluateSeeds({{"x", 0, SeedOf(error, seed)}})
        .tasks[0]
        .metrics[0]
        .models[0];
  };
  CHECK(result.seeds[0] ==
        std::vector<double>{alone(1.0, 1).value, alone(1.2, 2).value});
  CHECK(result.seeds[1].empty());
  CHECK(result.models[0].value ==
        doctest::Approx((alone(1.0, 1).value + alone(1.2, 2).value) / 2));
  CHECK(result.models[1].value == alone(0.5, 3).value);
  // One seed has the interval that it has alone; two vary more than rows do.
  CHECK(result.models[1].low == alone(0.5, 3).low);
  CHECK(result.models[0].high - result.models[0].low >
        alone(1.0, 1).high - alone(1.0, 1).low);
  CHECK(result.models[0].low >= 0);  // no error is below 0
}

TEST_CASE("exchange of recipes mirrors differences and gains") {
  const auto make = [](const std::string& against) {
    return EvaluateSeeds({{"a", 0, SeedOf(1.0, 1)},
                          {"a", 1, SeedOf(1.1, 2)},
                          {"a", 2, SeedOf(1.05, 3)},
                          {"b", 0, SeedOf(0.9, 4)},
                          {"b", 1, SeedOf(0.95, 5)}},
                         against);
  };
  const Evaluation over_a = make("a");
  const Evaluation over_b = make("b");
  const Estimate one = over_a.tasks[0].metrics[0].differences[1];
  const Estimate other = over_b.tasks[0].metrics[0].differences[0];
  CHECK(one.value == -other.value);
  CHECK(one.low == doctest::Approx(-other.high));
  CHECK(one.high == doctest::Approx(-other.low));
  const Estimate gain = over_a.gains[1].log_ratio;
  const Estimate loss = over_b.gains[0].log_ratio;
  CHECK(gain.value == doctest::Approx(-loss.value));
  CHECK(gain.low == doctest::Approx(-loss.high));
  CHECK(over_a.tasks[0].metrics[0].differences[0].low == 0);
}

TEST_CASE("the order of seeds changes nothing") {
  const auto interval = [](std::vector<Seed> order) {
    std::vector<SeedFile> files;
    for (const Seed seed : order) {
      files.push_back({"a", std::ssize(files),
                       SeedOf(1 + 0.1 * static_cast<double>(seed), seed)});
    }
    return EvaluateSeeds(std::move(files)).tasks[0].metrics[0].models[0];
  };
  const Estimate up = interval({1, 2, 3});
  const Estimate down = interval({3, 1, 2});
  CHECK(up.low == doctest::Approx(down.low));
  CHECK(up.high == doctest::Approx(down.high));
}

TEST_CASE("seeds of folds are pooled seed by seed") {
  const Evaluation pooled = EvaluateSeeds({{"a", 0, SeedOf(1.0, 1, 0, 60)},
                                           {"a", 1, SeedOf(1.2, 2, 0, 60)},
                                           {"a", 0, SeedOf(1.0, 1, 60, 60)},
                                           {"a", 1, SeedOf(1.2, 2, 60, 60)}});
  const Evaluation whole =
      EvaluateSeeds({{"a", 0, SeedOf(1.0, 1)}, {"a", 1, SeedOf(1.2, 2)}});
  CHECK(pooled.rows == 120);
  CHECK(pooled.tasks[0].metrics[0].seeds[0] ==
        whole.tasks[0].metrics[0].seeds[0]);
}

TEST_CASE("seeds of one recipe have the same tasks") {
  Predictions other = SeedOf(1.0, 2);
  other.tasks.pop_back();
  try {
    EvaluateSeeds({{"a", 0, SeedOf(1.0, 1)}, {"a", 1, other}});
    FAIL("it was measured");
  } catch (const Error& error) {
    CHECK(error.message() == "'a': only some of its files have 'size'");
  }
}

TEST_CASE("an interval over seeds ends where the metric does, at both ends") {
  std::vector<NamedSource> sources;
  for (Index seed = 0; seed < 2; ++seed) {
    Predictions predictions;
    TaskPredictions task;
    task.task.name = "t";
    task.task.type = TaskType::kBinary;
    task.task.classes = {"n", "p"};
    std::vector<std::int64_t> ids;
    for (Index row = 0; row < 40; ++row) {
      ids.push_back(row);
      task.y.push_back(static_cast<float>(row % 2));
      // Nine of ten right, or one.
      const bool right = (row % 10 != 0) == (seed == 0);
      task.prob.push_back(right == (row % 2 == 1) ? 0.9F : 0.1F);
    }
    predictions.ids = ids;
    predictions.tasks = {task};
    sources.push_back({"m", HoldPredictions(std::move(predictions)), {}, seed});
  }
  EvaluationOptions options;
  options.metrics = {"accuracy", "log-loss"};
  ThreadPool pool(1);
  const auto evaluation = Evaluate(JoinedModels(sources), options, 1, pool);
  const Estimate& accuracy = evaluation.tasks[0].metrics[0].models[0];
  CHECK(accuracy.value == doctest::Approx(0.5));
  CHECK(accuracy.low == 0);
  CHECK(accuracy.high == 1);
  const Estimate& loss = evaluation.tasks[0].metrics[1].models[0];
  CHECK(loss.low == 0);
  CHECK(loss.high > 2 * loss.value);  // it has no worst value
}

}  // namespace
}  // namespace mtlkit
