#pragma once

#include <map>
#include <string>
#include <vector>

namespace mtlkit {

// What is stored of a fitted transform (prep/transform.h): equal records are
// equal transforms.
struct TransformRecord {
  std::string name;  // of the kind: "select", "impute", "standard" ...
  std::string spec;  // canonical JSON: column names, categories
  std::map<std::string, std::vector<double>> arrays;  // fitted numbers

  bool operator==(const TransformRecord&) const = default;
};

// In order of application.
using TransformRecords = std::vector<TransformRecord>;

}  // namespace mtlkit
