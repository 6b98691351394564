// frequency: in place of a category the share of the training rows that have
// it, as a number behind those of its view: one column however many categories
// there are, and nothing of the labels in it. A category that training never
// saw has none; what is missing counts as one of its own.
#include <algorithm>
#include <cmath>

#include "base/error.h"
#include "data/schema.h"
#include "prep/transform_entry.h"
#include "prep/view_blocks.h"

namespace mtlkit {
namespace {

// Of each column of a block how many categories it has; 0: it stays as it is.
std::string FrequentCountsOf(const InputSpec& spec) {
  return spec.name + ".counts";
}
// For those columns, one behind the other, the share of each category and then
// that of what is missing.
std::string SharesOf(const InputSpec& spec) {
  return spec.name + ".shares";
}

class Frequency : public Transform {
 public:
  explicit Frequency(TransformArrays arrays) : arrays_(std::move(arrays)) {}

  std::vector<InputSpec> Specs(
      const std::vector<InputSpec>& inputs) const override {
    std::vector<InputSpec> result;
    for (const ViewBlocks& view : ViewsOf(inputs)) {
      const InputSpec* codes = InputAt(inputs, view.codes);
      const InputSpec* dense = InputAt(inputs, view.dense);
      const Columns columns = codes == nullptr ? Columns() : ColumnsOf(*codes);
      if (dense != nullptr || !columns.chosen.empty()) {
        result.push_back(Numbers(dense, codes, view.view, columns));
      }
      if (!columns.others.empty()) {
        result.push_back(Others(*codes, columns));
      }
      if (view.sparse >= 0) result.push_back(inputs[At(view.sparse)]);
      for (const Index at : view.others) result.push_back(inputs[At(at)]);
    }
    return result;
  }

  std::vector<InputBlock> Apply(const std::vector<InputBlock>& inputs,
                                Index rows) const override {
    const std::vector<InputSpec> given(inputs.begin(), inputs.end());
    BlockList result(Specs(given));
    for (const ViewBlocks& view : ViewsOf(given)) {
      const InputBlock* codes = InputAt(inputs, view.codes);
      const InputBlock* dense = InputAt(inputs, view.dense);
      const Columns columns = codes == nullptr ? Columns() : ColumnsOf(*codes);
      if (dense != nullptr || !columns.chosen.empty()) {
        result.Add(columns.chosen.empty()
                       ? *dense
                       : WithShares(dense, *codes, columns, rows));
      }
      if (!columns.others.empty())
        result.Add(OtherCodes(*codes, columns, rows));
      if (view.sparse >= 0) result.Add(inputs[At(view.sparse)]);
      for (const Index at : view.others) result.Add(inputs[At(at)]);
    }
    return std::move(result).Take();
  }

  TransformRecord Record() const override {
    return {"frequency", "{}", arrays_};
  }

 private:
  // A column of categories and its shares.
  struct Chosen {
    Index col = 0;
    std::span<const double> shares;
  };
  struct Columns {
    std::vector<Chosen> chosen;
    std::vector<Index> others;
  };

  // Checked: they may be from a file.
  Columns ColumnsOf(const InputSpec& codes) const {
    const TransformRecord record = Record();
    const auto at = arrays_.find(SharesOf(codes));
    if (at == arrays_.end()) {
      FailDamagedTransform("frequency",
                           Str("it lacks '", SharesOf(codes), "'"));
    }
    std::span<const double> rest = at->second;
    for (const double share : rest) {
      if (!(share >= 0 && share <= 1)) {
        FailDamagedTransform("frequency", Str("a share is ", share));
      }
    }
    Columns columns;
    Index col = 0;
    for (const double count :
         ColumnArray(record, FrequentCountsOf(codes), codes)) {
      const auto known = static_cast<double>(codes.categories[At(col)].size());
      if ((count != 0 && count != known) ||
          (count > 0 && count + 1 > static_cast<double>(rest.size()))) {
        FailDamagedTransform(
            "frequency", Str("a column has ", count, " categories of ", known));
      }
      if (count == 0) {
        columns.others.push_back(col++);
        continue;
      }
      const std::size_t size = static_cast<std::size_t>(count) + 1;
      columns.chosen.push_back({col++, rest.first(size)});
      rest = rest.subspan(size);
    }
    if (!rest.empty()) {
      FailDamagedTransform("frequency", "it has shares of no column");
    }
    return columns;
  }

  static InputSpec Numbers(const InputSpec* dense, const InputSpec* codes,
                           const std::string& view, const Columns& columns) {
    InputSpec spec;
    if (dense != nullptr) spec = *dense;
    if (columns.chosen.empty()) return spec;
    spec.kind = InputKind::kDense;
    if (dense == nullptr) spec.name = TableBlockName(view, spec.kind);
    spec.columns.clear();
    for (Index col = 0; dense != nullptr && col < dense->cols; ++col) {
      spec.columns.push_back(ColumnName(*dense, col));
    }
    for (const Chosen& chosen : columns.chosen) {
      spec.columns.push_back(ColumnName(*codes, chosen.col) + ".frequency");
    }
    spec.cols = std::ssize(spec.columns);
    return spec;
  }

  static InputSpec Others(const InputSpec& codes, const Columns& columns) {
    InputSpec spec = codes;
    spec.columns.clear();
    spec.categories.clear();
    for (const Index col : columns.others) {
      spec.columns.push_back(ColumnName(codes, col));
      spec.categories.push_back(codes.categories[At(col)]);
    }
    spec.cols = std::ssize(spec.columns);
    return spec;
  }

  static double ShareOf(const Chosen& chosen, const InputBlock& codes,
                        Index row) {
    const std::int32_t code = codes.codes[row * codes.cols + chosen.col];
    if (code < 0) return chosen.shares.back();
    return code + 1 < std::ssize(chosen.shares) ? chosen.shares[At(code)] : 0;
  }

  static InputBlock WithShares(const InputBlock* dense, const InputBlock& codes,
                               const Columns& columns, Index rows) {
    InputBlock result;
    const auto widened = [&]<class T>(const Array<T>* base) {
      std::vector<T> cells;
      const Index cols = base == nullptr ? 0 : dense->cols;
      for (Index row = 0; row < rows; ++row) {
        for (Index col = 0; col < cols; ++col) {
          cells.push_back((*base)[row * cols + col]);
        }
        for (const Chosen& chosen : columns.chosen) {
          cells.push_back(static_cast<T>(ShareOf(chosen, codes, row)));
        }
      }
      return Array<T>(std::move(cells));
    };
    if (dense != nullptr && !dense->wide.empty()) {
      result.wide = widened(&dense->wide);
    } else {
      result.dense = widened(dense == nullptr ? nullptr : &dense->dense);
    }
    return result;
  }

  static InputBlock OtherCodes(const InputBlock& codes, const Columns& columns,
                               Index rows) {
    std::vector<std::int32_t> cells;
    for (Index row = 0; row < rows; ++row) {
      for (const Index col : columns.others) {
        cells.push_back(codes.codes[row * codes.cols + col]);
      }
    }
    InputBlock result;
    result.codes = Array<std::int32_t>(std::move(cells));
    return result;
  }

  TransformArrays arrays_;
};

// Rows of each category of each column; behind them those that lack it.
std::vector<std::vector<double>> CountFrequencies(const FitArgs& args,
                                                  const InputSpec& spec) {
  std::vector<std::vector<double>> counts;
  for (const auto& names : spec.categories) {
    counts.emplace_back(names.size() + 1);
  }
  args.rows.ForEach(spec.name, [&](const InputBlock& block, Index count) {
    for (Index at = 0; at < count * block.cols; ++at) {
      auto& column = counts[At(at % block.cols)];
      const std::int32_t code = block.codes[at];
      if (code + 1 >= std::ssize(column)) continue;
      ++(code < 0 ? column.back() : column[At(code)]);
    }
  });
  return counts;
}

std::shared_ptr<const Transform> FitFrequency(const FitArgs& args) {
  TransformArrays arrays;
  const auto rows = static_cast<double>(args.rows.rows());
  for (const InputSpec& spec : args.rows.specs()) {
    if (!TakesCategories(spec.kind)) continue;
    const std::vector<bool> chosen = ChosenColumns(args, spec);
    std::vector<double>& known = arrays[FrequentCountsOf(spec)];
    std::vector<double>& shares = arrays[SharesOf(spec)];
    for (const auto& counts : CountFrequencies(args, spec)) {
      const bool acts = chosen[known.size()];
      known.push_back(acts ? static_cast<double>(counts.size() - 1) : 0);
      if (!acts) continue;
      for (const double count : counts) shares.push_back(count / rows);
    }
  }
  return std::make_shared<Frequency>(std::move(arrays));
}

std::shared_ptr<const Transform> RestoreFrequency(
    const TransformRecord& record) {
  ParseSpec(record);
  return std::make_shared<Frequency>(record.arrays);
}

}  // namespace

extern const TransformEntry kFrequencyTransform;
const TransformEntry kFrequencyTransform = {
    MakeEntry<FitFrequency>(
        "frequency",
        "in place of a category the share of the training rows that have it"),
    TakesCategories, RestoreFrequency};

}  // namespace mtlkit
