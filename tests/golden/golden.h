#pragma once

#include <doctest/doctest.h>

#include <cmath>
#include <fstream>
#include <limits>
#include <nlohmann/json.hpp>
#include <set>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

#include "base/view.h"
#include "paths.h"

// Reads the reference values of tests/golden (see its README) and compares
// with them. What has nothing to be compared with yet stands in
// not_covered.txt; a case that is neither handled by a test nor listed there
// fails, and so does a listed one that a test handles.

namespace mtlkit::golden {

using nlohmann::json;

// A file of tests/golden without its ending: Load("losses").
inline json Load(const std::string& name) {
  std::ifstream file(SourceDir() + "/tests/golden/" + name + ".json");
  REQUIRE_MESSAGE(file.good(), "no golden file ", name);
  return json::parse(file);
}

// Pairs of a file and a case's method or id that no test compares yet.
inline std::set<std::pair<std::string, std::string>> NotCovered() {
  std::ifstream file(SourceDir() + "/tests/golden/not_covered.txt");
  REQUIRE(file.good());
  std::set<std::pair<std::string, std::string>> pairs;
  for (std::string line; std::getline(file, line);) {
    if (line.empty() || line[0] == '#') continue;
    std::istringstream words(line);
    std::string name;
    std::string what;
    words >> name >> what;
    pairs.emplace(name, what);
  }
  return pairs;
}

// Calls `check` with every case of a file. It returns false for a case that it
// does not know; exactly those must be listed in not_covered.txt.
template <class Check>
void ForEachCase(const std::string& name, Check&& check) {
  const json root = Load(name);
  const auto not_covered = NotCovered();
  for (const json& item : root.at("cases")) {
    const std::string id = item.at("id").get<std::string>();
    const std::string method = item.at("method").get<std::string>();
    INFO("golden case ", name, " ", id);
    const bool listed = not_covered.count({name, id}) > 0 ||
                        not_covered.count({name, method}) > 0;
    CHECK_MESSAGE(check(item) != listed,
                  "handled and listed as not covered, "
                  "or neither");
  }
}

// The numbers of a scalar or of nested lists, row-major. null (missing, or not
// to be compared) is NaN, "inf" and "-inf" are infinities.
inline void AppendNumbers(const json& values, std::vector<double>* out) {
  if (values.is_array()) {
    for (const json& value : values) AppendNumbers(value, out);
  } else if (values.is_null()) {
    out->push_back(std::numeric_limits<double>::quiet_NaN());
  } else if (values.is_string()) {
    const double infinity = std::numeric_limits<double>::infinity();
    out->push_back(values.get<std::string>()[0] == '-' ? -infinity : infinity);
  } else {
    out->push_back(values.get<double>());
  }
}
inline std::vector<double> Numbers(const json& values) {
  std::vector<double> out;
  AppendNumbers(values, &out);
  return out;
}
inline std::vector<Real> Reals(const json& values) {
  std::vector<Real> out;
  for (const double value : Numbers(values)) {
    out.push_back(static_cast<Real>(value));
  }
  return out;
}

// Sizes of nested lists: {2, 3}; empty for a number.
inline std::vector<Index> Sizes(const json& values) {
  std::vector<Index> sizes;
  for (const json* level = &values; level->is_array(); level = &level->at(0)) {
    sizes.push_back(static_cast<Index>(level->size()));
    if (level->empty()) break;
  }
  return sizes;
}
// Columns of the last dimension of a matrix; 1 for a list or a number.
inline Index Columns(const json& values) {
  const std::vector<Index> sizes = Sizes(values);
  return sizes.size() < 2 ? 1 : sizes.back();
}

// The case's tolerance at the working precision; NaN: do not compare.
inline double Tolerance(const json& item) {
  const json& tolerance = item.at("tolerance");
  const json& value =
      tolerance.at(sizeof(Real) == sizeof(double) ? "float64" : "float32");
  return value.is_null() ? std::numeric_limits<double>::quiet_NaN()
                         : value.get<double>();
}

// The largest |actual - expected|, as a part of max(1, largest |expected|).
// Expected NaN is not compared. Infinite where sizes differ.
template <class Numbers1>
double Distance(const std::vector<double>& expected, const Numbers1& actual) {
  if (expected.size() != static_cast<std::size_t>(std::size(actual))) {
    return std::numeric_limits<double>::infinity();
  }
  double largest = 0;
  double scale = 1;
  for (std::size_t i = 0; i < expected.size(); ++i) {
    const double wanted = expected[i];
    const double got = static_cast<double>(actual[i]);
    if (std::isnan(wanted)) continue;
    if (std::isinf(wanted)) {
      if (got != wanted) return std::numeric_limits<double>::infinity();
      continue;
    }
    scale = std::max(scale, std::abs(wanted));
    const double off = std::abs(got - wanted);
    if (!(off <= largest)) largest = off;  // NaN stays
  }
  return largest / scale;
}

// CHECKs that `actual` agrees with an entry of expected.
template <class Numbers1>
void CheckClose(const json& expected, const Numbers1& actual,
                double tolerance) {
  if (std::isnan(tolerance)) return;
  CHECK(Distance(Numbers(expected), actual) <= tolerance);
}

}  // namespace mtlkit::golden
