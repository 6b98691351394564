#pragma once

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <fstream>
#include <map>
#include <nlohmann/json.hpp>
#include <string>
#include <type_traits>
#include <vector>

#include "base/view.h"

namespace mtlkit::golden {

// The reference values of tests/golden/NAME.json (tests/golden/README.md).
inline const nlohmann::json& File(const std::string& name) {
  static std::map<std::string, nlohmann::json> files;
  const auto found = files.find(name);
  if (found != files.end()) return found->second;
  std::ifstream in(std::string(MTLKIT_SOURCE_DIR) + "/tests/golden/" + name +
                   ".json");
  REQUIRE(in.good());
  return files[name] = nlohmann::json::parse(in);
}

// The cases of a file that use `method`.
inline std::vector<nlohmann::json> Cases(const std::string& name,
                                         const std::string& method) {
  std::vector<nlohmann::json> cases;
  for (const nlohmann::json& entry : File(name)["cases"]) {
    if (entry["method"] == method) cases.push_back(entry);
  }
  REQUIRE(!cases.empty());
  return cases;
}

inline double Tolerance(const nlohmann::json& entry) {
  const bool wide = std::is_same_v<Real, double>;
  return entry["tolerance"][wide ? "float64" : "float32"].get<double>();
}

// An array of any depth, flat; null is NaN.
inline void Flatten(const nlohmann::json& value, std::vector<double>* into) {
  if (value.is_array()) {
    for (const nlohmann::json& part : value) Flatten(part, into);
  } else {
    into->push_back(value.is_null() ? std::nan("") : value.get<double>());
  }
}
inline std::vector<double> Flat(const nlohmann::json& value) {
  std::vector<double> numbers;
  Flatten(value, &numbers);
  return numbers;
}
inline std::vector<Real> FlatReal(const nlohmann::json& value) {
  const std::vector<double> numbers = Flat(value);
  return {numbers.begin(), numbers.end()};
}

// The largest |x - reference| / max(1, largest |reference|); NaN in the
// reference is not compared.
template <class Values>
double Distance(const Values& values, const std::vector<double>& reference) {
  REQUIRE(values.size() == reference.size());
  double largest = 1;
  for (const double r : reference) {
    if (!std::isnan(r)) largest = std::max(largest, std::abs(r));
  }
  double distance = 0;
  for (std::size_t i = 0; i < reference.size(); ++i) {
    if (std::isnan(reference[i])) continue;
    const double x = static_cast<double>(values[i]);
    const double d = std::abs(x - reference[i]);
    if (!(d <= distance)) distance = d;  // NaN shows
  }
  return distance / largest;
}

}  // namespace mtlkit::golden
