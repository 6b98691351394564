#include <algorithm>

#include "base/registry.h"
#include "base/text.h"
#include "data/head.h"
#include "nn/losses/loss_tools.h"

namespace mtlkit {
namespace {

struct QuantileOptions {
  std::vector<double> levels = {0.1, 0.5, 0.9};
  void Describe(Fields& fields) {
    fields("levels", levels,
           "which quantiles: numbers between 0 and 1, in any order",
           Range{0.0, 1.0, true, true});
  }
};

std::vector<double> Ascending(const QuantileOptions& options) {
  std::vector<double> levels = options.levels;
  std::sort(levels.begin(), levels.end());
  return levels;
}

// Koenker and Bassett, "Regression quantiles", 1978: for the quantile at level
// q, q r where the label is r above the output and (1 - q) |r| where it is
// below; a mean over columns and levels. At a residual of 0 the slope is 0.
class QuantileLoss : public Loss {
 public:
  QuantileLoss(const Task& task, const QuantileOptions& options)
      : width_(task.width) {
    for (const double level : Ascending(options)) {
      levels_.push_back(static_cast<Real>(level));
    }
  }

  Index target_cols() const override { return width_; }
  bool robust() const override { return true; }

  void Evaluate(const LossArgs& args, std::span<Real> row_loss,
                MatView gradient) const override {
    ForRows(args, static_cast<Real>(args.output.cols), row_loss, gradient,
            [this](const auto&... of_row) { return Row(of_row...); });
  }

 private:
  Real Row(const Real* output, const Real* target, Real scale,
           Real* slopes) const {
    Real sum = 0;
    for (Index col = 0; col < width_; ++col) {
      for (const Real level : levels_) {
        const Real said = *output++;
        const Real above = IsMissing(*target) ? 0 : *target - said;
        const Real slope = above > 0 ? -level : above < 0 ? 1 - level : 0;
        sum -= above * slope;
        if (slopes != nullptr) *slopes++ = scale * slope;
      }
      ++target;
    }
    return sum;
  }

  Index width_;
  std::vector<Real> levels_;
};

void Shape(const Choice& choice, const std::string& where, Task* task) {
  QuantileOptions options;
  ReadOptions(choice, where, &options);
  task->form = ParseForm("quantile");
  task->levels = Ascending(options);
  const auto twice =
      std::adjacent_find(task->levels.begin(), task->levels.end());
  if (twice != task->levels.end()) {
    Fail(ErrorKind::kUsage, Str(where, ": level ", *twice, " is given twice"),
         "give it once");
  }
  const std::string fault = task->head().Fault(*task);
  Require(fault.empty(), ErrorKind::kUsage, where + fault,
          "write levels such as levels=0.1/0.5/0.9");
}

constexpr std::string_view kQuantileTypes[] = {"regression"};

}  // namespace

extern const LossEntry kQuantileLoss;
const LossEntry kQuantileLoss = {
    MakeEntry<QuantileLoss, QuantileOptions>(
        "quantile",
        "the pinball loss of several quantiles, which are then predicted in "
        "place of the value (Koenker and Bassett 1978)"),
    kQuantileTypes, false, Shape};

}  // namespace mtlkit
