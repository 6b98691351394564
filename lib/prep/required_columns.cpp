#include "prep/required_columns.h"

#include <algorithm>
#include <string>

#include "base/error.h"
#include "base/options.h"
#include "base/text.h"
#include "data/schema.h"

namespace mtlkit {
namespace {

// "column 'age', row '1': 'thirty' is not a number", or, `is_date`, "... the
// column is one of dates"; "" where all are numbers.
std::string WordIn(const InputBlock& block, Index col, const RowIds& ids,
                   Index rows, bool is_date) {
  const std::vector<std::string>& names = block.categories[At(col)];
  for (Index row = 0; row < rows; ++row) {
    const std::int32_t code = block.codes[row * block.cols + col];
    double value = 0;
    if (code < 0 || At(code) >= names.size() ||
        ParseNumber(names[At(code)], &value)) {
      continue;
    }
    return Str("column '", block.columns[At(col)], "', row '", IdText(ids, row),
               "': '", names[At(code)],
               is_date ? "' is a word, and the column is one of dates"
                       : "' is not a number");
  }
  return "";
}

class Demand {
 public:
  Demand(const std::vector<InputBlock>& inputs, const RowIds& ids, Index rows,
         bool are_arrays)
      : inputs_(inputs), ids_(ids), rows_(rows), are_arrays_(are_arrays) {
    for (const InputBlock& block : inputs) finders_.emplace_back(&block);
  }

  void Look(const InputSpec& wanted, const std::string& column) {
    bool is_there = false;
    for (std::size_t i = 0; i < inputs_.size(); ++i) {
      const InputBlock& block = inputs_[i];
      if (ViewOf(block.name) != ViewOf(wanted.name)) continue;
      const Index col = finders_[i].Find(column);
      if (col < 0) continue;
      is_there = true;
      const bool is_date = std::ranges::count(wanted.dates, column) > 0;
      const bool are_dates = std::ranges::count(block.dates, column) > 0;
      if (are_dates && !is_date) {
        problems_.push_back(
            Str("column '", column, "' has dates here and had ",
                wanted.kind == InputKind::kCategorical ? "words" : "numbers"));
        has_dates_ = true;
        continue;
      }
      const std::string problem = ProblemOf(block, col, wanted.kind, is_date);
      if (problem.empty()) continue;
      problems_.push_back(problem);
      if (is_date && date_.empty()) date_ = column;
    }
    if (!is_there) missing_.push_back(column);
  }

  void Require() const {
    if (missing_.empty() && problems_.empty()) return;
    const bool one = missing_.size() == 1;
    const std::string missing =
        missing_.empty()
            ? ""
            : Str(one ? "column '" : "columns '", FirstOf(missing_, "', '"),
                  "'", one ? " is missing" : " are missing");
    Fail(ErrorKind::kBadInput,
         Str(missing, missing.empty() || problems_.empty() ? "" : "; ",
             FirstOf(problems_, "; ")),
         Advice());
  }

 private:
  std::string Advice() const {
    if (!missing_.empty()) return "columns are matched by name";
    if (has_dates_) return "write it as it was";
    if (are_arrays_) {
      return !date_.empty()
                 ? "write dates as numpy.datetime64, or seconds since 1970 as "
                   "numbers"
                 : "write an array of numbers, NaN where there is no value";
    }
    return !date_.empty()
               ? Str("mtl-convert --type ", NameInList(date_),
                     "=date, or --type ", NameInList(date_),
                     "=date:FORMAT, reads dates")
               : "correct it, or mtl-convert --like MODEL with --missing where "
                 "it stands for no value, --decimal or --thousands where it is "
                 "a number";
  }

  std::string ProblemOf(const InputBlock& block, Index col, InputKind wanted,
                        bool is_date) const {
    if (block.kind == wanted) return "";
    if (block.kind == InputKind::kCategorical && wanted == InputKind::kDense) {
      return WordIn(block, col, ids_, rows_, is_date);
    }
    return Str("column '", ColumnName(block, col), "' is ",
               InputKindName(block.kind), " here and was ",
               InputKindName(wanted));
  }

  const std::vector<InputBlock>& inputs_;
  std::vector<ColumnFinder> finders_;  // of the inputs
  const RowIds& ids_;
  Index rows_;
  bool are_arrays_;
  std::vector<std::string> missing_;
  std::vector<std::string> problems_;
  std::string date_;        // the first column of dates that has one
  bool has_dates_ = false;  // where there were none
};

}  // namespace

std::string FirstOf(std::vector<std::string> texts, std::string_view between) {
  constexpr std::size_t kShown = 20;
  if (texts.size() > kShown) {
    texts[kShown] = Str("... (", texts.size() - kShown, " more)");
    texts.resize(kShown + 1);
  }
  return Join(texts, between);
}

void RequireViewsApart(const std::vector<InputSpec>& wanted,
                       const std::vector<InputBlock>& inputs) {
  std::vector<ColumnFinder> without_view;
  for (const InputBlock& block : inputs) {
    if (ViewOf(block.name).empty()) without_view.emplace_back(&block);
  }
  const auto is_there = [&](std::string_view column) {
    return std::ranges::any_of(without_view, [&](const ColumnFinder& finder) {
      return finder.Find(column) >= 0;
    });
  };
  for (const InputSpec& spec : wanted) {
    const std::string view = ViewOf(spec.name);
    if (view.empty() || spec.columns.empty()) continue;
    const bool has_view = std::ranges::any_of(
        inputs,
        [&](const InputBlock& block) { return ViewOf(block.name) == view; });
    const std::string& first = spec.columns.front();
    const std::string long_name = view + "." + first;
    // Columns of arrays are called so themselves (prep/numbered_views.h).
    const bool is_short =
        !has_view && !first.starts_with(view + ".") && is_there(first);
    if (!is_short && !is_there(long_name)) continue;
    Fail(ErrorKind::kBadInput,
         Str("'", is_short ? first : long_name,
             "': the columns of views are in one table"),
         Str("give a table of each view",
             is_short ? "" : Str(", with columns called without '", view, ".'"),
             ": mtl-convert --beside ", view, "=FILE ... --like FILE"));
  }
}

void RequireColumns(const std::vector<InputSpec>& wanted,
                    const std::vector<InputBlock>& inputs, const RowIds& ids,
                    Index rows, bool are_arrays) {
  Demand demand(inputs, ids, rows, are_arrays);
  for (const InputSpec& spec : wanted) {
    for (const std::string& column : spec.columns) demand.Look(spec, column);
    const bool is_numbered =
        spec.kind == InputKind::kDense && spec.columns.empty() &&
        std::ranges::count(inputs, spec.name, &InputSpec::name) > 0;
    for (Index i = 0; is_numbered && i < spec.cols; ++i) {
      demand.Look(spec, ColumnName(spec, i));
    }
  }
  demand.Require();
}

}  // namespace mtlkit
