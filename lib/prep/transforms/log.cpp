// log: sign(x) log(1 + |x|), for numbers whose ratios matter more than their
// differences, as amounts and counts. 0 stays 0, and order is kept.
#include <cmath>

#include "prep/transform_entry.h"

namespace mtlkit {
namespace {

class Log : public Transform {
 public:
  // By block a 1 for each column that it is taken of.
  explicit Log(TransformArrays chosen) : chosen_(std::move(chosen)) {}

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
            return chosen[col] > 0
                       ? std::copysign(std::log1p(std::abs(value)), value)
                       : value;
          },
          &block);
    }
    return result;
  }

  TransformRecord Record() const override { return {"log", "{}", chosen_}; }

 private:
  TransformArrays chosen_;
};

std::shared_ptr<const Transform> FitLog(const FitArgs& args) {
  return std::make_shared<Log>(ChosenMarks(args, TakesNumbers));
}

std::shared_ptr<const Transform> RestoreLog(const TransformRecord& record) {
  ParseSpec(record);
  return std::make_shared<Log>(record.arrays);
}

}  // namespace

extern const TransformEntry kLogTransform;
const TransformEntry kLogTransform = {
    MakeEntry<FitLog>("log", "sign(x) log(1 + |x|), for amounts and counts"),
    TakesNumbers, RestoreLog};

}  // namespace mtlkit
