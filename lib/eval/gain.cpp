#include "eval/gain.h"

#include <cmath>
#include <limits>

namespace mtlkit {

Estimate Gain::share() const {
  const auto fall = [](double log) { return -std::expm1(log); };
  return {fall(log_ratio.value), fall(log_ratio.high), fall(log_ratio.low)};
}

double LogErrorRatio(std::span<const ErrorPair> errors,
                     std::span<const double> units) {
  double baseline = 0;
  double model = 0;
  bool any = false;
  for (std::size_t i = 0; i < errors.size(); ++i) {
    if (std::isnan(errors[i].baseline) || std::isnan(errors[i].model)) continue;
    baseline += errors[i].baseline / units[i];
    model += errors[i].model / units[i];
    any = true;
  }
  if (!any) return std::numeric_limits<double>::quiet_NaN();
  return model == baseline ? 0 : std::log(model) - std::log(baseline);
}

}  // namespace mtlkit
