#include <cmath>

#include "base/error.h"
#include "base/registry.h"
#include "base/text.h"
#include "nn/losses/loss_tools.h"

namespace mtlkit {
namespace {

// |z / |z| - y / |y||^2 = 2 - 2 cos(z, y): how far directions are apart, from 0
// to 4, whatever the lengths. Li and Bilen, "Knowledge distillation for
// multi-task learning" (2020, equation 4), where y is what a network of one
// task has inside itself, and z a linear map of what the shared one has.
//
// |z| counts as sqrt(|z|^2 + kLeast^2), so an output of zeros, which has no
// direction, has a gradient, too: towards y. A row whose labels are all 0 says
// nothing; missing cells are left out of both vectors.
class CosineLoss : public Loss {
 public:
  explicit CosineLoss(const Task& task) : cols_(task.output_cols()) {
    Require(cols_ > 1, ErrorKind::kUsage,
            Str("cosine: task '", task.name,
                "' has one column, and so no direction but its sign"),
            "use squared");
  }

  Index target_cols() const override { return cols_; }

  void Evaluate(const LossArgs& args, std::span<Real> row_loss,
                MatView gradient) const override {
    ForRows(args, Real{1}, row_loss, gradient,
            [this](const auto&... of_row) { return Row(of_row...); });
  }

 private:
  static constexpr Real kLeast = Real(1e-3);

  Real Row(const Real* output, const Real* target, Real weight,
           Real* slopes) const {
    Real output_square = kLeast * kLeast;
    Real target_square = 0;
    for (Index col = 0; col < cols_; ++col) {
      if (IsMissing(target[col])) continue;
      output_square += output[col] * output[col];
      target_square += target[col] * target[col];
    }
    const Real to_unit = 1 / std::sqrt(output_square);
    const Real label = target_square > 0 ? 1 / std::sqrt(target_square) : 0;
    Real loss = 0;
    Real along = 0;  // of the residual, along z
    for (Index col = 0; col < cols_; ++col) {
      const Real apart = Apart(output, target, col, to_unit, label);
      loss += apart * apart;
      along += apart * output[col] * to_unit;
    }
    if (label == 0) loss = along = weight = 0;
    for (Index col = 0; slopes != nullptr && col < cols_; ++col) {
      const Real apart = Apart(output, target, col, to_unit, label);
      const Real unit = IsMissing(target[col]) ? 0 : output[col] * to_unit;
      slopes[col] = 2 * weight * to_unit * (apart - along * unit);
    }
    return loss;
  }

  static Real Apart(const Real* output, const Real* target, Index col,
                    Real to_unit, Real label) {
    if (IsMissing(target[col])) return 0;
    return output[col] * to_unit - target[col] * label;
  }

  Index cols_;
};

constexpr std::string_view kCosineTypes[] = {"regression"};

}  // namespace

extern const LossEntry kCosineLoss;
const LossEntry kCosineLoss = {
    MakeEntry<CosineLoss>(
        "cosine",
        "the squared distance of directions, 2 - 2 cos(output,"
        " y), of tasks with several columns"),
    kCosineTypes};

}  // namespace mtlkit
