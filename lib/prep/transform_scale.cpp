// standard, minmax, max-abs: (x - shift) / scale, column by column.
#include <algorithm>
#include <cmath>
#include <limits>
#include <nlohmann/json.hpp>

#include "base/error.h"
#include "data/schema.h"
#include "prep/transform_kinds.h"

namespace mtlkit {
namespace {

using Arrays = std::map<std::string, std::vector<double>>;

std::string ShiftOf(const InputSpec& spec) {
  return spec.name + ".shift";
}
std::string ScaleOf(const InputSpec& spec) {
  return spec.name + ".scale";
}

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
      } else {
        ApplyDense(&block, rows);
      }
    }
    return result;
  }

  TransformRecord Record() const override {
    return {method_, nlohmann::json::object().dump(), arrays_};
  }

 private:
  bool Scales(const InputSpec& spec) const {
    if (spec.kind == InputKind::kSparse) return method_ == "max-abs";
    return spec.kind == InputKind::kDense;
  }

  void ApplyDense(InputBlock* block, Index rows) const {
    const std::vector<double>& shift = arrays_.at(ShiftOf(*block));
    const std::vector<double>& scale = arrays_.at(ScaleOf(*block));
    std::vector<float> cells(static_cast<std::size_t>(rows * block->cols));
    for (Index at = 0; at < rows * block->cols; ++at) {
      const auto col = static_cast<std::size_t>(at % block->cols);
      cells[static_cast<std::size_t>(at)] =
          static_cast<float>((DenseCell(*block, at) - shift[col]) / scale[col]);
    }
    block->dense = Array<float>(std::move(cells));
    block->wide = {};
  }

  void ApplySparse(InputBlock* block) const {
    const std::vector<double>& scale = arrays_.at(ScaleOf(*block));
    std::vector<float> values(block->values.begin(), block->values.end());
    for (std::size_t at = 0; at < values.size(); ++at) {
      const auto col =
          static_cast<std::size_t>(block->indices[static_cast<Index>(at)]);
      values[at] =
          static_cast<float>(static_cast<double>(values[at]) / scale[col]);
    }
    block->values = Array<float>(std::move(values));
  }

  std::string method_;
  Arrays arrays_;
};

// Sums of each column of a dense block over the training rows, in their order,
// of what `term` makes of (column, value).
template <class Term>
std::vector<double> SumColumns(const TrainingRows& rows, const InputSpec& spec,
                               Term term) {
  std::vector<double> sums(static_cast<std::size_t>(spec.cols));
  rows.ForEach(spec.name, [&](const InputBlock& block, Index count) {
    for (Index at = 0; at < count * block.cols; ++at) {
      const auto col = static_cast<std::size_t>(at % block.cols);
      sums[col] += term(col, DenseCell(block, at));
    }
  });
  return sums;
}

void FitStandard(const TrainingRows& rows, const InputSpec& spec,
                 Arrays* arrays) {
  const auto count = static_cast<double>(rows.rows());
  std::vector<double> mean =
      SumColumns(rows, spec, [](std::size_t, double value) { return value; });
  for (double& value : mean) value /= count;
  std::vector<double> deviation =
      SumColumns(rows, spec, [&](std::size_t col, double value) {
        return (value - mean[col]) * (value - mean[col]);
      });
  for (std::size_t col = 0; col < deviation.size(); ++col) {
    const double root = std::sqrt(deviation[col] / count);
    // Rounding leaves a constant column a deviation of some units in the last
    // place of its mean; that is no spread.
    const bool constant = root <= 1e-12 * std::abs(mean[col]) || root <= 0;
    deviation[col] = constant ? 1 : root;
  }
  (*arrays)[ShiftOf(spec)] = std::move(mean);
  (*arrays)[ScaleOf(spec)] = std::move(deviation);
}

void FitMinMax(const TrainingRows& rows, const InputSpec& spec,
               Arrays* arrays) {
  constexpr double kInfinity = std::numeric_limits<double>::infinity();
  const auto cols = static_cast<std::size_t>(spec.cols);
  std::vector<double> low(cols, kInfinity);
  std::vector<double> high(cols, -kInfinity);
  rows.ForEach(spec.name, [&](const InputBlock& block, Index count) {
    for (Index at = 0; at < count * block.cols; ++at) {
      const auto col = static_cast<std::size_t>(at % block.cols);
      low[col] = std::min(low[col], DenseCell(block, at));
      high[col] = std::max(high[col], DenseCell(block, at));
    }
  });
  for (std::size_t col = 0; col < cols; ++col) {
    high[col] = high[col] > low[col] ? high[col] - low[col] : 1;
  }
  (*arrays)[ShiftOf(spec)] = std::move(low);
  (*arrays)[ScaleOf(spec)] = std::move(high);
}

void FitMaxAbs(const TrainingRows& rows, const InputSpec& spec,
               Arrays* arrays) {
  std::vector<double> most(static_cast<std::size_t>(spec.cols));
  rows.ForEach(spec.name, [&](const InputBlock& block, Index count) {
    const bool sparse = block.kind == InputKind::kSparse;
    const Index cells = sparse ? block.values.size() : count * block.cols;
    for (Index at = 0; at < cells; ++at) {
      const auto col = static_cast<std::size_t>(sparse ? block.indices[at]
                                                       : at % block.cols);
      const double value =
          sparse ? static_cast<double>(block.values[at]) : DenseCell(block, at);
      most[col] = std::max(most[col], std::abs(value));
    }
  });
  for (double& value : most) {
    if (value <= 0) value = 1;
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
           Str("leave it out with --ignore ", column,
               ", or divide it before it is converted"));
    }
  }
}

}  // namespace

std::shared_ptr<const Transform> MakeScale(const TransformRecord& record) {
  ParseSpec(record);
  return std::make_shared<Scale>(record.name, record.arrays);
}

std::shared_ptr<const Transform> FitScale(const TrainingRows& rows,
                                          const std::string& method) {
  Arrays arrays;
  for (const InputSpec& spec : rows.specs()) {
    if (spec.kind == InputKind::kCategorical) continue;
    if (method == "max-abs") {
      FitMaxAbs(rows, spec, &arrays);
    } else if (spec.kind == InputKind::kDense) {
      method == "minmax" ? FitMinMax(rows, spec, &arrays)
                         : FitStandard(rows, spec, &arrays);
    } else {
      continue;
    }
    RequireFitted(spec, arrays);
  }
  return std::make_shared<Scale>(method, std::move(arrays));
}

}  // namespace mtlkit
