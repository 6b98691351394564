#include "eval/recipes.h"

namespace mtlkit {

Recipes::Recipes(const std::vector<std::string>& names)
    : models_(names.size()) {
  for (std::size_t i = 0; i < names.size(); ++i) {
    if (i > 0 && names[i] == names[i - 1]) continue;
    names_.push_back(names[i]);
    first_.push_back(i);
  }
}

Index Recipes::Seeds(std::size_t recipe) const {
  const std::size_t end =
      recipe + 1 < first_.size() ? first_[recipe + 1] : models_;
  return static_cast<Index>(end - first_[recipe]);
}

}  // namespace mtlkit
