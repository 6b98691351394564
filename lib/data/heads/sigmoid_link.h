// Heads whose predictions are probabilities of yes, one for each output.
#pragma once

#include "data/heads/class_head.h"
#include "data/output_distance.h"

namespace mtlkit {

template <class Base>
class SigmoidLink : public Base {
 public:
  void Link(const Task& /*task*/, ConstMatView outputs,
            MatView predictions) const override {
    ApplySigmoid(outputs, predictions);
  }
  void SoftTargets(const Task& /*task*/, ConstMatView outputs,
                   MatView targets) const override {
    ApplySigmoid(outputs, targets);
  }
  void TargetsOf(const Task& /*task*/, ConstMatView predictions,
                 MatView targets) const override {
    CopyValues(predictions, targets);
  }

  const OutputDistance& distance() const override { return LogitDistance(); }

 protected:
  ~SigmoidLink() = default;
};

}  // namespace mtlkit
