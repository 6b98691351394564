#include "prep/choose_rows.h"

#include <algorithm>
#include <cmath>
#include <functional>
#include <numeric>

#include "base/error.h"
#include "base/options.h"
#include "base/text.h"
#include "prep/table_columns.h"

namespace mtlkit {
namespace {

[[noreturn]] void FailExpression(std::string_view text) {
  Fail(ErrorKind::kUsage, Str("--rows ", text, " cannot be read"),
       "FIRST:END, split=NAME, COLUMN=VALUE or COLUMN>NUMBER");
}

// Reads "FIRST:END"; false if it is not of that form.
bool ReadRange(std::string_view text, Index rows, Index* first, Index* end) {
  const std::size_t colon = text.find(':');
  if (colon == std::string_view::npos) return false;
  long long low = 0;
  long long high = rows;
  const std::string_view left = text.substr(0, colon);
  const std::string_view right = text.substr(colon + 1);
  if (!left.empty() && !ParseInteger(left, &low)) return false;
  if (!right.empty() && !ParseInteger(right, &high)) return false;
  Require(low >= 0 && low < high && high <= rows, ErrorKind::kUsage,
          Str("--rows ", text, ": there are rows 0 .. ", rows - 1),
          "END is the row behind the last one, so it is above FIRST");
  *first = low;
  *end = high;
  return true;
}

struct Comparison {
  std::string column;
  std::string sign;
  std::string value;
};

Comparison ReadComparison(std::string_view text) {
  const std::size_t at = text.find_first_of("=!<>");
  if (at == std::string_view::npos || at == 0) FailExpression(text);
  std::size_t length = 1;
  if (at + 1 < text.size() && text[at + 1] == '=') {
    length = 2;
  }
  Comparison result{std::string(Trim(text.substr(0, at))),
                    std::string(text.substr(at, length)),
                    std::string(Trim(text.substr(at + length)))};
  if (result.sign == "==") result.sign = "=";
  if (result.sign == "!" || result.value.empty()) FailExpression(text);
  return result;
}

std::vector<Index> RowsWithValue(const Dataset& table,
                                 const std::vector<TableColumn>& columns,
                                 const Comparison& wanted) {
  const CodedColumn coded = CodeColumns(table, columns);
  double number = 0;
  const bool is_number = coded.is_number && ParseNumber(wanted.value, &number);
  const std::string value = is_number ? FormatNumber(number) : wanted.value;
  const auto at = std::find(coded.names.begin(), coded.names.end(), value);
  if (at == coded.names.end()) {
    const std::string near = Nearest(value, coded.names);
    Fail(
        ErrorKind::kUsage,
        Str("--rows: column '", wanted.column, "' has no value '", wanted.value,
            "'", near.empty() ? "" : Str("; did you mean '", near, "'?")));
  }
  const auto code = static_cast<std::int32_t>(at - coded.names.begin());
  std::vector<Index> rows;
  for (std::size_t row = 0; row < coded.codes.size(); ++row) {
    const std::int32_t own = coded.codes[row];
    if (own >= 0 && (own == code) == (wanted.sign == "=")) {
      rows.push_back(static_cast<Index>(row));
    }
  }
  return rows;
}

bool HasColumn(const std::vector<TableColumn>& columns, std::string_view name) {
  return std::ranges::any_of(columns, [&](const TableColumn& column) {
    return column.name() == name;
  });
}

// Of a split and a value of a column called `split` only a person knows which
// is meant, unless they are the same rows.
void RequireOneMeaning(const Dataset& table,
                       const std::vector<TableColumn>& all,
                       const Comparison& wanted) {
  if (!HasColumn(all, "split")) return;
  const auto columns = FindOneColumn(all, "split", "--rows");
  const CodedColumn coded = CodeColumns(table, columns);
  if (std::ranges::find(coded.names, wanted.value) == coded.names.end()) return;
  Require(
      RowsWithValue(table, columns, wanted) == table.SplitRows(wanted.value),
      ErrorKind::kUsage,
      Str("--rows split=", wanted.value,
          ": there is a split of that name, and a column called 'split' "
          "says it of other rows"),
      "a pattern names the column: 'spli?=VALUE'; mtl-convert --type "
      "split=ignore leaves it out");
}

std::vector<Index> RowsCompared(const Dataset& table, const TableColumn& column,
                                const Comparison& wanted) {
  double bound = 0;
  const InputBlock& block = table.inputs[column.block];
  Require(ParseNumber(wanted.value, &bound) &&
              block.kind != InputKind::kCategorical,
          ErrorKind::kUsage,
          Str("--rows ", wanted.column, wanted.sign, wanted.value,
              " compares what is not a number"));
  const auto fits = [&](double value) {
    if (wanted.sign == "<") return value < bound;
    if (wanted.sign == "<=") return value <= bound;
    if (wanted.sign == ">") return value > bound;
    return value >= bound;
  };
  std::vector<Index> rows;
  for (Index row = 0; row < table.rows; ++row) {
    if (fits(CellNumber(block, row, column.col))) rows.push_back(row);
  }
  return rows;
}

// Who knows the table looks for a column that preparation has made something
// else of.
void RequireColumnStill(const Dataset& table,
                        const std::vector<TableColumn>& all,
                        const std::string& name) {
  constexpr std::string_view kHint =
      "choose rows of the table before: --rows in the preparation that makes "
      "its tasks and inputs";
  if (HasColumn(all, name)) return;
  Require(
      FindTask(table.tasks, name) < 0, ErrorKind::kUsage,
      Str("--rows: '", name, "' is a task of this file and no column any more"),
      std::string(kHint));
  const auto is_made_of_it = [&](const TableColumn& column) {
    return column.name().starts_with(name + "=");
  };
  Require(table.transforms.empty() || std::ranges::none_of(all, is_made_of_it),
          ErrorKind::kUsage,
          Str("--rows: preparation made other columns of '", name, "'"),
          std::string(kHint));
}

}  // namespace

std::vector<Index> RowsWhere(const Dataset& table,
                             std::string_view expression) {
  Index first = 0;
  Index end = 0;
  if (ReadRange(expression, table.rows, &first, &end)) {
    std::vector<Index> rows(static_cast<std::size_t>(end - first));
    std::iota(rows.begin(), rows.end(), first);
    return rows;
  }
  Comparison wanted = ReadComparison(expression);
  const std::vector<TableColumn> all = ListColumns(table.inputs);
  wanted.column = ColumnSaid(all, wanted.column);
  if (wanted.column == "split" && wanted.sign == "=" &&
      (table.splits.count(wanted.value) > 0 || !HasColumn(all, "split"))) {
    RequireOneMeaning(table, all, wanted);
    return table.SplitRows(wanted.value);
  }
  RequireColumnStill(table, all, wanted.column);
  const auto columns = FindOneColumn(all, wanted.column, "--rows");
  const bool by_value = wanted.sign == "=" || wanted.sign == "!=";
  std::vector<Index> rows = by_value ? RowsWithValue(table, columns, wanted)
                                     : RowsCompared(table, columns[0], wanted);
  Require(!rows.empty(), ErrorKind::kUsage,
          Str("--rows ", expression, ": no row fits"));
  return rows;
}

std::vector<Index> SampleRows(Index rows, std::string_view amount, Seed seed) {
  double number = 0;
  const bool is_fraction = amount.find('.') != std::string_view::npos;
  const bool reads = ParseNumber(amount, &number) && number > 0 &&
                     (is_fraction ? number <= 1 : number == std::floor(number));
  Require(reads, ErrorKind::kUsage,
          Str("--sample ", amount,
              " is neither a number of rows nor a "
              "fraction"),
          "for example --sample 1000 or --sample 0.1");
  const double wanted =
      is_fraction ? std::round(number * static_cast<double>(rows)) : number;
  Require(wanted >= 1 && wanted <= static_cast<double>(rows), ErrorKind::kUsage,
          Str("--sample ", amount,
              wanted < 1 ? " takes none of the " : " takes more than the ",
              Counted(rows, "row", "rows")));
  std::vector<Index> order(static_cast<std::size_t>(rows));
  std::iota(order.begin(), order.end(), Index{0});
  Rng(seed, RandomPurpose::kSampleRows).Shuffle(order);
  order.resize(static_cast<std::size_t>(wanted));
  std::sort(order.begin(), order.end());
  return order;
}

}  // namespace mtlkit
