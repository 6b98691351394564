// Heads whose predictions are probabilities of yes, one for each output.
#pragma once

#include "data/heads/class_head.h"
#include "data/heads/merge_members.h"
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

  // The logit of the mean probability: its log less that of no.
  bool merges() const override { return true; }
  void Merge(const Task& /*task*/, ConstMatView outputs,
             MatView merged) const override {
    MergeCells(
        outputs, merged,
        [](double z) {
          return YesAndNo{YesOfLogit(z), YesOfLogit(-z)};
        },
        [](YesAndNo sum, double members) {
          return LogOfMean(sum.yes / members) - LogOfMean(sum.no / members);
        });
  }

 protected:
  ~SigmoidLink() = default;

 private:
  // Both, so that neither is a small difference.
  struct YesAndNo {
    double yes;
    double no;
    void operator+=(const YesAndNo& other) {
      yes += other.yes;
      no += other.no;
    }
  };
};

}  // namespace mtlkit
