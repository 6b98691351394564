#include "eval/gain.h"

#include <cmath>
#include <limits>

namespace mtlkit {

Estimate Gain::share() const {
  const auto fall = [](double log) { return 0 - std::expm1(log); };
  return {fall(log_ratio.value), fall(log_ratio.high), fall(log_ratio.low),
          log_ratio.why};
}

namespace {

// The sum over tasks of relative errors; for roots it is their number times the
// root of their mean square.
class ErrorSum {
 public:
  void Add(double error, const ErrorUnit& unit) {
    const double relative = error / unit.size;
    if (unit.is_root) {
      squares_ += relative * relative;
      ++roots_;
    } else {
      sum_ += relative;
    }
  }
  double Value() const { return sum_ + std::sqrt(squares_ * roots_); }

 private:
  double sum_ = 0;
  double squares_ = 0;
  double roots_ = 0;  // how many
};

}  // namespace

double LogErrorRatio(std::span<const ErrorPair> errors,
                     std::span<const ErrorUnit> units) {
  ErrorSum baseline;
  ErrorSum model;
  bool any = false;
  for (std::size_t i = 0; i < errors.size(); ++i) {
    if (std::isnan(errors[i].baseline) || std::isnan(errors[i].model)) continue;
    baseline.Add(errors[i].baseline, units[i]);
    model.Add(errors[i].model, units[i]);
    any = true;
  }
  if (!any) return std::numeric_limits<double>::quiet_NaN();
  if (model.Value() == baseline.Value()) return 0;
  return std::log(model.Value()) - std::log(baseline.Value());
}

}  // namespace mtlkit
