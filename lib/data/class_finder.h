#pragma once

#include <map>
#include <string>
#include <vector>

#include "base/view.h"

namespace mtlkit {

// The numbers of classes by their names and, where these are numbers, by their
// values: 1, 1.0 and +1 are one class. Of several classes of one value (1 and
// 01) each is found by its name alone.
class ClassFinder {
 public:
  explicit ClassFinder(const std::vector<std::string>& classes);

  // -1: there is no such class.
  Index Find(const std::string& name) const;

 private:
  std::map<std::string, Index> by_name_;
  std::map<double, Index> by_value_;  // -1: of several
};

}  // namespace mtlkit
