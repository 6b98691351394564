// onehot: a column `column=category` of zeros and ones for each category,
// behind the numbers of its view; in a sparse block where they are many.
#include <algorithm>
#include <optional>

#include "base/error.h"
#include "data/schema.h"
#include "prep/transform_entry.h"
#include "prep/view_blocks.h"

namespace mtlkit {
namespace {

// What becomes of a categorical column.
enum class Form { kStays = 0, kDense = 1, kSparse = 2 };

// The columns of a block of categories that take one form.
struct Coded {
  const InputSpec* spec = nullptr;
  std::vector<std::size_t> columns;

  Index Categories(std::size_t col) const {
    return static_cast<Index>(spec->categories[col].size());
  }
  void AppendNames(std::vector<std::string>* names) const {
    for (const std::size_t col : columns) {
      const std::string name = ColumnName(*spec, static_cast<Index>(col));
      for (const std::string& category : spec->categories[col]) {
        names->push_back(Str(name, "=", category));
      }
    }
  }
};

// `base` (may be null) with the names of `coded` behind its own.
InputSpec Extended(const InputSpec* base, InputKind kind,
                   const std::string& view, const Coded& coded) {
  InputSpec spec;
  spec.kind = kind;
  spec.name = TableBlockName(view, kind);
  if (base != nullptr) {
    spec.name = base->name;
    for (Index col = 0; col < base->cols; ++col) {
      spec.columns.push_back(ColumnName(*base, col));
    }
  }
  coded.AppendNames(&spec.columns);
  spec.cols = static_cast<Index>(spec.columns.size());
  return spec;
}

// The columns of `coded` alone, with their codes.
InputSpec Remaining(const Coded& coded) {
  InputSpec spec = *coded.spec;
  spec.columns.clear();
  spec.categories.clear();
  for (const std::size_t col : coded.columns) {
    spec.columns.push_back(ColumnName(*coded.spec, static_cast<Index>(col)));
    spec.categories.push_back(coded.spec->categories[col]);
  }
  spec.cols = static_cast<Index>(coded.columns.size());
  return spec;
}

class OneHot : public Transform {
 public:
  // By block the form of each column.
  explicit OneHot(TransformArrays forms) : forms_(std::move(forms)) {}

  std::vector<InputSpec> Specs(
      const std::vector<InputSpec>& inputs) const override {
    std::vector<InputSpec> result;
    for (const ViewBlocks& view : ViewsOf(inputs)) {
      const InputSpec* codes = InputAt(inputs, view.codes);
      if (codes != nullptr) RequireForms(*codes);
      AddView(view, inputs, &result);
    }
    return result;
  }

  std::vector<InputBlock> Apply(const std::vector<InputBlock>& inputs,
                                Index rows) const override {
    const std::vector<InputSpec> given(inputs.begin(), inputs.end());
    BlockList result(Specs(given));
    for (const ViewBlocks& view : ViewsOf(given)) {
      const InputBlock* codes = InputAt(inputs, view.codes);
      const Coded dense = ColumnsOf(codes, Form::kDense);
      const Coded sparse = ColumnsOf(codes, Form::kSparse);
      const Coded stays = ColumnsOf(codes, Form::kStays);
      if (view.dense >= 0 || !dense.columns.empty()) {
        result.Add(Dense(InputAt(inputs, view.dense), codes, dense, rows));
      }
      if (!stays.columns.empty()) result.Add(Codes(*codes, stays, rows));
      if (view.sparse >= 0 || !sparse.columns.empty()) {
        result.Add(Sparse(InputAt(inputs, view.sparse), codes, sparse, rows));
      }
      for (const Index at : view.others) result.Add(inputs[At(at)]);
    }
    return std::move(result).Take();
  }

  TransformRecord Record() const override { return {"onehot", "{}", forms_}; }

 private:
  void RequireForms(const InputSpec& codes) const {
    const TransformRecord record = Record();
    for (const double form : ColumnArray(record, codes.name, codes)) {
      if (form != 0 && form != 1 && form != 2) {
        FailDamagedTransform("onehot", Str("a column has the form ", form));
      }
    }
  }

  Coded ColumnsOf(const InputSpec* codes, Form form) const {
    Coded coded{codes, {}};
    if (codes == nullptr) return coded;
    const std::vector<double>& forms = forms_.at(codes->name);
    for (std::size_t col = 0; col < forms.size(); ++col) {
      if (forms[col] == static_cast<double>(form)) coded.columns.push_back(col);
    }
    return coded;
  }

  void AddView(const ViewBlocks& view, const std::vector<InputSpec>& inputs,
               std::vector<InputSpec>* result) const {
    const InputSpec* codes = InputAt(inputs, view.codes);
    const auto add = [&](Index at, InputKind kind, const Coded& coded) {
      if (at < 0 && coded.columns.empty()) return;
      result->push_back(
          coded.columns.empty()
              ? inputs[At(at)]
              : Extended(InputAt(inputs, at), kind, view.view, coded));
    };
    const Coded stays = ColumnsOf(codes, Form::kStays);
    add(view.dense, InputKind::kDense, ColumnsOf(codes, Form::kDense));
    if (!stays.columns.empty()) result->push_back(Remaining(stays));
    add(view.sparse, InputKind::kSparse, ColumnsOf(codes, Form::kSparse));
    for (const Index at : view.others) result->push_back(inputs[At(at)]);
  }

  static InputBlock Codes(const InputBlock& codes, const Coded& stays,
                          Index rows) {
    std::vector<std::int32_t> cells;
    cells.reserve(At(rows) * stays.columns.size());
    for (Index row = 0; row < rows; ++row) {
      for (const std::size_t col : stays.columns) {
        cells.push_back(
            codes.codes[row * codes.cols + static_cast<Index>(col)]);
      }
    }
    InputBlock result;
    result.codes = Array<std::int32_t>(std::move(cells));
    return result;
  }

  // A category that training never saw, or a missing one, is all zeros.
  static std::optional<Index> CodeAt(const InputBlock& codes,
                                     const Coded& coded, Index row,
                                     std::size_t col) {
    const Index code = codes.codes[row * codes.cols + static_cast<Index>(col)];
    if (code < 0 || code >= coded.Categories(col)) return std::nullopt;
    return code;
  }

  template <class T>
  static Array<T> DenseCells(const Array<T>* base, Index numbers,
                             const InputBlock* codes, const Coded& coded,
                             Index rows) {
    Index width = numbers;
    for (const std::size_t col : coded.columns) width += coded.Categories(col);
    std::vector<T> cells(At(rows * width), T{0});
    for (Index row = 0; row < rows; ++row) {
      T* out = cells.data() + row * width;
      if (base != nullptr) {
        std::copy_n(base->data() + row * numbers, numbers, out);
      }
      out += numbers;
      for (const std::size_t col : coded.columns) {
        if (const auto code = CodeAt(*codes, coded, row, col)) out[*code] = 1;
        out += coded.Categories(col);
      }
    }
    return Array<T>(std::move(cells));
  }

  static InputBlock Dense(const InputBlock* base, const InputBlock* codes,
                          const Coded& coded, Index rows) {
    if (coded.columns.empty()) return *base;
    InputBlock result;
    if (base != nullptr && !base->wide.empty()) {
      result.wide = DenseCells(&base->wide, base->cols, codes, coded, rows);
    } else {
      result.dense =
          DenseCells(base == nullptr ? nullptr : &base->dense,
                     base == nullptr ? 0 : base->cols, codes, coded, rows);
    }
    return result;
  }

  static InputBlock Sparse(const InputBlock* base, const InputBlock* codes,
                           const Coded& coded, Index rows) {
    if (coded.columns.empty()) return *base;
    std::vector<std::int64_t> starts{0};
    std::vector<std::int32_t> indices;
    std::vector<float> values;
    for (Index row = 0; row < rows; ++row) {
      Index first = 0;
      if (base != nullptr) {
        for (Index at = base->row_starts[row]; at < base->row_starts[row + 1];
             ++at) {
          indices.push_back(base->indices[at]);
          values.push_back(base->values[at]);
        }
        first = base->cols;
      }
      for (const std::size_t col : coded.columns) {
        if (const auto code = CodeAt(*codes, coded, row, col)) {
          indices.push_back(static_cast<std::int32_t>(first + *code));
          values.push_back(1);
        }
        first += coded.Categories(col);
      }
      starts.push_back(static_cast<std::int64_t>(values.size()));
    }
    InputBlock result;
    result.row_starts = Array<std::int64_t>(std::move(starts));
    result.indices = Array<std::int32_t>(std::move(indices));
    result.values = Array<float>(std::move(values));
    return result;
  }

  TransformArrays forms_;
};

struct OneHotOptions {
  Index dense = 256;

  void Describe(Fields& fields) {
    fields("dense", dense,
           "a column of more categories than this is stored sparse",
           AtLeast(0));
  }
};

std::shared_ptr<const Transform> FitOnehot(const FitArgs& args,
                                           const OneHotOptions& options) {
  TransformArrays forms;
  for (const InputSpec& spec : args.rows.specs()) {
    if (!TakesCategories(spec.kind)) continue;
    const std::vector<bool> chosen = ChosenColumns(args, spec);
    for (std::size_t col = 0; col < chosen.size(); ++col) {
      const auto count = static_cast<Index>(spec.categories[col].size());
      const Form form = !chosen[col]            ? Form::kStays
                        : count > options.dense ? Form::kSparse
                                                : Form::kDense;
      forms[spec.name].push_back(static_cast<double>(form));
    }
  }
  auto step = std::make_shared<OneHot>(std::move(forms));
  step->Specs(args.rows.specs());
  return step;
}

std::shared_ptr<const Transform> RestoreOnehot(const TransformRecord& record) {
  ParseSpec(record);
  return std::make_shared<OneHot>(record.arrays);
}

}  // namespace

extern const TransformEntry kOneHotTransform;
const TransformEntry kOneHotTransform = {
    MakeEntry<FitOnehot, OneHotOptions>(
        "onehot", "a column of zeros and ones for each category"),
    TakesCategories, RestoreOnehot};

}  // namespace mtlkit
