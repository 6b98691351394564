// Weightings that keep weights over steps, or draw them.
#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <string>
#include <vector>

#include "base/error.h"
#include "train/weighting_scene.h"

namespace mtlkit {
namespace {

using Weighed = std::vector<double>;

TEST_CASE("weights of nash hold for some steps, those of new company do not") {
  const Scene one({{1, 0}, {0, 2}, {1, 1}});
  const Scene other({{3, 0}, {0, 1}, {-1, 1}});
  const Weighed of_one = one.Weights(*MakeWeighting({"nash", {}}, Tasks(3)));
  const Weighed of_other =
      other.Weights(*MakeWeighting({"nash", {}}, Tasks(3)));
  Series series({"nash", {{"every", "3"}}}, Tasks(3));
  CHECK(series.Step(one) == of_one);
  CHECK(series.Step(other) == of_one);
  CHECK(series.Step(other) == of_one);
  CHECK(series.Step(other) == of_other);
  // Two that have weights go on with them, and then come upon one that has
  // not.
  Series late({"nash", {{"every", "9"}}}, Tasks(3));
  Scene without = one;
  without.present[2] = 0;
  const Weighed of_two = late.Step(without);
  CHECK(of_two[2] == 0);
  CHECK(late.Step(without) == of_two);
  CHECK(late.Step(one) == of_one);
}

TEST_CASE("cr-mogm keeps moving means of what another method finds") {
  const Scene one({{1, 0}, {0, 2}});
  const Scene other({{2, 0}, {0, 1}});
  Series series({"cr-mogm", {{"alpha", "0.75"}, {"base", "mgda"}}}, Tasks(2));
  CHECK(series.Step(one) == Weighed{0.8, 0.2});
  const Weighed w = series.Step(other);
  CHECK(w[0] == doctest::Approx(0.75 * 0.8 + 0.25 * 0.2));
  CHECK(w[1] == doctest::Approx(0.75 * 0.2 + 0.25 * 0.8));
  // What the other method keeps is kept with it.
  Series vaccine(
      {"cr-mogm", {{"alpha", "0"}, {"base", "gradvac:beta=0.5/update=below"}}},
      Tasks(2));
  Series alone({"gradvac", {{"beta", "0.5"}, {"update", "below"}}}, Tasks(2));
  const Scene apart({{1, 0}, {-1, 1}});
  for (int step = 0; step < 4; ++step) {
    CHECK(vaccine.Step(apart) == alone.Step(apart));
  }
}

TEST_CASE("cr-mogm takes methods on inner products only") {
  for (const char* base : {"dwa", "db-mtl", "modo", "graddrop"}) {
    CAPTURE(base);
    CHECK_THROWS_WITH_AS(
        MakeWeighting({"cr-mogm", {{"base", base}}}, Tasks(2)),
        doctest::Contains("does not find weights by inner products"), Error);
  }
}

TEST_CASE("weights of rlw by dirichlet are any that sum to 1, alike") {
  const auto weighting =
      MakeWeighting({"rlw", {{"law", "dirichlet"}}}, Tasks(3));
  constexpr int kDraws = 4000;
  std::vector<double> mean(3);
  int below = 0;
  for (int draw = 0; draw < kDraws; ++draw) {
    Scene scene = LossScene({1, 1, 1});
    scene.rng =
        Rng(5, RandomPurpose::kWeighting, static_cast<std::uint64_t>(draw));
    const Weighed w = scene.Weights(*weighting);
    CHECK(w[0] + w[1] + w[2] == doctest::Approx(1));
    for (std::size_t i = 0; i < 3; ++i) mean[i] += w[i] / kDraws;
    below += w[0] < 0.25 ? 1 : 0;
  }
  for (const double m : mean) CHECK(std::abs(m - 1.0 / 3) < 0.015);
  // Of three, one has the distribution 1 - (1 - w)^2.
  CHECK(std::abs(below / double{kDraws} - 0.4375) < 0.03);
}

TEST_CASE("sdmgrad without samples is exact, and mgda where lambda is 0") {
  for (std::uint64_t draw = 0; draw < 40; ++draw) {
    const Rng random(31, RandomPurpose::kTest, draw);
    std::vector<std::vector<double>> rows(2 + draw % 6);
    for (std::size_t i = 0; i < rows.size(); ++i) {
      for (Index c = 0; c < 9; ++c) {
        rows[i].push_back(random.Normal(static_cast<Index>(i), c));
      }
    }
    const Scene scene(rows);
    const auto weigh = [&](const char* lambda) {
      return scene.Weights(*MakeWeighting(
          {"sdmgrad", {{"sampling", "none"}, {"lambda", lambda}}},
          Tasks(rows.size())));
    };
    const Weighed mgda =
        scene.Weights(*MakeWeighting({"mgda", {}}, Tasks(rows.size())));
    const Weighed same = weigh("0");
    for (std::size_t i = 0; i < rows.size(); ++i) {
      CHECK(same[i] == doctest::Approx(mgda[i]));
    }
    // The convex part makes no task's product with the direction smaller than
    // with the part itself on average: the conditions of the shortest.
    Weighed w = weigh("0.7");
    Weighed part(w.size());
    const double mean = 0.7 / static_cast<double>(w.size());
    for (std::size_t i = 0; i < w.size(); ++i) part[i] = 1.7 * w[i] - mean;
    double along = 0;
    std::vector<double> slope(w.size());
    for (std::size_t i = 0; i < w.size(); ++i) {
      for (std::size_t j = 0; j < w.size(); ++j) {
        slope[i] += scene.gram[i * w.size() + j] * w[j];
      }
      along += part[i] * slope[i];
    }
    for (std::size_t i = 0; i < w.size(); ++i) {
      CHECK(part[i] >= -1e-12);
      CHECK(slope[i] >= along - 1e-9);
    }
  }
}

TEST_CASE("steps of sdmgrad come to rest where exact weights are") {
  const Scene scene({{1, 0.5, 0}, {-1, 2, 0.2}, {0.3, 0, 3}});
  const Weighed exact = scene.Weights(
      *MakeWeighting({"sdmgrad", {{"sampling", "none"}}}, Tasks(3)));
  Series series({"sdmgrad", {}}, Tasks(3));
  Weighed w;
  for (int step = 0; step < 60; ++step) w = series.Step(scene);
  for (std::size_t i = 0; i < 3; ++i) {
    CHECK(w[i] == doctest::Approx(exact[i]).epsilon(1e-6));
  }
}

TEST_CASE("tracked gradients of moco forget slower than a batch") {
  Tracked run({"moco",
               {{"beta", "0.5"},
                {"beta-sigma", "0"},
                {"gamma", "0.1"},
                {"gamma-sigma", "0"},
                {"normalise", "no"}}},
              2, 1);
  Weighed w;
  // y = 1, 2; w = P(1/2 - 0.1 y (y w)) with y w = 1.5.
  std::vector<double> direction = run.Step({{2}, {4}}, {1, 1}, &w);
  CHECK(w[0] == doctest::Approx(0.575));
  CHECK(w[1] == doctest::Approx(0.425));
  CHECK(direction[0] == doctest::Approx(0.575 + 2 * 0.425));
  // y = 0.5, 1.
  direction = run.Step({{0}, {0}}, {1, 1}, &w);
  CHECK(direction[0] == doctest::Approx(0.5 * w[0] + w[1]));
  // Made as long as losses are large, whatever their length.
  Tracked unit({"moco", {{"beta", "1"}}}, 2, 2);
  direction = unit.Step({{3e-9, 4e-9}, {4e9, -3e9}}, {1, 1}, &w);
  CHECK(w[0] == doctest::Approx(0.5));
  CHECK(direction[0] == doctest::Approx(0.7));
  CHECK(direction[1] == doctest::Approx(0.1));
}

TEST_CASE("excess-mtl favours tasks whose gradients do not fade") {
  Tracked run({"excess-mtl", {{"eta", "1"}}}, 2, 1);
  Weighed w;
  run.Step({{2}, {1e-6}}, {1, 1}, &w);
  CHECK(w == Weighed{0.5, 0.5});
  // Excess g^2 / sqrt(sum of squares) by the first: 1 / sqrt(2) and 0.
  run.Step({{2}, {0}}, {1, 1}, &w);
  CHECK(w[0] / w[1] == doctest::Approx(std::exp(std::sqrt(0.5))));
}

}  // namespace
}  // namespace mtlkit
