#include "prep/adapt_table.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <optional>
#include <utility>

#include "base/error.h"
#include "base/options.h"
#include "base/text.h"
#include "data/read_format.h"
#include "data/schema.h"
#include "prep/column_map.h"
#include "prep/date_columns.h"
#include "prep/numbered_views.h"
#include "prep/required_columns.h"
#include "prep/table_columns.h"
#include "prep/unseen_categories.h"

namespace mtlkit {
namespace {

// A column that changes its kind.
struct Recoded {
  std::string name;
  std::vector<std::string> categories;  // of codes
  std::vector<std::int32_t> codes;
  std::vector<double> numbers;
};

class Adapter {
 public:
  Adapter(const SelectedInputs& selection, const Dataset& raw,
          std::vector<std::string>* warnings, std::string_view whose)
      : selection_(selection),
        raw_(raw),
        are_arrays_(WereArrays(raw.provenance)),
        warnings_(warnings),
        whose_(whose) {}

  std::vector<InputBlock> Run() {
    std::vector<InputBlock> result;
    for (std::size_t i = 0; i < raw_.inputs.size(); ++i) {
      AddBlock(i, &result);
    }
    for (auto& [view, columns] : codes_) AddCodes(view, columns, &result);
    for (auto& [view, columns] : numbers_) AddNumbers(view, columns, &result);
    RequireNoHeader();
    RequireMatrices();
    RequireColumns(selection_.blocks, result, raw_.ids, raw_.rows, are_arrays_);
    RequireDates(selection_.blocks, result, raw_.ids, raw_.rows, warnings_);
    CheckNumbering();
    WarnOfUnknownColumns();
    WarnOfUnseen(selection_.blocks, selection_.texts, result, raw_.rows,
                 are_arrays_, warnings_);
    return result;
  }

 private:
  // The block of that kind and view that the model wants, or none.
  const InputSpec* Wanted(const std::string& view, InputKind kind) const {
    for (const InputSpec& spec : selection_.blocks) {
      if (spec.kind == kind && ViewOf(spec.name) == view) return &spec;
    }
    return nullptr;
  }

  bool IsKnown(const std::string& view, const std::string& column) const {
    for (const InputSpec& spec : selection_.blocks) {
      if (ViewOf(spec.name) == view && FindColumn(spec, column) >= 0) {
        return true;
      }
    }
    return std::any_of(selection_.left_out.begin(), selection_.left_out.end(),
                       [&](const ColumnRef& ref) {
                         return ref.column == column &&
                                ViewOf(ref.block) == view;
                       });
  }

  void AddBlock(std::size_t number, std::vector<InputBlock>* blocks) {
    const InputBlock& block = raw_.inputs[number];
    const bool table = block.kind == InputKind::kDense ||
                       block.kind == InputKind::kCategorical;
    if (block.columns.empty() || (!table && block.kind != InputKind::kSparse)) {
      blocks->push_back(block);
      return;
    }
    InputSpec kept = static_cast<const InputSpec&>(block);
    kept.columns.clear();
    kept.categories.clear();
    for (Index col = 0; col < block.cols; ++col) {
      if (!Keeps(number, col)) continue;
      kept.columns.push_back(block.columns[At(col)]);
      if (block.kind == InputKind::kCategorical) {
        kept.categories.push_back(block.categories[At(col)]);
      }
    }
    if (static_cast<Index>(kept.columns.size()) == block.cols) {
      blocks->push_back(block);
      return;
    }
    kept.cols = static_cast<Index>(kept.columns.size());
    if (kept.cols > 0) blocks->push_back(MapColumns(block, kept, raw_.rows));
  }

  // Whether a column stays in its block; takes note of what becomes of others.
  bool Keeps(std::size_t number, Index col) {
    const InputBlock& block = raw_.inputs[number];
    const std::string& name = block.columns[At(col)];
    const std::string view = ViewOf(block.name);
    if (!IsKnown(view, name)) {
      unknown_.push_back(name);
      return false;
    }
    const TableColumn column{number, col, view, {block.name, name}};
    // Dates are no categories, whatever those look like.
    if (std::ranges::count(block.dates, name) > 0) return true;
    if (block.kind == InputKind::kDense) {
      const InputSpec* wanted = Wanted(view, InputKind::kCategorical);
      const Index at = wanted == nullptr ? -1 : FindColumn(*wanted, name);
      if (at < 0) return true;
      codes_[view].push_back(AsCategories(column, wanted->categories[At(at)]));
      return false;
    }
    if (block.kind != InputKind::kCategorical) return true;
    const InputSpec* wanted = Wanted(view, InputKind::kDense);
    if (wanted == nullptr || FindColumn(*wanted, name) < 0) return true;
    auto numbers = AsNumbers(block, col);
    if (!numbers) return true;
    numbers_[view].push_back({name, {}, {}, *std::move(numbers)});
    return false;
  }

  // Numbers, which have no spelling, as the category that is written as they
  // are, else the only one of their value, as exact as they are kept: of 01 and
  // 001 neither is 1.
  Recoded AsCategories(const TableColumn& column,
                       const std::vector<std::string>& wanted) const {
    const bool is_wide = !raw_.inputs[column.block].wide.empty();
    const auto value_of = [&](const std::string& text, double* value) {
      if (!ParseNumber(text, value)) return false;
      if (!is_wide) *value = static_cast<float>(*value);
      return true;
    };
    std::multimap<double, std::string> by_value;
    for (const std::string& category : wanted) {
      double value = 0;
      if (value_of(category, &value)) by_value.emplace(value, category);
    }
    CodedColumn coded = CodeColumn(raw_, column);
    for (std::string& name : coded.names) {
      double value = 0;
      value_of(name, &value);
      if (by_value.count(value) == 1) name = by_value.find(value)->second;
    }
    return {column.name(), std::move(coded.names), std::move(coded.codes), {}};
  }

  // Nothing where a word is no number.
  std::optional<std::vector<double>> AsNumbers(const InputBlock& block,
                                               Index col) const {
    std::vector<double> values;
    for (const std::string& name : block.categories[At(col)]) {
      double value = 0;
      if (!ParseNumber(name, &value)) return std::nullopt;
      values.push_back(value);
    }
    std::vector<double> numbers;
    for (Index row = 0; row < raw_.rows; ++row) {
      const std::int32_t code = block.codes[row * block.cols + col];
      const bool known = code >= 0 && At(code) < values.size();
      numbers.push_back(known ? values[At(code)]
                              : std::numeric_limits<double>::quiet_NaN());
    }
    return numbers;
  }

  // The block of that kind and view, with the columns behind its own.
  InputBlock* BlockFor(const std::string& view, InputKind kind,
                       std::vector<InputBlock>* result) const {
    for (InputBlock& block : *result) {
      if (block.kind == kind && ViewOf(block.name) == view) return &block;
    }
    InputBlock& block = result->emplace_back();
    block.name = Wanted(view, kind)->name;
    block.kind = kind;
    return &block;
  }

  void AddCodes(const std::string& view, std::vector<Recoded>& columns,
                std::vector<InputBlock>* result) const {
    InputBlock* block = BlockFor(view, InputKind::kCategorical, result);
    std::vector<std::int32_t> cells;
    for (Index row = 0; row < raw_.rows; ++row) {
      const auto own = block->codes.begin() + row * block->cols;
      cells.insert(cells.end(), own, own + block->cols);
      for (const Recoded& column : columns) {
        cells.push_back(column.codes[At(row)]);
      }
    }
    block->codes = Array<std::int32_t>(std::move(cells));
    for (Recoded& column : columns) {
      block->columns.push_back(column.name);
      block->categories.push_back(std::move(column.categories));
    }
    block->cols = static_cast<Index>(block->columns.size());
  }

  void AddNumbers(const std::string& view, std::vector<Recoded>& columns,
                  std::vector<InputBlock>* result) const {
    InputBlock* block = BlockFor(view, InputKind::kDense, result);
    std::vector<double> cells;
    for (Index row = 0; row < raw_.rows; ++row) {
      for (Index col = 0; col < block->cols; ++col) {
        cells.push_back(DenseCell(*block, row * block->cols + col));
      }
      for (const Recoded& column : columns) {
        cells.push_back(column.numbers[At(row)]);
      }
    }
    // Texts may hold whole numbers that single precision would change.
    const bool fits = std::ranges::none_of(cells, [](double cell) {
      return std::abs(cell) > 1 << 24 &&
             static_cast<double>(static_cast<float>(cell)) != cell;
    });
    if (block->wide.empty() && fits) {
      block->dense = Array<float>({cells.begin(), cells.end()});
    } else {
      block->dense = {};
      block->wide = Array<double>(std::move(cells));
    }
    for (const Recoded& column : columns) block->columns.push_back(column.name);
    block->cols = static_cast<Index>(block->columns.size());
  }

  // Features that are only numbered are the model's if both count from the same
  // number.
  void CheckNumbering() const {
    for (const InputBlock& block : raw_.inputs) {
      const InputSpec* wanted = Wanted(ViewOf(block.name), block.kind);
      if (wanted == nullptr || wanted->index_base < 0 ||
          !block.base_is_guessed) {
        continue;
      }
      const std::string guess = Str("the features of '", block.name,
                                    "' are taken to be numbered from ",
                                    block.index_base, ", since there is no 0");
      Require(
          block.index_base == wanted->index_base, ErrorKind::kBadInput,
          Str(guess, "; those of ", whose_, " are from ", wanted->index_base),
          "say which it is: mtl-convert --index-base 0, or 1");
      warnings_->push_back(
          Str(guess, "; if they are from 0: mtl-convert --index-base 0"));
    }
  }

  // Columns without names are as many as those that they stand for.
  void RequireMatrices() const {
    for (const InputBlock& block : raw_.inputs) {
      const bool is_matrix = block.kind == InputKind::kDense ||
                             (block.kind == InputKind::kSparse && are_arrays_);
      const auto wanted =
          std::ranges::find(selection_.blocks, block.name, &InputSpec::name);
      if (!is_matrix || !block.columns.empty() ||
          wanted == selection_.blocks.end() || wanted->kind != block.kind) {
        continue;
      }
      const Index known =
          wanted->cols + std::ranges::count(selection_.left_out, block.name,
                                            &ColumnRef::block);
      Require(block.cols == known, ErrorKind::kBadInput,
              Str("input block '", block.name, "' has ",
                  Counted(block.cols, "column", "columns"), ", ", whose_,
                  " has ", known),
              Str("give all columns of '", block.name, "' in their order"));
    }
  }

  // A header without rows is read as a row of words.
  void RequireNoHeader() const {
    if (raw_.rows != 1) return;
    for (const InputBlock& block : raw_.inputs) {
      if (block.kind != InputKind::kCategorical) continue;
      for (Index col = 0; col < block.cols; ++col) {
        const std::int32_t code = block.codes[col];
        const auto& names = block.categories[At(col)];
        if (code < 0 || At(code) >= names.size()) continue;
        Require(!IsKnown(ViewOf(block.name), names[At(code)]) ||
                    IsKnown(ViewOf(block.name), block.columns[At(col)]),
                ErrorKind::kBadInput,
                Str("its only line names the columns ('", names[At(code)],
                    "'): there are no rows"),
                "rows come behind the names");
      }
    }
  }

  void WarnOfUnknownColumns() const {
    if (unknown_.empty()) return;
    constexpr std::size_t kShown = 5;
    const std::size_t shown = std::min(kShown, unknown_.size());
    const std::vector<std::string> first(
        unknown_.begin(), unknown_.begin() + static_cast<Index>(shown));
    warnings_->push_back(
        Str(whose_, " does not know the ",
            unknown_.size() == 1 ? "column '" : "columns '",
            Join(first, "', '"), "'", shown < unknown_.size() ? " ..." : "",
            unknown_.size() == 1 ? ": it is left out" : ": they are left out"));
  }

  const SelectedInputs& selection_;
  const Dataset& raw_;
  bool are_arrays_;  // what the table was read from
  std::vector<std::string>* warnings_;
  std::string_view whose_;
  std::vector<std::string> unknown_;
  std::map<std::string, std::vector<Recoded>> codes_;    // by view
  std::map<std::string, std::vector<Recoded>> numbers_;  // by view
};

}  // namespace

Dataset AdaptTable(const TransformRecords& transforms, Dataset raw,
                   std::vector<std::string>* warnings, std::string_view whose) {
  if (!raw.transforms.empty()) return raw;
  const std::optional<SelectedInputs> selection = TableBehind(transforms);
  if (!selection) return raw;
  return AdaptTable(*selection, std::move(raw), warnings, whose);
}

Dataset AdaptTable(const SelectedInputs& selection, Dataset raw,
                   std::vector<std::string>* warnings, std::string_view whose) {
  raw.inputs = WithNumberedViews(selection.blocks, std::move(raw.inputs),
                                 raw.ids, raw.rows);
  raw.inputs = Adapter(selection, raw, warnings, whose).Run();
  return raw;
}

InputSpec NumberedInput(const TransformRecords& transforms,
                        const Schema& schema) {
  InputSpec numbered;
  if (transforms.empty()) {
    const auto at = std::ranges::find_if(
        schema.inputs, [](const auto& spec) { return spec.index_base >= 0; });
    return at == schema.inputs.end() ? numbered : *at;
  }
  const std::optional<SelectedInputs> selection =
      ReadSelection(transforms.front());
  if (!selection) return numbered;
  for (const InputSpec& spec : selection->blocks) {
    if (spec.index_base < 0) continue;
    numbered = spec;
    for (const ColumnRef& ref : selection->left_out) {
      numbered.cols += ref.block == spec.name ? 1 : 0;
    }
  }
  return numbered;
}

}  // namespace mtlkit
