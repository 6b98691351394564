// standard, robust, minmax, max-abs: (x - shift) / scale, column by column, of
// x held within what training showed: beyond it a network was never trained,
// and goes on as steeply as it ended.
#include <algorithm>
#include <cmath>
#include <limits>

#include "base/error.h"
#include "base/text.h"
#include "data/schema.h"
#include "data/spread.h"
#include "prep/transform_entry.h"

namespace mtlkit {
namespace {

using Arrays = TransformArrays;

std::string ShiftOf(const InputSpec& spec) {
  return spec.name + ".shift";
}
std::string ScaleOf(const InputSpec& spec) {
  return spec.name + ".scale";
}
// Bounds of numbers before they are scaled; absent where there are none.
std::string ScaleLowOf(const InputSpec& spec) {
  return spec.name + ".low";
}
std::string ScaleHighOf(const InputSpec& spec) {
  return spec.name + ".high";
}

constexpr double kLeastDouble = std::numeric_limits<double>::lowest();
constexpr double kMostDouble = std::numeric_limits<double>::max();

class Scale : public Transform {
 public:
  Scale(std::string method, Arrays arrays)
      : method_(std::move(method)), arrays_(std::move(arrays)) {}

  std::vector<InputSpec> Specs(
      const std::vector<InputSpec>& inputs) const override {
    const TransformRecord record = Record();
    for (const InputSpec& spec : inputs) {
      if (!Scales(spec)) continue;
      ColumnArray(record, ShiftOf(spec), spec);
      for (const double scale : ColumnArray(record, ScaleOf(spec), spec)) {
        if (scale <= 0) FailDamagedTransform(method_, "a scale is not above 0");
      }
      if (!HasBounds(spec)) continue;
      const auto& low = ColumnArray(record, ScaleLowOf(spec), spec);
      const auto& high = ColumnArray(record, ScaleHighOf(spec), spec);
      for (std::size_t col = 0; col < low.size(); ++col) {
        if (low[col] > high[col]) {
          FailDamagedTransform(method_, "a lower bound is above the upper one");
        }
      }
    }
    return inputs;
  }

  std::vector<InputBlock> Apply(const std::vector<InputBlock>& inputs,
                                Index rows) const override {
    std::vector<InputBlock> result = inputs;
    for (InputBlock& block : result) {
      if (!Scales(block)) continue;
      if (block.kind == InputKind::kSparse) {
        ApplySparse(&block);
        continue;
      }
      const std::vector<double>& shift = arrays_.at(ShiftOf(block));
      const std::vector<double>& scale = arrays_.at(ScaleOf(block));
      const Bounds bounds = BoundsOf(block);
      ChangeNumbers(
          rows,
          [&](std::size_t col, double value) {
            return (bounds.Hold(col, value) - shift[col]) / scale[col];
          },
          &block);
    }
    return result;
  }

  TransformRecord Record() const override { return {method_, "{}", arrays_}; }

  // Whether it has numbers for the block.
  bool Scales(const InputSpec& spec) const {
    if (spec.kind == InputKind::kSparse) return method_ == "max-abs";
    return spec.kind == InputKind::kDense;
  }

 private:
  struct Bounds {
    const std::vector<double>* low = nullptr;
    const std::vector<double>* high = nullptr;

    // What is missing stays so.
    double Hold(std::size_t col, double value) const {
      if (low == nullptr) return value;
      if (value < (*low)[col]) return (*low)[col];
      return value > (*high)[col] ? (*high)[col] : value;
    }
  };

  bool HasBounds(const InputSpec& spec) const {
    return arrays_.count(ScaleLowOf(spec)) + arrays_.count(ScaleHighOf(spec)) >
           0;
  }
  Bounds BoundsOf(const InputSpec& spec) const {
    if (!HasBounds(spec)) return {};
    return {&arrays_.at(ScaleLowOf(spec)), &arrays_.at(ScaleHighOf(spec))};
  }

  void ApplySparse(InputBlock* block) const {
    const std::vector<double>& scale = arrays_.at(ScaleOf(*block));
    const Bounds bounds = BoundsOf(*block);
    std::vector<float> values(block->values.begin(), block->values.end());
    for (std::size_t at = 0; at < values.size(); ++at) {
      const auto col =
          static_cast<std::size_t>(block->indices[static_cast<Index>(at)]);
      values[at] = static_cast<float>(
          bounds.Hold(col, static_cast<double>(values[at])) / scale[col]);
    }
    block->values = Array<float>(std::move(values));
  }

  std::string method_;
  Arrays arrays_;
};

// Means of each column of a dense block over the training rows that know it, in
// their order, of what `term` makes of (column, value); 0 where none does.
template <class Term>
std::vector<double> MeanColumns(const TrainingRows& rows, const InputSpec& spec,
                                Term term) {
  std::vector<double> sums(At(spec.cols));
  std::vector<double> counts(At(spec.cols));
  rows.ForEach(spec.name, [&](const InputBlock& block, Index count) {
    for (Index at = 0; at < count * block.cols; ++at) {
      const double value = DenseCell(block, at);
      if (std::isnan(value)) continue;
      const std::size_t col = At(at % block.cols);
      sums[col] += term(col, value);
      counts[col] += 1;
    }
  });
  for (std::size_t col = 0; col < sums.size(); ++col) {
    if (counts[col] > 0) sums[col] /= counts[col];
  }
  return sums;
}

// (Mean, deviation) of each column.
void FitStandard(const FitArgs& args, const InputSpec& spec, Arrays* arrays) {
  std::vector<double> mean = MeanColumns(
      args.rows, spec, [](std::size_t, double value) { return value; });
  std::vector<double> deviation =
      MeanColumns(args.rows, spec, [&](std::size_t col, double value) {
        return (value - mean[col]) * (value - mean[col]);
      });
  for (std::size_t col = 0; col < deviation.size(); ++col) {
    const double root = std::sqrt(deviation[col]);
    // Rounding leaves a constant column a deviation of some units in the last
    // place of its mean; that is no spread.
    const bool constant = root <= 1e-12 * std::abs(mean[col]) || root <= 0;
    deviation[col] = constant ? 1 : root;
  }
  (*arrays)[ShiftOf(spec)] = std::move(mean);
  (*arrays)[ScaleOf(spec)] = std::move(deviation);
}

// The distance of the quartiles of a normal distribution of deviation 1.
constexpr double kNormalQuartiles = 1.3489795003921634;

// (Median, distance of the quartiles); of columns whose quartiles fall
// together, half of whose rows are one value or so but for rounding, the
// deviation.
void FitRobust(const FitArgs& args, const InputSpec& spec, Arrays* arrays) {
  FitStandard(args, spec, arrays);
  std::vector<double>& shift = arrays->at(ShiftOf(spec));
  std::vector<double>& scale = arrays->at(ScaleOf(spec));
  auto known = KnownValues(args, spec);
  for (std::size_t col = 0; col < known.size(); ++col) {
    if (known[col].empty()) continue;
    std::sort(known[col].begin(), known[col].end());
    shift[col] = Quantile(known[col], 0.5);
    const double between =
        Quantile(known[col], 0.75) - Quantile(known[col], 0.25);
    if (between > 1e-12 * std::abs(shift[col]) &&
        !IsSpreadOfRounding(known[col], shift[col], between)) {
      scale[col] = between / kNormalQuartiles;
    }
  }
}

// The range of each column in the training rows; of sparse blocks that of
// their entries and 0. Where nothing is known the least is above the most.
struct ColumnRanges {
  std::vector<double> low, high;
};

ColumnRanges RangesOf(const FitArgs& args, const InputSpec& spec) {
  constexpr double kInfinity = std::numeric_limits<double>::infinity();
  const bool sparse = spec.kind == InputKind::kSparse;
  ColumnRanges ranges;
  ranges.low.assign(At(spec.cols), sparse ? 0 : kInfinity);
  ranges.high.assign(At(spec.cols), sparse ? 0 : -kInfinity);
  args.rows.ForEach(spec.name, [&](const InputBlock& block, Index count) {
    const Index cells = sparse ? block.values.size() : count * block.cols;
    for (Index at = 0; at < cells; ++at) {
      const std::size_t col = At(sparse ? block.indices[at] : at % block.cols);
      const double value =
          sparse ? static_cast<double>(block.values[at]) : DenseCell(block, at);
      ranges.low[col] = std::min(ranges.low[col], value);
      ranges.high[col] = std::max(ranges.high[col], value);
    }
  });
  return ranges;
}

void FitMinMax(const FitArgs& args, const InputSpec& spec, Arrays* arrays) {
  auto [low, high] = RangesOf(args, spec);
  for (std::size_t col = 0; col < high.size(); ++col) {
    if (high[col] < low[col]) low[col] = 0;  // nothing is known
    high[col] = high[col] > low[col] ? high[col] - low[col] : 1;
  }
  (*arrays)[ShiftOf(spec)] = std::move(low);
  (*arrays)[ScaleOf(spec)] = std::move(high);
}

void FitMaxAbs(const FitArgs& args, const InputSpec& spec, Arrays* arrays) {
  const auto [low, high] = RangesOf(args, spec);
  std::vector<double> most(low.size());
  for (std::size_t col = 0; col < most.size(); ++col) {
    most[col] = std::max(-low[col], high[col]);
    if (!(most[col] > 0 && low[col] <= high[col])) most[col] = 1;
  }
  (*arrays)[ShiftOf(spec)].assign(most.size(), 0);
  (*arrays)[ScaleOf(spec)] = std::move(most);
}

// Squares and ranges of numbers near the largest double are no numbers.
void RequireFitted(const InputSpec& spec, const Arrays& arrays) {
  for (const std::string& name : {ShiftOf(spec), ScaleOf(spec)}) {
    const std::vector<double>& values = arrays.at(name);
    for (std::size_t col = 0; col < values.size(); ++col) {
      if (std::isfinite(values[col])) continue;
      const std::string column = ColumnName(spec, static_cast<Index>(col));
      Fail(ErrorKind::kBadInput,
           Str("column '", column, "': its values are too large to be scaled"),
           Str("leave it out with --ignore ", NameInList(column),
               ", or divide it before it is converted"));
    }
  }
}

// `margin` is how far beyond the range of the training rows, in parts of it.
void FitBounds(const FitArgs& args, const InputSpec& spec, double margin,
               Arrays* arrays) {
  auto [low, high] = RangesOf(args, spec);
  for (std::size_t col = 0; col < low.size(); ++col) {
    const bool known = low[col] <= high[col];
    const double beyond = margin > 0 ? margin * (high[col] - low[col]) : 0;
    low[col] = known ? std::max(low[col] - beyond, kLeastDouble) : kLeastDouble;
    high[col] = known ? std::min(high[col] + beyond, kMostDouble) : kMostDouble;
  }
  (*arrays)[ScaleLowOf(spec)] = std::move(low);
  (*arrays)[ScaleHighOf(spec)] = std::move(high);
}

// Columns that nobody asked for stay as they are.
void KeepOthers(const FitArgs& args, const InputSpec& spec, Arrays* arrays) {
  const std::vector<bool> chosen = ChosenColumns(args, spec);
  const bool has_bounds = arrays->count(ScaleLowOf(spec)) > 0;
  for (std::size_t col = 0; col < chosen.size(); ++col) {
    if (chosen[col]) continue;
    arrays->at(ShiftOf(spec))[col] = 0;
    arrays->at(ScaleOf(spec))[col] = 1;
    if (!has_bounds) continue;
    arrays->at(ScaleLowOf(spec))[col] = kLeastDouble;
    arrays->at(ScaleHighOf(spec))[col] = kMostDouble;
  }
}

struct ScaleOptions {
  std::string margin = "0.1";

  void Describe(Fields& fields) {
    fields.Named("margin", margin, "N|none",
                 "how far beyond the range of the training rows a number is "
                 "clipped, in parts of that range; none: it is not");
  }
};

using FitBlock = void (*)(const FitArgs&, const InputSpec&, Arrays*);

std::shared_ptr<const Transform> FitBlocks(const FitArgs& args,
                                           std::string method,
                                           const ScaleOptions& options,
                                           FitBlock fit) {
  const std::optional<double> margin = ParseMargin(options.margin, method);
  Arrays arrays;
  auto scale = std::make_shared<Scale>(method, Arrays());
  for (const InputSpec& spec : args.rows.specs()) {
    if (!scale->Scales(spec)) continue;
    fit(args, spec, &arrays);
    if (margin) FitBounds(args, spec, *margin, &arrays);
    KeepOthers(args, spec, &arrays);
    RequireFitted(spec, arrays);
  }
  return std::make_shared<Scale>(std::move(method), std::move(arrays));
}

std::shared_ptr<const Transform> Standard(const FitArgs& args,
                                          const ScaleOptions& options) {
  return FitBlocks(args, "standard", options, FitStandard);
}
std::shared_ptr<const Transform> Robust(const FitArgs& args,
                                        const ScaleOptions& options) {
  return FitBlocks(args, "robust", options, FitRobust);
}
std::shared_ptr<const Transform> MinMax(const FitArgs& args,
                                        const ScaleOptions& options) {
  return FitBlocks(args, "minmax", options, FitMinMax);
}
std::shared_ptr<const Transform> MaxAbs(const FitArgs& args,
                                        const ScaleOptions& options) {
  return FitBlocks(args, "max-abs", options, FitMaxAbs);
}

bool TakesNumbersAndSparse(InputKind kind) {
  return TakesNumbers(kind) || kind == InputKind::kSparse;
}

std::shared_ptr<const Transform> RestoreScale(const TransformRecord& record) {
  ParseSpec(record);
  return std::make_shared<Scale>(record.name, record.arrays);
}

}  // namespace

extern const TransformEntry kStandardTransform;
const TransformEntry kStandardTransform = {
    MakeEntry<Standard, ScaleOptions>(
        "standard", "numbers less their mean, over their deviation"),
    TakesNumbers, RestoreScale};

extern const TransformEntry kRobustTransform;
const TransformEntry kRobustTransform = {
    MakeEntry<Robust, ScaleOptions>(
        "robust",
        "numbers less their median, over the distance of their quartiles "
        "(in deviations of a normal distribution); over their deviation where "
        "the quartiles fall together"),
    TakesNumbers, RestoreScale};

extern const TransformEntry kMinMaxTransform;
const TransformEntry kMinMaxTransform = {
    MakeEntry<MinMax, ScaleOptions>(
        "minmax", "numbers mapped so that the training rows lie in 0 .. 1"),
    TakesNumbers, RestoreScale};

extern const TransformEntry kMaxAbsTransform;
const TransformEntry kMaxAbsTransform = {
    MakeEntry<MaxAbs, ScaleOptions>(
        "max-abs",
        "numbers over their largest magnitude, which keeps sparse zeros"),
    TakesNumbersAndSparse, RestoreScale};

}  // namespace mtlkit
