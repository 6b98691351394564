#pragma once

#include <utility>
#include <vector>

#include "eval/bootstrap.h"
#include "eval/estimate.h"

namespace mtlkit {

// Puts values and intervals together from the whole sample and the draws, which
// must outlive it.
class Summary {
 public:
  Summary(const ValueTable& whole, const std::vector<ValueTable>& draws)
      : whole_(whole), draws_(draws) {}

  // A function of a value table, with an interval.
  template <class Function>
  Estimate Percentile(const IntervalOptions& options,
                      const Function& function) const {
    return PercentileInterval(function(whole_), Draws(function), options);
  }
  template <class Function>
  Estimate Student(const IntervalOptions& options,
                   const Function& function) const {
    return StudentInterval(function(whole_), Draws(function), options);
  }

 private:
  template <class Function>
  std::vector<double> Draws(const Function& function) const {
    std::vector<double> values;
    values.reserve(draws_.size());
    for (const ValueTable& draw : draws_) values.push_back(function(draw));
    return values;
  }

  const ValueTable& whole_;
  const std::vector<ValueTable>& draws_;
};

}  // namespace mtlkit
