#pragma once

#include <algorithm>
#include <cmath>
#include <string>
#include <vector>

#include "base/error.h"
#include "base/options.h"
#include "data/task.h"

namespace mtlkit {

// How many training rows each class has, of one that none has 1; where that is
// not known, as many of each.
inline std::vector<double> RowsOfClasses(const Task& task) {
  std::vector<double> rows = task.class_rows;
  rows.resize(task.classes.size(), 1);
  for (double& count : rows) count = std::max(count, 1.0);
  return rows;
}

// Factors of the classes, in the order of Task::classes.
struct ClassWeightOptions {
  std::vector<double> class_weight;
  std::string class_weighting = "given";
  double beta = 0.999;

  void Describe(Fields& fields) {
    fields("class-weight", class_weight,
           "a factor for each class, in the order of classes; binary: "
           "NEGATIVE/POSITIVE",
           AtLeast(0));
    fields("class-weighting", class_weighting,
           "given: by class-weight; balanced: by one over the rows of a class; "
           "effective-number: by one over its effective number (Cui et al. "
           "2019)",
           {"given", "balanced", "effective-number"});
    fields("beta", beta,
           "of effective-number: the share of rows that are no repetition",
           Range{0.0, 1.0, true, true});
  }

  // Whether any factor can be other than 1.
  bool any() const {
    return !class_weight.empty() || class_weighting != "given";
  }

  // One for each class. Balanced: n / (K n_k), whose mean over rows is 1.
  // Effective number: (1 - beta) / (1 - beta^n_k), to the sum K (Cui, Jia, Lin,
  // Song and Belongie, "Class-balanced loss based on effective number of
  // samples", 2019).
  std::vector<Real> Factors(const Task& task) const {
    const std::size_t classes = task.classes.size();
    std::vector<double> factors(classes, 1);
    if (class_weighting == "given") {
      Require(class_weight.empty() || class_weight.size() == classes,
              ErrorKind::kUsage,
              Str("class-weight has ", class_weight.size(),
                  " values, but there are ", classes, " classes"));
      if (!class_weight.empty()) factors = class_weight;
      return {factors.begin(), factors.end()};
    }
    Require(
        class_weight.empty(), ErrorKind::kUsage,
        Str("class-weight is given beside class-weighting=", class_weighting),
        "use one of them");
    const std::vector<double> rows = RowsOfClasses(task);
    double all = 0;
    double sum = 0;
    for (std::size_t k = 0; k < classes; ++k) {
      all += rows[k];
      factors[k] = class_weighting == "balanced"
                       ? 1 / rows[k]
                       : 1 / -std::expm1(rows[k] * std::log(beta));
      sum += factors[k];
    }
    const auto count = static_cast<double>(classes);
    const double scale =
        class_weighting == "balanced" ? all / count : count / sum;
    std::vector<Real> result;
    for (const double factor : factors) {
      result.push_back(static_cast<Real>(scale * factor));
    }
    return result;
  }
};

}  // namespace mtlkit
