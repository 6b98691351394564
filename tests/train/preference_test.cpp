// What --task-weight does where a method undoes the scale of losses.
#include <doctest/doctest.h>

#include <cmath>
#include <string>
#include <vector>

#include "train/weighting_scene.h"

namespace mtlkit {
namespace {

// The same losses and gradients times task weights.
Scene Preferring(const Scene& scene, const std::vector<double>& preference) {
  std::vector<std::vector<double>> rows = scene.rows;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    for (double& g : rows[i]) g *= preference[i];
  }
  Scene scaled(rows);
  scaled.losses = scene.losses;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    scaled.losses[i] *= preference[i];
  }
  scaled.task_weight = preference;
  return scaled;
}

const std::vector<double> kPreference = {1, 4, 0.5};

Scene SomeScene(double change) {
  Scene scene({{1, 2, 0, 1}, {-1, 1, 3, 0}, {0.5, 0, 1, -2}});
  scene.losses = {0.5 * change, 2, 1 + change};
  return scene;
}

TEST_CASE("a task weight multiplies what a method makes of the loss alone") {
  for (const Choice& choice :
       {Choice{"log", {}}, Choice{"slaw", {}},
        Choice{"metabalance", {{"relax", "1"}, {"target", "t0"}}}}) {
    CAPTURE(choice.name);
    Series plain(choice, Tasks(3));
    Series preferring(choice, Tasks(3));
    for (int step = 1; step < 5; ++step) {
      const Scene scene = SomeScene(step);
      const std::vector<double> w = plain.Step(scene);
      const std::vector<double> v =
          preferring.Step(Preferring(scene, kPreference));
      // Of slaw the weights sum to the number of tasks.
      const double all = v[0] / w[0];
      for (std::size_t i = 1; i < 3; ++i) {
        // v_i times c_i is the factor of the loss.
        CHECK(v[i] == doctest::Approx(all * w[i]));
      }
    }
  }
  // Gradients of log losses are of no scale.
  Scene scene = SomeScene(1);
  const auto weighting = MakeWeighting({"db-mtl", {}}, Tasks(3));
  const std::vector<double> w = scene.Weights(*weighting);
  scene.task_weight = kPreference;
  const std::vector<double> v = scene.Weights(*weighting);
  for (std::size_t i = 0; i < 3; ++i) {
    CHECK(v[i] == doctest::Approx(kPreference[i] * w[i]));
  }
}

TEST_CASE("task weights are exponents of a geometric mean") {
  const Scene scene = Preferring(SomeScene(1), kPreference);
  const std::vector<double> w =
      scene.Weights(*MakeWeighting({"geometric", {}}, Tasks(3)));
  // L = 0.5, 2, 2 to the powers 1, 4, 0.5, by 5.5.
  const double mean = std::pow(0.5 * 16 * std::sqrt(2.0), 1 / 5.5);
  CHECK(w[0] == doctest::Approx(mean / (5.5 * 0.5)));
  CHECK(w[1] == doctest::Approx(mean / (5.5 * 2)));
  CHECK(w[2] == doctest::Approx(mean / (5.5 * 2)));
}

TEST_CASE("learned scales come to rest where preferences are left") {
  const Scene scene = Preferring(SomeScene(1), kPreference);
  for (const char* name : {"imtl-l", "uncertainty"}) {
    CAPTURE(name);
    Series series({name, {{"optimizer", "sgd"}, {"rate", "0.1"}}}, Tasks(3));
    std::vector<double> w;
    for (int step = 0; step < 2000; ++step) w = series.Step(scene);
    const double rest = std::string(name) == "imtl-l" ? 1 : 0.5;
    for (std::size_t i = 0; i < 3; ++i) {
      CHECK(w[i] * scene.losses[i] == doctest::Approx(rest * kPreference[i]));
    }
  }
  Series lengths({"gradnorm", {{"alpha", "0"}, {"rate", "0.01"}}}, Tasks(3));
  std::vector<double> w;
  for (int step = 0; step < 4000; ++step) w = lengths.Step(scene);
  const auto length = [&](std::size_t i) {
    return w[i] * std::sqrt(scene.gram[4 * i]);
  };
  CHECK(length(1) / length(0) == doctest::Approx(4).epsilon(0.05));
  CHECK(length(2) / length(0) == doctest::Approx(0.5).epsilon(0.05));
}

// The products of unit gradients with the direction.
std::vector<double> Projections(const Scene& scene, const Choice& choice) {
  const std::vector<double> w = scene.Weights(*MakeWeighting(choice, Tasks(3)));
  std::vector<double> out;
  for (std::size_t i = 0; i < 3; ++i) {
    double sum = 0;
    for (std::size_t j = 0; j < 3; ++j) sum += scene.gram[3 * i + j] * w[j];
    out.push_back(sum / std::sqrt(scene.gram[4 * i]));
  }
  return out;
}

TEST_CASE("directions gain in proportion to task weights") {
  const Scene scene = Preferring(SomeScene(1), kPreference);
  for (const char* name : {"imtl-g", "config"}) {
    CAPTURE(name);
    const std::vector<double> gain = Projections(scene, {name, {}});
    for (std::size_t i = 1; i < 3; ++i) {
      CHECK(gain[i] / gain[0] ==
            doctest::Approx(kPreference[i] / kPreference[0]));
    }
  }
  // A task that is preferred gains more than without, whatever alpha.
  for (const char* alpha : {"0.5", "1", "2", "4"}) {
    CAPTURE(alpha);
    const Choice fairgrad = {"fairgrad", {{"alpha", alpha}}};
    const Scene plain = SomeScene(1);
    const Scene second = Preferring(plain, {1, 5, 1});
    const std::vector<double> before = Projections(plain, fairgrad);
    const std::vector<double> after = Projections(second, fairgrad);
    CHECK(after[1] / after[0] > 1.1 * before[1] / before[0]);
    CHECK(after[1] / after[2] > 1.1 * before[1] / before[2]);
  }
}

}  // namespace
}  // namespace mtlkit
