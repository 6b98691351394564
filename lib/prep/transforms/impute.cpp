// impute: fills what is missing with what is usual in the training rows, and
// says beside numbers which of them were missing there.
#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>
#include <nlohmann/json.hpp>
#include <set>
#include <utility>

#include "base/error.h"
#include "base/json_text.h"
#include "base/rng.h"
#include "base/text.h"
#include "data/schema.h"
#include "prep/transform_entry.h"

namespace mtlkit {
namespace {

// By block what goes into each column, and under KeepsOf(block) a 1 for each
// column that is left as it is, where there are such.
using Fills = TransformArrays;

std::string KeepsOf(const InputSpec& spec) {
  return spec.name + ".keeps";
}
// A 1 for each column of numbers that has an indicator behind the block.
std::string MarksOf(const InputSpec& spec) {
  return spec.name + ".marks";
}

bool TakesTables(InputKind kind) {
  return TakesNumbers(kind) || TakesCategories(kind);
}

class Impute : public Transform {
 public:
  Impute(std::string method, bool has_marks, Fills fills)
      : method_(std::move(method)),
        has_marks_(has_marks),
        fills_(std::move(fills)) {}

  std::vector<InputSpec> Specs(
      const std::vector<InputSpec>& inputs) const override {
    const TransformRecord record = Record();
    std::vector<InputSpec> result = inputs;
    for (InputSpec& spec : result) {
      if (!TakesTables(spec.kind)) continue;
      const auto& fill = ColumnArray(record, spec.name, spec);
      if (fills_.count(KeepsOf(spec)) > 0) {
        MarkArray(record, KeepsOf(spec), spec);
      }
      if (spec.kind == InputKind::kCategorical) RequireCodes(spec, fill);
      if (!Marks(spec)) continue;
      MarkArray(record, MarksOf(spec), spec);
      AddNames(&spec);
    }
    return result;
  }

  std::vector<InputBlock> Apply(const std::vector<InputBlock>& inputs,
                                Index rows) const override {
    std::vector<InputBlock> result = inputs;
    for (InputBlock& block : result) {
      if (!TakesTables(block.kind)) continue;
      const std::vector<double> fill = FillOf(block);
      const InputBlock before = block;
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
      if (Marks(block)) AddIndicators(before, rows, &block);
    }
    return result;
  }

  TransformRecord Record() const override {
    return {"impute",
            DumpJson(
                nlohmann::json{{"method", method_}, {"indicator", has_marks_}}),
            fills_};
  }

 private:
  bool Marks(const InputSpec& spec) const {
    return has_marks_ && TakesNumbers(spec.kind);
  }

  std::vector<Index> MarkedColumns(const InputSpec& spec) const {
    std::vector<Index> columns;
    const std::vector<double>& marks = fills_.at(MarksOf(spec));
    for (std::size_t col = 0; col < marks.size(); ++col) {
      if (marks[col] > 0) columns.push_back(static_cast<Index>(col));
    }
    return columns;
  }

  void AddNames(InputSpec* spec) const {
    const std::vector<Index> marked = MarkedColumns(*spec);
    if (marked.empty()) return;
    std::vector<std::string> names;
    for (Index col = 0; col < spec->cols; ++col) {
      names.push_back(ColumnName(*spec, col));
    }
    for (const Index col : marked) {
      names.push_back(ColumnName(*spec, col) + ".missing");
    }
    spec->columns = std::move(names);
    spec->cols = std::ssize(spec->columns);
  }

  void AddIndicators(const InputBlock& before, Index rows,
                     InputBlock* block) const {
    const std::vector<Index> marked = MarkedColumns(before);
    if (marked.empty()) return;
    AddNames(block);
    const auto widened = [&](const auto& cells) {
      auto result = std::vector(cells.begin(), cells.begin());
      result.reserve(At(rows * block->cols));
      for (Index row = 0; row < rows; ++row) {
        const auto first = cells.begin() + row * before.cols;
        result.insert(result.end(), first, first + before.cols);
        for (const Index col : marked) {
          result.push_back(
              std::isnan(DenseCell(before, row * before.cols + col)) ? 1 : 0);
        }
      }
      return Array(std::move(result));
    };
    if (block->wide.empty()) {
      block->dense = widened(block->dense);
    } else {
      block->wide = widened(block->wide);
    }
  }

  // What goes into each column; what is missing stays so in those left alone.
  std::vector<double> FillOf(const InputSpec& spec) const {
    std::vector<double> fill = fills_.at(spec.name);
    const double missing = spec.kind == InputKind::kCategorical
                               ? -1
                               : std::numeric_limits<double>::quiet_NaN();
    for (std::size_t col = 0; col < fill.size(); ++col) {
      if (Keeps(spec, col)) fill[col] = missing;
    }
    return fill;
  }

  bool Keeps(const InputSpec& spec, std::size_t col) const {
    const auto keeps = fills_.find(KeepsOf(spec));
    return keeps != fills_.end() && keeps->second[col] > 0;
  }

  void RequireCodes(const InputSpec& spec,
                    const std::vector<double>& fill) const {
    for (std::size_t i = 0; i < fill.size(); ++i) {
      const auto known = static_cast<double>(spec.categories[i].size());
      if (Keeps(spec, i)) continue;
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
  bool has_marks_;
  Fills fills_;
};

[[noreturn]] void FailEmptyColumn(const InputSpec& spec, Index column) {
  const std::string name = ColumnName(spec, column);
  Fail(ErrorKind::kBadInput,
       Str("column '", name, "' has no value in the training rows"),
       Str("leave it out with --ignore ", NameInList(name)));
}

// The mean of what is known of each chosen column, over all training rows; NaN
// where nothing is.
std::vector<double> Means(const FitArgs& args, const InputSpec& spec) {
  std::vector<double> sums(At(spec.cols));
  std::vector<double> counts(At(spec.cols));
  args.rows.ForEach(spec.name, [&](const InputBlock& block, Index count) {
    for (Index at = 0; at < count * block.cols; ++at) {
      const double value = DenseCell(block, at);
      if (std::isnan(value)) continue;
      sums[At(at % block.cols)] += value;
      counts[At(at % block.cols)] += 1;
    }
  });
  for (std::size_t col = 0; col < sums.size(); ++col) sums[col] /= counts[col];
  return sums;
}

double Median(std::vector<double> values) {
  const auto middle =
      values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
  std::nth_element(values.begin(), middle, values.end());
  if (values.size() % 2 == 1) return *middle;
  return (*std::max_element(values.begin(), middle) + *middle) / 2;
}

std::vector<double> FitNumbers(const FitArgs& args, const InputSpec& spec,
                               const std::string& method) {
  std::vector<double> fill = Means(args, spec);
  const std::vector<bool> chosen = ChosenColumns(args, spec);
  auto known = method == "mean" ? std::vector<std::vector<double>>(fill.size())
                                : KnownValues(args, spec);
  for (std::size_t col = 0; col < fill.size(); ++col) {
    if (!chosen[col]) {
      fill[col] = 0;
    } else if (std::isnan(fill[col])) {
      FailEmptyColumn(spec, static_cast<Index>(col));
    } else if (method == "median") {
      fill[col] = Median(std::move(known[col]));
    }
  }
  return fill;
}

std::vector<double> FitCategories(const FitArgs& args, const InputSpec& spec) {
  std::vector<std::vector<Index>> counts;
  for (const auto& names : spec.categories) counts.emplace_back(names.size());
  args.rows.ForEach(spec.name, [&](const InputBlock& block, Index count) {
    for (Index at = 0; at < count * block.cols; ++at) {
      auto& column = counts[At(at % block.cols)];
      const std::int32_t code = block.codes[at];
      if (code >= 0 && code < static_cast<Index>(column.size())) {
        ++column[At(code)];
      }
    }
  });
  const std::vector<bool> chosen = ChosenColumns(args, spec);
  std::vector<double> fill;
  for (const auto& column : counts) {
    const bool wanted = chosen[fill.size()];
    if (wanted && column.empty()) {
      FailEmptyColumn(spec, static_cast<Index>(fill.size()));
    }
    const auto most = std::max_element(column.begin(), column.end());
    fill.push_back(wanted ? static_cast<double>(most - column.begin()) : 0);
  }
  return fill;
}

void MarkOthers(const FitArgs& args, const InputSpec& spec, Fills* fills) {
  std::vector<double> keeps;
  for (const bool chosen : ChosenColumns(args, spec)) {
    keeps.push_back(chosen ? 0 : 1);
  }
  if (std::count(keeps.begin(), keeps.end(), 1.0) > 0) {
    (*fills)[KeepsOf(spec)] = std::move(keeps);
  }
}

// Marks the chosen columns of numbers that training rows lack. Of columns that
// the same rows lack, as the parts of a date, the first is marked.
void MarkMissing(const FitArgs& args, const InputSpec& spec, Fills* fills) {
  std::vector<Index> missing(At(spec.cols));
  // Rows by the sum of a number drawn for each.
  std::vector<std::uint64_t> which(At(spec.cols));
  const Rng drawn(0, RandomPurpose::kSampleRows, 2);
  Index row = 0;
  args.rows.ForEach(spec.name, [&](const InputBlock& block, Index count) {
    for (Index at = 0; at < count * block.cols; ++at) {
      if (!std::isnan(DenseCell(block, at))) continue;
      const std::size_t col = At(at % block.cols);
      ++missing[col];
      which[col] += drawn.Wide(row + at / block.cols, 0);
    }
    row += count;
  });
  std::set<std::pair<Index, std::uint64_t>> seen;
  std::vector<double> marks;
  const std::vector<bool> chosen = ChosenColumns(args, spec);
  for (std::size_t col = 0; col < missing.size(); ++col) {
    const bool is_new = chosen[col] && missing[col] > 0 &&
                        seen.insert({missing[col], which[col]}).second;
    marks.push_back(is_new ? 1 : 0);
  }
  (*fills)[MarksOf(spec)] = std::move(marks);
}

struct ImputeOptions {
  std::string method = "median";
  bool indicator = true;

  void Describe(Fields& fields) {
    fields("method", method, "what a missing number becomes",
           {"median", "mean"});
    fields("indicator", indicator,
           "whether a column COLUMN.missing of zeros and ones goes beside each "
           "column of numbers that some training rows lack");
  }
};

std::shared_ptr<const Transform> FitImpute(const FitArgs& args,
                                           const ImputeOptions& options) {
  Fills fills;
  for (const InputSpec& spec : args.rows.specs()) {
    if (!TakesTables(spec.kind)) continue;
    fills[spec.name] = spec.kind == InputKind::kDense
                           ? FitNumbers(args, spec, options.method)
                           : FitCategories(args, spec);
    MarkOthers(args, spec, &fills);
    if (options.indicator && TakesNumbers(spec.kind)) {
      MarkMissing(args, spec, &fills);
    }
  }
  return std::make_shared<Impute>(options.method, options.indicator,
                                  std::move(fills));
}

std::shared_ptr<const Transform> RestoreImpute(const TransformRecord& record) {
  const nlohmann::json spec = ParseSpec(record);
  return std::make_shared<Impute>(spec.at("method").get<std::string>(),
                                  spec.at("indicator").get<bool>(),
                                  record.arrays);
}

}  // namespace

extern const TransformEntry kImputeTransform;
const TransformEntry kImputeTransform = {
    MakeEntry<FitImpute, ImputeOptions>(
        "impute",
        "fills missing numbers with the median or mean, missing categories "
        "with the most frequent one"),
    TakesTables, RestoreImpute};

}  // namespace mtlkit
