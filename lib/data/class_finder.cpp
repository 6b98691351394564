#include "data/class_finder.h"

#include "base/text.h"

namespace mtlkit {

ClassFinder::ClassFinder(const std::vector<std::string>& classes) {
  for (std::size_t k = 0; k < classes.size(); ++k) {
    const auto number = static_cast<Index>(k);
    by_name_.emplace(classes[k], number);
    double value = 0;
    if (!ParseNumber(classes[k], &value)) continue;
    const auto [at, is_new] = by_value_.emplace(value, number);
    if (!is_new) at->second = -1;
  }
}

Index ClassFinder::Find(const std::string& name) const {
  const auto named = by_name_.find(name);
  if (named != by_name_.end()) return named->second;
  double value = 0;
  if (!ParseNumber(name, &value)) return -1;
  const auto valued = by_value_.find(value);
  return valued == by_value_.end() ? -1 : valued->second;
}

}  // namespace mtlkit
