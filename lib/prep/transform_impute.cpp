// impute: fills what is missing with what is usual in the training rows.
#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>

#include "base/error.h"
#include "data/schema.h"
#include "prep/transform_kinds.h"

namespace mtlkit {
namespace {

using Fills = std::map<std::string, std::vector<double>>;  // by block

class Impute : public Transform {
 public:
  Impute(std::string method, Fills fills)
      : method_(std::move(method)), fills_(std::move(fills)) {}

  std::vector<InputSpec> Specs(
      const std::vector<InputSpec>& inputs) const override {
    const TransformRecord record = Record();
    for (const InputSpec& spec : inputs) {
      if (spec.kind == InputKind::kSparse) continue;
      const auto& fill = ColumnArray(record, spec.name, spec);
      if (spec.kind == InputKind::kCategorical) RequireCodes(spec, fill);
    }
    return inputs;
  }

  std::vector<InputBlock> Apply(const std::vector<InputBlock>& inputs,
                                Index rows) const override {
    std::vector<InputBlock> result = inputs;
    for (InputBlock& block : result) {
      if (block.kind == InputKind::kSparse) continue;
      const std::vector<double>& fill = fills_.at(block.name);
      if (block.kind == InputKind::kCategorical) {
        block.codes = Fill(block.codes, fill, rows,
                           [](std::int32_t code) { return code < 0; });
      } else if (block.wide.empty()) {
        block.dense = Fill(block.dense, fill, rows,
                           [](float value) { return std::isnan(value); });
      } else {
        block.wide = Fill(block.wide, fill, rows,
                          [](double value) { return std::isnan(value); });
      }
    }
    return result;
  }

  TransformRecord Record() const override {
    return {"impute", nlohmann::json{{"method", method_}}.dump(), fills_};
  }

 private:
  static void RequireCodes(const InputSpec& spec,
                           const std::vector<double>& fill) {
    for (std::size_t i = 0; i < fill.size(); ++i) {
      const auto known = static_cast<double>(spec.categories[i].size());
      if (fill[i] < 0 || fill[i] >= known || fill[i] != std::floor(fill[i])) {
        FailDamagedTransform("impute", Str("'", spec.name, "' names category ",
                                           fill[i], " of ", known));
      }
    }
  }

  template <class T, class IsMissing>
  static Array<T> Fill(const Array<T>& cells, const std::vector<double>& fill,
                       Index rows, IsMissing is_missing) {
    std::vector<T> filled(cells.begin(), cells.end());
    auto at = filled.begin();
    for (Index row = 0; row < rows; ++row) {
      for (const double value : fill) {
        if (is_missing(*at)) *at = static_cast<T>(value);
        ++at;
      }
    }
    return Array<T>(std::move(filled));
  }

  std::string method_;
  Fills fills_;
};

[[noreturn]] void FailEmptyColumn(const InputSpec& spec, Index column) {
  const std::string name = ColumnName(spec, column);
  Fail(ErrorKind::kBadInput,
       Str("column '", name, "' has no value in the training rows"),
       Str("leave it out with --ignore ", name));
}

double Mean(const std::vector<double>& values) {
  double sum = 0;
  for (const double value : values) sum += value;
  return sum / static_cast<double>(values.size());
}

double Median(std::vector<double> values) {
  const auto middle =
      values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
  std::nth_element(values.begin(), middle, values.end());
  if (values.size() % 2 == 1) return *middle;
  return (*std::max_element(values.begin(), middle) + *middle) / 2;
}

std::vector<double> FitNumbers(const TrainingRows& rows, const InputSpec& spec,
                               const std::string& method) {
  std::vector<double> fill;
  for (auto& values : KnownValues(rows, spec)) {
    if (values.empty()) FailEmptyColumn(spec, static_cast<Index>(fill.size()));
    fill.push_back(method == "mean" ? Mean(values) : Median(std::move(values)));
  }
  return fill;
}

std::vector<double> FitCategories(const TrainingRows& rows,
                                  const InputSpec& spec) {
  std::vector<std::vector<Index>> counts;
  for (const auto& names : spec.categories) counts.emplace_back(names.size());
  rows.ForEach(spec.name, [&](const InputBlock& block, Index count) {
    for (Index at = 0; at < count * block.cols; ++at) {
      auto& column = counts[static_cast<std::size_t>(at % block.cols)];
      const std::int32_t code = block.codes[at];
      if (code >= 0 && code < static_cast<Index>(column.size())) {
        ++column[static_cast<std::size_t>(code)];
      }
    }
  });
  std::vector<double> fill;
  for (const auto& column : counts) {
    if (column.empty()) FailEmptyColumn(spec, static_cast<Index>(fill.size()));
    const auto most = std::max_element(column.begin(), column.end());
    fill.push_back(static_cast<double>(most - column.begin()));
  }
  return fill;
}

}  // namespace

std::vector<std::vector<double>> KnownValues(const TrainingRows& rows,
                                             const InputSpec& spec) {
  std::vector<std::vector<double>> known(static_cast<std::size_t>(spec.cols));
  rows.ForEach(spec.name, [&](const InputBlock& block, Index count) {
    for (Index at = 0; at < count * block.cols; ++at) {
      const double value = DenseCell(block, at);
      if (std::isnan(value)) continue;
      known[static_cast<std::size_t>(at % block.cols)].push_back(value);
    }
  });
  return known;
}

std::shared_ptr<const Transform> MakeImpute(const TransformRecord& record) {
  const nlohmann::json spec = ParseSpec(record);
  return std::make_shared<Impute>(spec.at("method").get<std::string>(),
                                  record.arrays);
}

std::shared_ptr<const Transform> FitImpute(const TrainingRows& rows,
                                           const std::string& method) {
  Fills fills;
  for (const InputSpec& spec : rows.specs()) {
    if (spec.kind == InputKind::kDense) {
      fills[spec.name] = FitNumbers(rows, spec, method);
    } else if (spec.kind == InputKind::kCategorical) {
      fills[spec.name] = FitCategories(rows, spec);
    }
  }
  return std::make_shared<Impute>(method, std::move(fills));
}

}  // namespace mtlkit
