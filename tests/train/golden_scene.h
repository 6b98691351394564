#pragma once

#include <algorithm>
#include <cmath>
#include <string>
#include <vector>

#include "golden/golden.h"
#include "train/weighting_scene.h"

namespace mtlkit {

// Gradients of the cases of tests/golden/weightings.json.
inline const golden::json& WeightingRoot() {
  static const golden::json root = golden::Load("weightings");
  return root;
}

inline Scene SceneOf(const golden::json& entry) {
  const std::string name = entry["inputs"]["matrix"];
  return Scene(WeightingRoot()["matrices"][name]["J"]
                   .get<std::vector<std::vector<double>>>());
}

// Weights are double whatever parameters are.
inline double Tolerance(const golden::json& entry) {
  return entry["tolerance"]["float64"].get<double>();
}

// Compares what weights make of `rows`.
inline void CheckDirection(const golden::json& entry,
                           const golden::json& expected_direction,
                           const std::vector<std::vector<double>>& rows,
                           const std::vector<double>& w) {
  const std::vector<double> expected = golden::Numbers(expected_direction);
  double largest = 0;
  double longest = 0;
  for (std::size_t i = 0; i < w.size(); ++i) {
    largest = std::max(largest, std::abs(w[i]));
    for (const double g : rows[i]) longest = std::max(longest, std::abs(g));
  }
  double scale = 1e-3 * largest * longest;
  for (const double d : expected) scale = std::max(scale, std::abs(d));
  for (std::size_t c = 0; c < expected.size(); ++c) {
    double sum = 0;
    for (std::size_t i = 0; i < w.size(); ++i) sum += w[i] * rows[i][c];
    CHECK(std::abs(sum - expected[c]) <= Tolerance(entry) * scale);
  }
}

}  // namespace mtlkit
