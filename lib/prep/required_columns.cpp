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
  Demand(const std::vector<InputBlock>& inputs, const RowIds& ids, Index rows)
      : inputs_(inputs), ids_(ids), rows_(rows) {
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
    Fail(
        ErrorKind::kBadInput,
        Str(missing, missing.empty() || problems_.empty() ? "" : "; ",
            FirstOf(problems_, "; ")),
        !missing_.empty() ? "columns are matched by name"
        : has_dates_      ? "write it as it was"
        : !date_.empty()
            ? Str("mtl-convert --type ", NameInList(date_), "=date, or --type ",
                  NameInList(date_), "=date:FORMAT, reads dates")
            : "correct it, or mtl-convert --like MODEL with --missing where it "
              "stands for no value, --decimal or --thousands where it is a "
              "number");
  }

 private:
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
  for (const InputSpec& spec : wanted) {
    const std::string view = ViewOf(spec.name);
    if (view.empty() || spec.columns.empty()) continue;
    const std::string column = view + "." + spec.columns.front();
    for (const ColumnFinder& finder : without_view) {
      Require(
          finder.Find(column) < 0, ErrorKind::kBadInput,
          Str("'", column, "': the columns of views are in one table"),
          Str("give a table of each view, with columns called without '", view,
              ".': mtl-convert --beside ", view, "=FILE ... --like FILE"));
    }
  }
}

void RequireColumns(const std::vector<InputSpec>& wanted,
                    const std::vector<InputBlock>& inputs, const RowIds& ids,
                    Index rows) {
  Demand demand(inputs, ids, rows);
  for (const InputSpec& spec : wanted) {
    for (const std::string& column : spec.columns) demand.Look(spec, column);
  }
  demand.Require();
}

}  // namespace mtlkit
