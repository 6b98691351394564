// log: sign(x) log(1 + |x|), for numbers whose ratios matter more than their
// differences, as amounts and counts; root: sign(x) sqrt(|x|), for tails that
// are less heavy. 0 stays 0, and order is kept.
#include <cmath>

#include "prep/transform_entry.h"

namespace mtlkit {
namespace {

// f(|x|) with the sign of x, of some columns.
class SignedCurve : public Transform {
 public:
  // By block a 1 for each column that it is taken of.
  SignedCurve(std::string name, double (*f)(double), TransformArrays chosen)
      : name_(std::move(name)), f_(f), chosen_(std::move(chosen)) {}

  std::vector<InputSpec> Specs(
      const std::vector<InputSpec>& inputs) const override {
    const TransformRecord record = Record();
    for (const InputSpec& spec : inputs) {
      if (TakesNumbers(spec.kind)) MarkArray(record, spec.name, spec);
    }
    return inputs;
  }

  std::vector<InputBlock> Apply(const std::vector<InputBlock>& inputs,
                                Index rows) const override {
    std::vector<InputBlock> result = inputs;
    for (InputBlock& block : result) {
      if (!TakesNumbers(block.kind)) continue;
      const std::vector<double>& chosen = chosen_.at(block.name);
      ChangeNumbers(
          rows,
          [&](std::size_t col, double value) {
            return chosen[col] > 0 ? std::copysign(f_(std::abs(value)), value)
                                   : value;
          },
          &block);
    }
    return result;
  }

  TransformRecord Record() const override { return {name_, "{}", chosen_}; }

 private:
  std::string name_;
  double (*f_)(double);
  TransformArrays chosen_;
};

double LogOf(double size) {
  return std::log1p(size);
}
double RootOf(double size) {
  return std::sqrt(size);
}

std::shared_ptr<const Transform> FitLog(const FitArgs& args) {
  return std::make_shared<SignedCurve>("log", LogOf,
                                       ChosenMarks(args, TakesNumbers));
}
std::shared_ptr<const Transform> FitRoot(const FitArgs& args) {
  return std::make_shared<SignedCurve>("root", RootOf,
                                       ChosenMarks(args, TakesNumbers));
}

std::shared_ptr<const Transform> RestoreCurve(const TransformRecord& record) {
  ParseSpec(record);
  return std::make_shared<SignedCurve>(
      record.name, record.name == "log" ? LogOf : RootOf, record.arrays);
}

}  // namespace

extern const TransformEntry kLogTransform;
const TransformEntry kLogTransform = {
    MakeEntry<FitLog>("log", "sign(x) log(1 + |x|), for amounts and counts"),
    TakesNumbers, RestoreCurve};

extern const TransformEntry kRootTransform;
const TransformEntry kRootTransform = {
    MakeEntry<FitRoot>("root",
                       "sign(x) sqrt(|x|), for tails less heavy than those "
                       "that want log"),
    TakesNumbers, RestoreCurve};

}  // namespace mtlkit
