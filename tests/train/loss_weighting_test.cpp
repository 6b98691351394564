// Weightings that need losses only.
#include <doctest/doctest.h>

#include <cmath>
#include <limits>
#include <numeric>
#include <string>
#include <vector>

#include "train/weighting_math.h"
#include "train/weighting_scene.h"

namespace mtlkit {
namespace {

constexpr std::size_t kTasks = 5;
const Choice kMethods[] = {
    {"equal", {}},
    {"uncertainty", {}},
    {"uncertainty", {{"optimizer", "sgd"}, {"rate", "0.5"}}},
    {"log", {}},
    {"rlw", {}},
    {"dwa", {}},
    {"geometric", {}},
    {"imtl-l", {}},
    {"imtl-l", {{"optimizer", "sgd"}, {"rate", "0.5"}}},
    {"stch", {}},
    {"stch", {{"form", "log"}, {"warm-up", "2"}}},
    {"slaw", {}},
    {"cov", {}},
    {"dtp", {}}};

// Losses of three steps an epoch, drawn, and who is there.
struct Draws {
  explicit Draws(Seed seed) : rng(seed, RandomPurpose::kTest) {}

  Scene Next(bool all_present = true) {
    std::vector<double> losses;
    for (std::size_t i = 0; i < kTasks; ++i) {
      losses.push_back(std::exp(rng.Normal(step, static_cast<Index>(i))));
    }
    Scene scene = LossScene(losses, step / 3);
    for (std::size_t i = 0; i < kTasks && !all_present; ++i) {
      scene.present[i] =
          rng.Uniform(step, 100 + static_cast<Index>(i)) < 0.6 ? 1 : 0;
      if (scene.present[i] == 0) scene.losses[i] = std::nan("");
    }
    scene.rng =
        Rng(7, RandomPurpose::kWeighting, static_cast<std::uint64_t>(step));
    ++step;
    return scene;
  }

  Rng rng;
  Index step = 0;
};

std::vector<double> Shares(const std::vector<double>& w,
                           const std::vector<double>& losses) {
  std::vector<double> shares;
  double sum = 0;
  for (std::size_t i = 0; i < w.size(); ++i) {
    shares.push_back(w[i] * losses[i]);
    sum += shares.back();
  }
  for (double& share : shares) share /= sum;
  return shares;
}

void CheckSame(const std::vector<double>& a, const std::vector<double>& b) {
  REQUIRE(a.size() == b.size());
  for (std::size_t i = 0; i < a.size(); ++i) {
    CHECK(a[i] == doctest::Approx(b[i]).epsilon(1e-9));
  }
}

TEST_CASE("the unit of a loss does not matter to these") {
  struct Case {
    Choice choice;
    double reach;      // scales are 10^-reach to 10^reach
    bool same_weight;  // else each weighted loss has the same part of the total
  };
  const Case cases[] = {
      {{"log", {}}, 30, false},
      {{"geometric", {}}, 15, false},
      {{"slaw", {}}, 30, false},
      {{"stch", {{"form", "log"}, {"warm-up", "2"}}}, 30, false},
      {{"cov", {}}, 30, true},
      {{"dwa", {}}, 30, true}};
  for (const Case& one : cases) {
    CAPTURE(one.choice.name);
    for (Seed seed = 1; seed <= 10; ++seed) {
      Draws draws(seed);
      Series plain(one.choice, Tasks(kTasks));
      Series scaled(one.choice, Tasks(kTasks));
      for (int step = 0; step < 20; ++step) {
        const Scene scene = draws.Next();
        Scene other = scene;
        for (std::size_t i = 0; i < kTasks; ++i) {
          const double unit = draws.rng.Uniform(-1, static_cast<Index>(i));
          other.losses[i] *= std::pow(10, one.reach * (2 * unit - 1));
        }
        const std::vector<double> a = plain.Step(scene);
        const std::vector<double> b = scaled.Step(other);
        if (one.same_weight) {
          CheckSame(a, b);
        } else {
          CheckSame(Shares(a, scene.losses), Shares(b, other.losses));
        }
      }
    }
  }
}

TEST_CASE("the order of tasks does not matter") {
  const std::size_t order[kTasks] = {3, 0, 4, 1, 2};
  for (const Choice& choice : kMethods) {
    CAPTURE(choice.name);
    std::vector<Task> shuffled;
    for (const std::size_t i : order) shuffled.push_back(Tasks(kTasks)[i]);
    for (Seed seed = 1; seed <= 5; ++seed) {
      Draws draws(seed);
      Series first(choice, Tasks(kTasks));
      Series second(choice, shuffled);
      for (int step = 0; step < 12; ++step) {
        const Scene scene = draws.Next(false);
        Scene other = scene;
        for (std::size_t i = 0; i < kTasks; ++i) {
          other.losses[i] = scene.losses[order[i]];
          other.present[i] = scene.present[order[i]];
        }
        const std::vector<double> w = first.Step(scene);
        std::vector<double> expected;
        for (const std::size_t i : order) expected.push_back(w[i]);
        CheckSame(second.Step(other), expected);
      }
    }
  }
}

TEST_CASE("what is kept of a task follows from the batches that it is in") {
  for (const Choice& choice : kMethods) {
    CAPTURE(choice.name);
    Draws draws(3);
    Series all(choice, Tasks(kTasks));
    std::vector<Series> alone;
    for (std::size_t i = 0; i < kTasks; ++i)
      alone.emplace_back(choice, Tasks(1));
    for (int step = 0; step < 30; ++step) {
      const Scene scene = draws.Next(false);
      all.Step(scene);
      for (std::size_t i = 0; i < kTasks; ++i) {
        if (scene.present[i] == 0) continue;
        alone[i].Step(LossScene({scene.losses[i]}, scene.epoch));
      }
    }
    std::vector<double> together;
    for (const Series& one : alone) {
      together.insert(together.end(), one.state.begin(), one.state.end());
    }
    CHECK(all.state == together);
  }
}

TEST_CASE("losses of any size, 0 or below give factors of single precision") {
  const double sizes[] = {0,     -1,     1,      1e-30, 1e30,  1e-45,
                          -1e30, -1e-30, 1e-300, 3e38,  1e-37, 0.5};
  for (const Choice& choice : kMethods) {
    CAPTURE(ChoiceText(choice));
    for (Seed seed = 1; seed <= 5; ++seed) {
      Draws draws(seed);
      Series series(choice, Tasks(kTasks));
      for (int step = 0; step < 100; ++step) {
        Scene scene = draws.Next(false);
        for (std::size_t i = 0; i < kTasks; ++i) {
          if (scene.present[i] == 0) continue;
          scene.losses[i] = sizes[draws.rng.Below(
              draws.step, 200 + static_cast<Index>(i), std::size(sizes))];
        }
        for (const double w : series.Step(scene)) {
          CHECK(w >= 0);
          CHECK(std::isfinite(static_cast<float>(w)));
        }
        for (const double number : series.state) CHECK(std::isfinite(number));
      }
    }
  }
}

TEST_CASE("a loss that stays where it is keeps factors finite") {
  for (const Choice& choice : kMethods) {
    CAPTURE(ChoiceText(choice));
    for (const double loss : {0.0, -2.0, 1e-30, 1e30}) {
      CAPTURE(loss);
      Series series(choice, Tasks(2));
      for (Index step = 0; step < 20000; ++step) {
        const std::vector<double> w =
            series.Step(LossScene({loss, 1}, step / 100));
        REQUIRE(std::isfinite(static_cast<float>(w[0])));
        REQUIRE(std::isfinite(static_cast<float>(w[1])));
      }
    }
  }
}

TEST_CASE("a loss of 0 or below counts as it is where logarithms are taken") {
  for (const double none : {0.0, -3.0}) {
    CHECK(Series({"log", {}}, Tasks(3)).Step(LossScene({2, 8, none})) ==
          std::vector<double>{0.5, 0.125, 1});
    // (2 * 4 + L) / 3: 4 is the geometric mean of 2 and 8.
    CheckSame(Series({"geometric", {}}, Tasks(3)).Step(LossScene({2, 8, none})),
              {4.0 / 6, 4.0 / 24, 1.0 / 3});
    Series imtl({"imtl-l", {}}, Tasks(1));
    const std::vector<double> before = imtl.state;
    CHECK(imtl.Step(LossScene({none})) == std::vector<double>{1});
    CHECK(imtl.state == before);
  }
}

TEST_CASE("dwa compares the means of the last two epochs of a task") {
  Series series({"dwa", {}}, Tasks(2));
  series.Step(LossScene({1, 1}, 0));
  series.Step(LossScene({3, 1}, 0));
  CHECK(series.Step(LossScene({1, 4}, 1)) == std::vector<double>{1, 1});
  // r = 1 / 2 and 4 / 1; the second task was not in the rest of epoch 1.
  Scene scene = LossScene({1, 9}, 1);
  scene.present[1] = 0;
  CHECK(series.Step(scene) == std::vector<double>{1, 0});
  const double a = std::exp(0.25);
  const double b = std::exp(2);
  CheckSame(series.Step(LossScene({7, 9}, 2)),
            {2 * a / (a + b), 2 * b / (a + b)});
  // Nor is it in epoch 3: its last two are still 2 and 1 in epoch 4.
  scene = LossScene({7, 9}, 3);
  scene.present[1] = 0;
  series.Step(scene);
  const double c = std::exp(0.5);  // 7 / 7 / 2
  const double d = std::exp(9.0 / 4 / 2);
  CheckSame(series.Step(LossScene({7, 9}, 4)),
            {2 * c / (c + d), 2 * d / (c + d)});
}

TEST_CASE("dwa takes no ratio by a mean of 0 or below") {
  Series series({"dwa", {{"temperature", "1"}}}, Tasks(3));
  series.Step(LossScene({0, -1, 2}, 0));
  series.Step(LossScene({5, 5, -2}, 1));
  // r = 1, 1, 0.
  const double e = std::exp(1);
  CheckSame(series.Step(LossScene({1, 1, 1}, 2)),
            {3 * e / (2 * e + 1), 3 * e / (2 * e + 1), 3 / (2 * e + 1)});
}

TEST_CASE(
    "random weights follow from step and task, and are equal on average") {
  Series series({"rlw", {}}, Tasks(3));
  std::vector<double> sum(3);
  Scene scene = LossScene({1, 1, 1});
  for (std::uint64_t step = 0; step < 3000; ++step) {
    scene.rng = Rng(1, RandomPurpose::kWeighting, step);
    const std::vector<double> w = series.Step(scene);
    CHECK(std::accumulate(w.begin(), w.end(), 0.0) == doctest::Approx(1));
    for (std::size_t i = 0; i < 3; ++i) sum[i] += w[i] / 3000;
  }
  for (const double mean : sum) CHECK(std::abs(mean - 1.0 / 3) < 0.02);
  // Without the second, odds between the others are the same.
  const std::vector<double> all = series.Step(scene);
  scene.present[1] = 0;
  const std::vector<double> rest = series.Step(scene);
  CHECK(rest[0] / rest[2] == doctest::Approx(all[0] / all[2]));
}

TEST_CASE("the smooth maximum is one of log losses while it warms up") {
  Series series({"stch", {{"form", "log"}, {"warm-up", "2"}}}, Tasks(2));
  for (const Index epoch : {0, 0, 1, 1}) {
    CHECK(series.Step(LossScene({4, 0.5}, epoch)) ==
          std::vector<double>{0.25, 2});
  }
  // Both are at n = 4 and 1/2: half of 2 / L each.
  CheckSame(series.Step(LossScene({4, 0.5}, 2)), {0.25, 2});
  // log(L / n) = log 3 and 0.
  CheckSame(series.Step(LossScene({12, 0.5}, 2)), {2 * 0.75 / 12, 1});
  // Compared with nobody.
  CheckSame(series.Step(LossScene({12, 0}, 2)), {1.0 / 12, 1});
}

TEST_CASE("a task that cov sees for the first time has an equal share") {
  Series series({"cov", {}}, Tasks(3));
  Scene scene = LossScene({1, 1, 1});
  scene.present[2] = 0;
  CHECK(series.Step(scene) == std::vector<double>{0.5, 0.5, 0});
  scene = LossScene({2, 4, 1});
  // Ratios 1, 2 and 1, 4: deviations 1/2 and 3/2, means 3/2 and 5/2.
  const double a = 1.0 / 3;
  const double b = 3.0 / 5;
  CheckSame(series.Step(scene),
            {2.0 / 3 * a / (a + b), 2.0 / 3 * b / (a + b), 1.0 / 3});
}

TEST_CASE("slaw leaves a task as it is whose loss was always 0") {
  Series series({"slaw", {}}, Tasks(3));
  const std::vector<double> w = series.Step(LossScene({1, 3, 0}));
  CheckSame(w, {1.5, 0.5, 1});
}

TEST_CASE("slaw goes by the size of losses that do not move any more") {
  Series series({"slaw", {}}, Tasks(2));
  std::vector<double> w;
  for (int step = 0; step < 20000; ++step) w = series.Step(LossScene({1, 3}));
  CheckSame(w, {1.5, 0.5});
}

TEST_CASE("dtp goes by a moving mean of exp(-L) without task weights") {
  Series series({"dtp", {{"memory", "0.5"}, {"gamma", "2"}}}, Tasks(1));
  Scene scene = LossScene({2 * std::log(2)});
  scene.task_weight = {2};
  CheckSame(series.Step(scene), {0.25 * std::log(2)});
  scene.losses = {-5};  // as 0: k = (1/2 + 1) / 2
  CheckSame(series.Step(scene), {0.0625 * std::log(4.0 / 3)});
  CHECK(Series({"dtp", {}}, Tasks(1)).Step(LossScene({0})) ==
        std::vector<double>{0});
}

}  // namespace
}  // namespace mtlkit
