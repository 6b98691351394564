// Weightings on lengths, distances and values of gradients.
#include <doctest/doctest.h>

#include <cmath>
#include <string>
#include <vector>

#include "base/error.h"
#include "train/weighting_scene.h"

namespace mtlkit {
namespace {

std::vector<double> Direction(const Choice& choice, const Scene& scene) {
  const auto weighting = MakeWeighting(choice, Tasks(scene.rows.size()));
  std::vector<Real> flat;
  for (const std::vector<double>& row : scene.rows) {
    for (const double g : row) flat.push_back(static_cast<Real>(g));
  }
  std::vector<Real> out(scene.rows[0].size());
  weighting->Combine(scene.Signals(), scene.Weights(*weighting),
                     {flat.data(), std::ssize(scene.rows), std::ssize(out)}, 0,
                     out);
  return {out.begin(), out.end()};
}

TEST_CASE("a trimmed mean leaves out the ends of each place") {
  Scene scene({{1, 0, 5}, {2, 0, 5}, {9, 0, 5}, {4, 1, 1e30}, {-8, 0, -1e30}});
  CHECK(Direction({"trimmed-mean", {{"trim", "2"}}}, scene) ==
        std::vector<double>{2, 0, 5});
  CHECK(Direction({"trimmed-mean", {{"trim", "9"}}}, scene) ==
        std::vector<double>{2, 0, 5});
  // 1, 2, 9 are left in the first place.
  scene.present[3] = scene.present[4] = 0;
  CHECK(Direction({"trimmed-mean", {}}, scene) == std::vector<double>{2, 0, 5});
  scene.present[2] = 0;
  CHECK(Direction({"trimmed-mean", {}}, scene) ==
        std::vector<double>{1.5, 0, 5});
  CHECK(Direction({"trimmed-mean", {{"trim", "0"}}}, scene) ==
        std::vector<double>{1.5, 0, 5});
}

TEST_CASE("krum takes the gradients that others are near") {
  const Scene scene({{0, 0}, {1, 0}, {2, 0}, {3.5, 0}, {100, 0}});
  const auto weights = [&](const char* outliers, const char* selected) {
    return scene.Weights(*MakeWeighting(
        {"krum", {{"outliers", outliers}, {"selected", selected}}}, Tasks(5)));
  };
  // Sums to the two nearest: 3, 2, 2.5, 4, ...; the tie-free order 1, 2, 0.
  CHECK(weights("1", "1") == std::vector<double>{0, 1, 0, 0, 0});
  CHECK(weights("1", "2") == std::vector<double>{0, 0.5, 0.5, 0, 0});
  // To the nearest alone: 1, 1, 1, 1.5, ...: a tie of three for two places.
  const std::vector<double> tied = weights("2", "2");
  for (std::size_t i = 0; i < 3; ++i) {
    CHECK(tied[i] == doctest::Approx(1.0 / 3));
  }
  CHECK(tied[3] == 0);
  CHECK(weights("9", "9") == std::vector<double>(5, 0.2));
}

TEST_CASE("metabalance brings lengths to that of its target") {
  Series series({"metabalance", {{"target", "t1"}, {"relax", "0.5"}}},
                Tasks(3));
  Scene scene({{4, 0}, {0, 2}, {0, 0}});
  CHECK(series.Step(scene) == std::vector<double>{0.75, 1, 1});
  // The target is away; what is known of it is not.
  scene.present[1] = 0;
  CHECK(series.Step(scene) == std::vector<double>{0.75, 0, 1});
  // Means of 2 and 4, and of 4 alone: 0.19 and 0.81 of the new and the old.
  Scene longer({{4, 0}, {0, 4}, {0, 0}});
  const std::vector<double> w = series.Step(longer);
  const double mean = (0.09 * 2 + 0.1 * 4) / 0.19;
  CHECK(w[0] == doctest::Approx(0.5 * mean / 4 + 0.5));
  CHECK(w[1] == 1);
  // The mean of lengths 4 and 2, unless there is a target.
  scene.present = {1, 1, 0};
  const std::vector<double> all = scene.Weights(
      *MakeWeighting({"metabalance", {{"relax", "1"}}}, Tasks(3)));
  CHECK(all[0] == doctest::Approx(0.75));
  CHECK(all[1] == doctest::Approx(1.5));
  CHECK(all[2] == 0);
}

TEST_CASE("metabalance refuses a target that is no task") {
  CHECK_THROWS_WITH_AS(
      MakeWeighting({"metabalance", {{"target", "t2"}}}, Tasks(2)),
      "--weighting: metabalance: target: there is no task 't2'; did you mean "
      "'t0'? (tasks: t0, t1)",
      Error);
}

TEST_CASE("gradnorm turns to the task that lags behind") {
  Series series({"gradnorm", {}}, Tasks(2));
  Scene scene({{1, 0}, {0, 1}});
  CHECK(series.Step(scene) == std::vector<double>{1, 1});
  // The first has lost half, the second nothing.
  scene.losses = {0.5, 1};
  series.Step(scene);
  const std::vector<double> w = series.Step(scene);
  CHECK(w[1] > 1);
  CHECK(w[0] + w[1] == doctest::Approx(2));
}

TEST_CASE("a loss below 0 has come down all the way for gradnorm") {
  Series series({"gradnorm", {}}, Tasks(2));
  Scene scene({{1, 0}, {0, 1}});
  series.Step(scene);
  scene.losses = {-1, 1};
  series.Step(scene);
  CHECK(series.Step(scene)[1] > 1);
}

TEST_CASE("lengths of any size give finite factors") {
  const double sizes[] = {0, 1e-30, 1, 1e30, 1e18};
  const Rng rng(5, RandomPurpose::kTest);
  for (const Choice& choice :
       {Choice{"gradnorm", {}}, Choice{"gradnorm", {{"optimizer", "sgd"}}},
        Choice{"metabalance", {}}, Choice{"metabalance", {{"target", "t2"}}},
        Choice{"krum", {}}}) {
    CAPTURE(ChoiceText(choice));
    Series series(choice, Tasks(4));
    for (Index step = 0; step < 300; ++step) {
      std::vector<std::vector<double>> rows;
      for (Index i = 0; i < 4; ++i) {
        const double size = sizes[rng.Below(step, 10 + i, std::size(sizes))];
        rows.push_back(
            {size * rng.Normal(step, 2 * i), size * rng.Normal(step, 20 + i)});
      }
      Scene scene(rows);
      for (std::size_t i = 0; i < 4; ++i) {
        const Index place = 40 + static_cast<Index>(i);
        scene.losses[i] = sizes[rng.Below(step, place, 5)] *
                          (rng.Uniform(step, 50 + place) < 0.2 ? -1 : 1);
        scene.present[i] = rng.Uniform(step, 90 + place) < 0.7 ? 1 : 0;
      }
      for (const double w : series.Step(scene)) {
        CHECK(w >= 0);
        CHECK(std::isfinite(static_cast<float>(w)));
      }
      for (const double number : series.state) CHECK(std::isfinite(number));
    }
  }
}

}  // namespace
}  // namespace mtlkit
