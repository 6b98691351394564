// Losses of labels that are not negative towards means, of which outputs are
// the logs: half the unit deviance of a distribution, which is its negative log
// likelihood less that of the best mean, y itself.
#pragma once

#include "data/head.h"
#include "data/heads/log_mean.h"
#include "nn/losses/loss_tools.h"
#include "nn/losses/plain_labels.h"

namespace mtlkit {

// The mean over columns. `Point` has double operator()(double z, double y,
// double* slope) const. In double: terms of any size cancel.
template <class Point>
class LogMeanLoss : public Loss {
 public:
  LogMeanLoss(const Task& task, const Point& point, bool takes_zero)
      : cols_(task.output_cols()), point_(point), takes_zero_(takes_zero) {}

  Index target_cols() const override { return cols_; }
  LabelBounds label_bounds() const override { return {0, !takes_zero_}; }

  void Evaluate(const LossArgs& args, std::span<Real> row_loss,
                MatView gradient) const override {
    ForRows(args, static_cast<double>(cols_), row_loss, gradient,
            [this](const auto&... of_row) { return Row(of_row...); });
  }

 private:
  double Row(const Real* output, const Real* target, double scale,
             Real* slopes) const {
    double sum = 0;
    for (Index col = 0; col < cols_; ++col) {
      double slope = 0;
      if (!IsMissing(target[col])) {
        const double loss = point_(static_cast<double>(output[col]),
                                   static_cast<double>(target[col]), &slope);
        sum += std::max(loss, 0.0);
      }
      if (slopes != nullptr) slopes[col] = static_cast<Real>(scale * slope);
    }
    return sum;
  }

  Index cols_;
  Point point_;
  bool takes_zero_;
};

// Nothing is taken off labels that have a log; they are counted in their mean,
// so that a network begins near it and losses are of a size, in any units.
inline void CountInMeans(Task* task) {
  for (std::size_t col = 0; col < task->mean.size(); ++col) {
    if (task->mean[col] > 0) task->deviation[col] = task->mean[col];
    task->mean[col] = 0;
  }
}

inline void ShapeLogMean(const Choice& choice, const std::string& where,
                         Task* task) {
  RequirePlainLabels(choice, where, *task);
  task->form = ParseForm("positive");
  CountInMeans(task);
}

inline constexpr std::string_view kLogMeanTypes[] = {"regression"};

}  // namespace mtlkit
