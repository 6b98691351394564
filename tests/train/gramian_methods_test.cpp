// What holds of the methods on Gramians by their papers, on random gradients.
#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <numeric>
#include <string>
#include <vector>

#include "train/weighting_scene.h"

namespace mtlkit {
namespace {

using Rows = std::vector<std::vector<double>>;

const char* const kMethods[] = {"mgda",   "pe-ltr",  "upgrad", "dualproj",
                                "cagrad", "imtl-g",  "config", "aligned-mtl",
                                "nash",   "fairgrad"};

Rows RandomRows(std::size_t count, Index dimensions, std::uint64_t draw) {
  const Rng random(13, RandomPurpose::kTest, draw);
  Rows rows(count);
  for (std::size_t i = 0; i < count; ++i) {
    for (Index c = 0; c < dimensions; ++c) {
      rows[i].push_back(random.Normal(static_cast<Index>(i), c) +
                        0.2 * random.Normal(99, c));
    }
  }
  return rows;
}

// Gradients of 2 to 9 tasks; every third time they depend on each other.
Rows DrawRows(std::uint64_t draw) {
  const std::size_t count = 2 + draw % 8;
  const Index size = static_cast<Index>(count);
  return RandomRows(count, draw % 3 == 0 ? (size + 1) / 2 : size + 3, draw);
}

std::vector<double> Weigh(const Choice& choice, const Scene& scene) {
  return scene.Weights(*MakeWeighting(choice, Tasks(scene.rows.size())));
}

double GramianCell(const Scene& scene, std::size_t i, std::size_t j) {
  return scene.gram[i * scene.rows.size() + j];
}

double LengthOf(const Scene& scene, std::size_t i) {
  return std::sqrt(GramianCell(scene, i, i));
}

// The products of gradients with the direction.
std::vector<double> Gains(const Scene& scene, const std::vector<double>& w) {
  std::vector<double> gains(w.size());
  for (std::size_t i = 0; i < w.size(); ++i) {
    for (std::size_t j = 0; j < w.size(); ++j) {
      gains[i] += GramianCell(scene, i, j) * w[j];
    }
  }
  return gains;
}

double Norm(const Scene& scene, const std::vector<double>& w) {
  const std::vector<double> gains = Gains(scene, w);
  return std::sqrt(std::max(
      0.0, std::inner_product(w.begin(), w.end(), gains.begin(), 0.0)));
}

void CheckNear(const std::vector<double>& a, const std::vector<double>& b,
               double tolerance) {
  double largest = 0;
  for (const double value : b) largest = std::max(largest, std::abs(value));
  for (std::size_t i = 0; i < a.size(); ++i) {
    CHECK(std::abs(a[i] - b[i]) <= tolerance * largest);
  }
}

// The same directions of the gradients.
void CheckDirections(const Scene& scene, const std::vector<double>& a,
                     const std::vector<double>& b, double tolerance) {
  for (std::size_t c = 0; c < scene.rows[0].size(); ++c) {
    double difference = 0;
    double size = 0;
    for (std::size_t i = 0; i < a.size(); ++i) {
      difference += (a[i] - b[i]) * scene.rows[i][c];
      size += (std::abs(a[i]) + std::abs(b[i])) * std::abs(scene.rows[i][c]);
    }
    CHECK(std::abs(difference) <= tolerance * size);
  }
}

TEST_CASE("the scale of gradients does not matter") {
  for (std::uint64_t draw = 0; draw < 24; ++draw) {
    const Scene scene(DrawRows(draw));
    for (const double scale : {1e-10, 1e-3, 1e5, 1e10, 1e15}) {
      Rows rows = scene.rows;
      for (auto& row : rows) {
        for (double& g : row) g *= scale;
      }
      const Scene scaled(rows);
      for (const char* name : kMethods) {
        CAPTURE(name);
        CAPTURE(scale);
        CheckDirections(scene, Weigh({name, {}}, scaled),
                        Weigh({name, {}}, scene), 1e-7);
      }
      // As in the papers, these take steps of a length of their own.
      const Choice nash = {"nash", {{"normalise", "no"}}};
      std::vector<double> w = Weigh(nash, scaled);
      for (double& weight : w) weight *= scale;
      CheckDirections(scene, w, Weigh(nash, scene), 1e-7);
    }
  }
}

TEST_CASE("the order of tasks does not matter") {
  for (std::uint64_t draw = 0; draw < 40; ++draw) {
    const Scene scene(DrawRows(draw));
    Rows rows = scene.rows;
    std::rotate(rows.begin(), rows.begin() + 1, rows.end());
    std::swap(rows[0], rows.back());
    const Scene other(rows);
    for (const char* name : kMethods) {
      CAPTURE(name);
      std::vector<double> w = Weigh({name, {}}, other);
      std::swap(w[0], w.back());
      std::rotate(w.begin(), w.end() - 1, w.end());
      CheckDirections(scene, w, Weigh({name, {}}, scene), 1e-7);
    }
  }
}

TEST_CASE("no task gets worse by upgrad and dualproj") {
  for (std::uint64_t draw = 0; draw < 60; ++draw) {
    const Scene scene(DrawRows(draw));
    for (const char* name : {"upgrad", "dualproj", "mgda"}) {
      CAPTURE(name);
      const std::vector<double> w = Weigh({name, {}}, scene);
      const std::vector<double> gains = Gains(scene, w);
      double reach = 0;
      for (std::size_t i = 0; i < w.size(); ++i) {
        reach += w[i] * LengthOf(scene, i);
      }
      for (std::size_t i = 0; i < w.size(); ++i) {
        CHECK(gains[i] >= -1e-12 * reach * LengthOf(scene, i));
      }
    }
  }
}

TEST_CASE("for two tasks upgrad is half of pcgrad") {
  for (std::uint64_t draw = 0; draw < 40; ++draw) {
    const Scene scene(RandomRows(2, 4, draw));
    std::vector<double> half = Weigh({"pcgrad", {}}, scene);
    for (double& weight : half) weight /= 2;
    CheckNear(Weigh({"upgrad", {}}, scene), half, 1e-13);
  }
}

TEST_CASE("upgrad is exact with as many tasks as there are pupils in a class") {
  // More than dimensions, and fewer.
  for (const Index dimensions : {64, 200}) {
    const Scene scene(RandomRows(128, dimensions, 5));
    const std::vector<double> w = Weigh({"upgrad", {}}, scene);
    const std::vector<double> gains = Gains(scene, w);
    for (const double gain : gains) CHECK(gain >= -1e-9);
    for (const double weight : w) CHECK(weight >= 1.0 / 128 - 1e-15);
  }
}

TEST_CASE("config has equal cosines, imtl-g equal projections") {
  for (std::uint64_t draw = 0; draw < 40; ++draw) {
    const std::size_t count = 2 + draw % 8;
    Scene scene(RandomRows(count, static_cast<Index>(count) + 3, draw));
    const std::vector<double> w = Weigh({"config", {}}, scene);
    const std::vector<double> gains = Gains(scene, w);
    double projections = 0;
    for (std::size_t i = 0; i < count; ++i) {
      const double cosine = gains[i] / LengthOf(scene, i);
      CHECK(cosine == doctest::Approx(gains[0] / LengthOf(scene, 0)));
      CHECK(cosine > 0);
      projections += gains[i] / Norm(scene, w);
    }
    CHECK(Norm(scene, w) == doctest::Approx(projections));

    const std::vector<double> v = Weigh({"imtl-g", {}}, scene);
    const std::vector<double> equal = Gains(scene, v);
    for (std::size_t i = 0; i < count; ++i) {
      CHECK(equal[i] / LengthOf(scene, i) ==
            doctest::Approx(equal[0] / LengthOf(scene, 0)));
    }
    CHECK(std::accumulate(v.begin(), v.end(), 0.0) == doctest::Approx(1));

    // Task weights say what cosines are in proportion to.
    scene.task_weight[0] = 3;
    const std::vector<double> more = Gains(scene, Weigh({"config", {}}, scene));
    CHECK(more[0] / LengthOf(scene, 0) ==
          doctest::Approx(3 * more[1] / LengthOf(scene, 1)));
  }
}

TEST_CASE("aligned gradients are at right angles and of one length") {
  for (std::uint64_t draw = 0; draw < 20; ++draw) {
    const std::size_t count = 2 + draw % 8;
    Scene scene(RandomRows(count, static_cast<Index>(count) + 3, draw));
    // With all weight on one task, what is left is its aligned gradient.
    std::vector<std::vector<double>> aligned;
    const std::vector<double> even = Weigh({"aligned-mtl", {}}, scene);
    for (std::size_t i = 0; i < count; ++i) {
      scene.task_weight.assign(count, 1);
      scene.task_weight[i] = 2;
      Rows rows = scene.rows;
      for (double& g : rows[i]) g *= 2;
      Scene weighted(rows);
      weighted.task_weight = scene.task_weight;
      std::vector<double> w = Weigh({"aligned-mtl", {}}, weighted);
      w[i] *= 2;
      for (std::size_t j = 0; j < count; ++j) {
        w[j] = (w[j] - even[j]) * static_cast<double>(count);
      }
      aligned.push_back(w);
    }
    const double length = Norm(scene, aligned[0]);
    for (std::size_t i = 0; i < count; ++i) {
      CHECK(Norm(scene, aligned[i]) == doctest::Approx(length));
      const std::vector<double> gains = Gains(scene, aligned[i]);
      for (std::size_t j = 0; j < i; ++j) {
        const double product = std::inner_product(gains.begin(), gains.end(),
                                                  aligned[j].begin(), 0.0);
        CHECK(std::abs(product) < 1e-9 * length * length);
      }
    }
  }
}

// The best level that any direction near the mean has is bounded by every
// convex combination; where the bound is met, both are best.
TEST_CASE("cagrad is best for the worst task") {
  for (std::uint64_t draw = 0; draw < 90; ++draw) {
    const Scene scene(DrawRows(draw));
    const std::size_t count = scene.rows.size();
    const double c = draw % 2 == 0 ? 0.5 : 0.9;
    const std::vector<double> w =
        Weigh({"cagrad", {{"c", c == 0.5 ? "0.5" : "0.9"}, {"rescale", "no"}}},
              scene);
    const std::vector<double> mean(count, 1 / static_cast<double>(count));
    const double radius = c * Norm(scene, mean);
    std::vector<double> shift = w;
    double sum = 0;
    for (std::size_t i = 0; i < count; ++i) {
      shift[i] -= mean[i];
      sum += shift[i];
    }
    CHECK(Norm(scene, shift) <= radius * (1 + 1e-9));
    const std::vector<double> gains = Gains(scene, w);
    const double level = *std::min_element(gains.begin(), gains.end());
    if (sum == 0) {
      CHECK(level >= -1e-12);
      continue;
    }
    for (double& value : shift) value /= sum;
    const std::vector<double> centre = Gains(scene, mean);
    const double bound =
        std::inner_product(shift.begin(), shift.end(), centre.begin(), 0.0) +
        radius * Norm(scene, shift);
    CHECK(level == doctest::Approx(bound).epsilon(1e-8));
  }
}

TEST_CASE("nash balances gains and weights, by task weights") {
  for (std::uint64_t draw = 0; draw < 40; ++draw) {
    const std::size_t count = 2 + draw % 8;
    Scene scene(RandomRows(count, static_cast<Index>(count) + 3, draw));
    scene.task_weight[0] = 2;
    const std::vector<double> w =
        Weigh({"nash", {{"regularise", "0"}, {"normalise", "no"}}}, scene);
    const std::vector<double> gains = Gains(scene, w);
    for (std::size_t i = 0; i < count; ++i) {
      CHECK(w[i] * gains[i] ==
            doctest::Approx(scene.task_weight[i]).epsilon(1e-8));
    }
    // alpha = 1 is the same without them, but for the length of the step.
    scene.task_weight[0] = 1;
    CheckNear(Weigh({"fairgrad", {{"alpha", "1"}}}, scene),
              Weigh({"nash", {}}, scene), 1e-12);
  }
}

TEST_CASE("fairgrad balances gains of gradients of any lengths") {
  for (std::uint64_t draw = 0; draw < 40; ++draw) {
    Rows rows = RandomRows(2 + draw % 8, 12, draw);
    for (std::size_t i = 0; i < rows.size(); ++i) {
      for (double& g : rows[i]) g *= std::pow(10.0, i % 7);
    }
    const Scene scene(rows);
    for (const char* alpha : {"0.5", "2", "10"}) {
      CAPTURE(alpha);
      const std::vector<double> w =
          Weigh({"fairgrad",
                 {{"alpha", alpha}, {"regularise", "0"}, {"normalise", "no"}}},
                scene);
      const std::vector<double> gains = Gains(scene, w);
      for (std::size_t i = 0; i < w.size(); ++i) {
        CHECK(gains[i] * std::pow(w[i], 1 / std::stod(alpha)) ==
              doctest::Approx(1).epsilon(1e-7));
      }
    }
  }
}

TEST_CASE("pe-ltr keeps every task's least weight, and is mgda without") {
  for (std::uint64_t draw = 0; draw < 40; ++draw) {
    Scene scene(DrawRows(draw));
    CheckDirections(scene, Weigh({"pe-ltr", {{"floor", "0"}}}, scene),
                    Weigh({"mgda", {}}, scene), 1e-9);
    scene.task_weight[0] = 3;
    const std::vector<double> w = Weigh({"pe-ltr", {}}, scene);
    const double all = static_cast<double>(w.size()) + 2;
    for (std::size_t i = 0; i < w.size(); ++i) {
      CHECK(w[i] >= 0.5 * scene.task_weight[i] / all - 1e-15);
    }
    CHECK(std::accumulate(w.begin(), w.end(), 0.0) == doctest::Approx(1));
  }
}

TEST_CASE("gradients that cancel or vanish have an answer") {
  const auto check = [](const char* name, Rows rows,
                        const std::vector<double>& wanted) {
    CAPTURE(name);
    CheckNear(Weigh({name, {}}, Scene(std::move(rows))), wanted, 1e-9);
  };
  const Rows zero = {{0, 0}, {0, 0}};
  for (const char* name :
       {"upgrad", "dualproj", "imtl-g", "aligned-mtl", "mgda", "pe-ltr"}) {
    check(name, zero, {0.5, 0.5});
  }
  check("cagrad", zero, {0.4, 0.4});
  for (const char* name : {"config", "nash", "fairgrad"}) {
    check(name, zero, {0, 0});
  }
  const Rows opposite = {{1, 0}, {-1, 0}};
  check("upgrad", opposite, {1, 1});
  check("dualproj", opposite, {0.5, 0.5});
  check("cagrad", opposite, {0.4, 0.4});
  check("imtl-g", opposite, {0.5, 0.5});
  check("config", opposite, {0, 0});
  check("aligned-mtl", opposite, {0, 0});
  // One that is 0 beside another.
  const Rows half = {{2, 0}, {0, 0}};
  check("upgrad", half, {0.5, 0.5});
  check("dualproj", half, {0.5, 0.5});
  check("cagrad", half, {0.4, 0.4});
  check("imtl-g", half, {1, 0});
  check("config", half, {1, 0});
  check("aligned-mtl", half, {0.5, 0});
  // Without regularising there is no balance.
  for (const Rows& rows : {zero, opposite, half}) {
    CHECK(Weigh({"nash", {{"regularise", "0"}}}, Scene(rows)) ==
          std::vector<double>{0, 0});
  }
}

TEST_CASE("the same gradient twice is one") {
  const Rows rows = {{1, 2, 0}, {-1, 1, 1}, {-1, 1, 1}};
  for (const char* name : kMethods) {
    CAPTURE(name);
    const Scene scene(rows);
    const std::vector<double> w = Weigh({name, {}}, scene);
    for (const double weight : w) CHECK(std::isfinite(weight));
    CHECK(Norm(scene, w) > 0.1);
  }
}

}  // namespace
}  // namespace mtlkit
