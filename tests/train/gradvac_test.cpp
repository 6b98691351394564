#include <doctest/doctest.h>

#include <cmath>
#include <vector>

#include "train/weighting_scene.h"

namespace mtlkit {
namespace {

TEST_CASE("gradvac learns the angles of pairs that meet, and turns to them") {
  const auto weighting =
      MakeWeighting({"gradvac", {{"beta", "0.5"}}}, Tasks(3));
  std::vector<double> state(9);
  Scene scene({{1, 0}, {1, 1}, {0, 1}});
  scene.present[2] = 0;
  std::vector<double> w(3);
  weighting->Weights(scene.Signals(), state, w);
  // Nothing conflicts yet; half of the cosine is remembered.
  CHECK(w == std::vector<double>{1, 1, 0});
  const double half = 0.5 / std::sqrt(2.0);
  CHECK(state[1] == doctest::Approx(half));
  CHECK(state[3] == doctest::Approx(half));
  for (const std::size_t i : {0, 2, 4, 5, 6, 7, 8}) CHECK(state[i] == 0);
  // At right angles they turn to that cosine.
  Scene apart({{1, 0}, {0, 1}, {0, 1}});
  apart.present[2] = 0;
  weighting->Weights(apart.Signals(), state, w);
  const double turn = half / std::sqrt(1 - half * half);
  CHECK(w[0] == doctest::Approx(1 + turn));
  CHECK(w[1] == doctest::Approx(1 + turn));
}

TEST_CASE("gradvac stays finite where gradients were the same for long") {
  const auto weighting = MakeWeighting({"gradvac", {{"beta", "1"}}}, Tasks(2));
  std::vector<double> state(4);
  std::vector<double> w(2);
  weighting->Weights(Scene({{1, 2}, {1, 2}}).Signals(), state, w);
  weighting->Weights(Scene({{1, 2}, {-2, 1}}).Signals(), state, w);
  for (const double weight : w) {
    CHECK(std::isfinite(weight));
    CHECK(weight > 1);
  }
}

}  // namespace
}  // namespace mtlkit
