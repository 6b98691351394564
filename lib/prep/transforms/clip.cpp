// clip: numbers beyond a quantile of the training rows become that quantile
// (winsorising), so that a few outlying ones do not decide everything.
#include <algorithm>
#include <cmath>
#include <limits>

#include "base/error.h"
#include "prep/transform_entry.h"

namespace mtlkit {
namespace {

std::string LowOf(const InputSpec& spec) {
  return spec.name + ".low";
}
std::string HighOf(const InputSpec& spec) {
  return spec.name + ".high";
}

class Clip : public Transform {
 public:
  explicit Clip(TransformArrays bounds) : bounds_(std::move(bounds)) {}

  std::vector<InputSpec> Specs(
      const std::vector<InputSpec>& inputs) const override {
    const TransformRecord record = Record();
    for (const InputSpec& spec : inputs) {
      if (!TakesNumbers(spec.kind)) continue;
      const auto& low = ColumnArray(record, LowOf(spec), spec);
      const auto& high = ColumnArray(record, HighOf(spec), spec);
      for (std::size_t col = 0; col < low.size(); ++col) {
        if (low[col] > high[col]) {
          FailDamagedTransform("clip", "a lower bound is above the upper one");
        }
      }
    }
    return inputs;
  }

  std::vector<InputBlock> Apply(const std::vector<InputBlock>& inputs,
                                Index rows) const override {
    std::vector<InputBlock> result = inputs;
    for (InputBlock& block : result) {
      if (!TakesNumbers(block.kind)) continue;
      const std::vector<double>& low = bounds_.at(LowOf(block));
      const std::vector<double>& high = bounds_.at(HighOf(block));
      ChangeNumbers(
          rows,
          [&](std::size_t col, double value) {
            // What is missing stays so.
            return value < low[col] ? low[col]
                                    : (value > high[col] ? high[col] : value);
          },
          &block);
    }
    return result;
  }

  TransformRecord Record() const override { return {"clip", "{}", bounds_}; }

 private:
  TransformArrays bounds_;
};

struct ClipOptions {
  double low = 0.01;
  double high = 0.99;

  void Describe(Fields& fields) {
    fields("low", low, "the quantile below which numbers are clipped",
           Between(0, 1));
    fields("high", high, "the quantile above which numbers are clipped",
           Between(0, 1));
  }
};

std::shared_ptr<const Transform> FitClip(const FitArgs& args,
                                         const ClipOptions& options) {
  Require(options.low < options.high, ErrorKind::kUsage,
          Str("clip: low is ", options.low, " and high ", options.high),
          "low is below high");
  TransformArrays bounds;
  for (const InputSpec& spec : args.rows.specs()) {
    if (!TakesNumbers(spec.kind)) continue;
    std::vector<double>& low = bounds[LowOf(spec)];
    std::vector<double>& high = bounds[HighOf(spec)];
    low.assign(At(spec.cols), std::numeric_limits<double>::lowest());
    high.assign(At(spec.cols), std::numeric_limits<double>::max());
    auto known = KnownValues(args, spec);
    for (std::size_t col = 0; col < known.size(); ++col) {
      if (known[col].empty()) continue;
      std::sort(known[col].begin(), known[col].end());
      low[col] = Quantile(known[col], options.low);
      high[col] = Quantile(known[col], options.high);
    }
  }
  return std::make_shared<Clip>(std::move(bounds));
}

std::shared_ptr<const Transform> RestoreClip(const TransformRecord& record) {
  ParseSpec(record);
  return std::make_shared<Clip>(record.arrays);
}

}  // namespace

extern const TransformEntry kClipTransform;
const TransformEntry kClipTransform = {
    MakeEntry<FitClip, ClipOptions>(
        "clip", "numbers beyond a quantile of the training rows become it"),
    TakesNumbers, RestoreClip};

}  // namespace mtlkit
