// index: categories stay numbers, for an embedding. The number after the last
// stands for what training never saw.

#include "prep/transform_entry.h"

namespace mtlkit {
namespace {

// Changes nothing; that it is there says that the columns were meant to stay.
class KeepCodes : public Transform {
 public:
  // By block a 1 for each column that it was asked for.
  explicit KeepCodes(TransformArrays chosen) : chosen_(std::move(chosen)) {}

  std::vector<InputSpec> Specs(
      const std::vector<InputSpec>& inputs) const override {
    const TransformRecord record = Record();
    for (const InputSpec& spec : inputs) {
      if (TakesCategories(spec.kind)) MarkArray(record, spec.name, spec);
    }
    return inputs;
  }

  std::vector<InputBlock> Apply(const std::vector<InputBlock>& inputs,
                                Index) const override {
    return inputs;
  }

  TransformRecord Record() const override { return {"index", "{}", chosen_}; }

 private:
  TransformArrays chosen_;
};

std::shared_ptr<const Transform> FitIndex(const FitArgs& args) {
  return std::make_shared<KeepCodes>(ChosenMarks(args, TakesCategories));
}

std::shared_ptr<const Transform> RestoreIndex(const TransformRecord& record) {
  ParseSpec(record);
  return std::make_shared<KeepCodes>(record.arrays);
}

}  // namespace

extern const TransformEntry kIndexTransform;
const TransformEntry kIndexTransform = {
    MakeEntry<FitIndex>("index", "categories stay numbers, for an embedding"),
    TakesCategories, RestoreIndex};

}  // namespace mtlkit
