#include "prep/table_columns.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <set>
#include <unordered_map>

#include "base/error.h"
#include "base/name_said.h"
#include "base/options.h"
#include "base/text.h"
#include "data/block_kind.h"
#include "data/schema.h"
#include "prep/transform_entry.h"

namespace mtlkit {
namespace {

// 0 where none is stored.
double SparseCell(const InputBlock& block, Index row, Index col) {
  const auto indices = block.indices.span();
  const auto begin = indices.begin() + block.row_starts[row];
  const auto end = indices.begin() + block.row_starts[row + 1];
  const auto at = std::lower_bound(begin, end, static_cast<std::int32_t>(col));
  if (at == end || *at != col) return 0;
  return static_cast<double>(block.values[at - indices.begin()]);
}

constexpr Index kMostNumbered = Index{1} << 20;

std::string LongName(const TableColumn& column) {
  return column.view.empty() ? column.name()
                             : column.view + "." + column.name();
}

// Puts names into natural order and renumbers the codes; names without a row
// go.
CodedColumn InOrder(std::vector<std::string> names,
                    std::vector<std::int32_t> codes, bool is_number) {
  std::vector<bool> occurs(names.size());
  for (const std::int32_t code : codes) {
    if (code >= 0) occurs[static_cast<std::size_t>(code)] = true;
  }
  std::vector<std::size_t> order;
  for (std::size_t i = 0; i < names.size(); ++i) {
    if (occurs[i]) order.push_back(i);
  }
  std::sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
    return NaturalLess(names[a], names[b]);
  });
  CodedColumn result;
  result.is_number = is_number;
  std::vector<std::int32_t> number(names.size(), -1);
  for (const std::size_t old : order) {
    number[old] = static_cast<std::int32_t>(result.names.size());
    result.names.push_back(std::move(names[old]));
  }
  for (std::int32_t& code : codes) {
    if (code >= 0) code = number[static_cast<std::size_t>(code)];
  }
  result.codes = std::move(codes);
  return result;
}

CodedColumn CodeCategories(const InputBlock& block, Index rows, Index col) {
  const auto& names = block.categories[static_cast<std::size_t>(col)];
  std::vector<std::int32_t> codes;
  codes.reserve(static_cast<std::size_t>(rows));
  for (Index row = 0; row < rows; ++row) {
    const std::int32_t code = block.codes[row * block.cols + col];
    codes.push_back(code < static_cast<Index>(names.size()) ? code : -1);
  }
  ForgetRows(block, 0, rows);
  return InOrder(names, std::move(codes), false);
}

CodedColumn CodeNumbers(const InputBlock& block, Index rows, Index col) {
  std::unordered_map<double, std::int32_t> number;
  std::vector<std::string> names;
  std::vector<std::int32_t> codes;
  codes.reserve(static_cast<std::size_t>(rows));
  ForCells(block, rows, col, [&](Index, double cell) {
    const double value = cell + 0.0;  // -0 is 0
    if (std::isnan(value)) {
      codes.push_back(-1);
      return;
    }
    const auto [at, is_new] =
        number.try_emplace(value, static_cast<std::int32_t>(names.size()));
    if (is_new) {
      names.push_back(block.wide.empty()
                          ? FormatNumber(static_cast<float>(value))
                          : FormatNumber(value));
    }
    codes.push_back(at->second);
  });
  return InOrder(std::move(names), std::move(codes), true);
}

[[noreturn]] void FailNoColumn(const std::vector<TableColumn>& columns,
                               std::string_view pattern,
                               std::string_view flag) {
  std::set<std::string> seen;
  std::vector<std::string> names;
  for (const TableColumn& column : columns) {
    if (seen.insert(column.name()).second) names.push_back(column.name());
  }
  const std::string near = Nearest(Join(SplitNames(pattern), ","), names);
  constexpr std::size_t kShown = 20;
  const bool many = names.size() > kShown;
  if (many) names.resize(kShown);
  for (std::string& name : names) name = NameInList(name);
  Fail(ErrorKind::kUsage,
       Str(flag, ": there is no column '", pattern, "'",
           near.empty() ? "" : Str("; did you mean '", NameInList(near), "'?")),
       names.empty()
           ? "the table has no columns"
           : Str("the table has: ", Join(names, ", "), many ? " ..." : ""));
}

}  // namespace

std::vector<TableColumn> ListColumns(const std::vector<InputBlock>& inputs) {
  return ListColumns(std::vector<InputSpec>(inputs.begin(), inputs.end()));
}

std::vector<TableColumn> ListColumns(const std::vector<InputSpec>& inputs) {
  std::vector<TableColumn> columns;
  for (std::size_t i = 0; i < inputs.size(); ++i) {
    if (!TraitsOf(inputs[i].kind).has_columns) continue;
    // Numbered columns beyond any that a person names.
    if (inputs[i].columns.empty() && inputs[i].cols > kMostNumbered) continue;
    const std::string view = ViewOf(inputs[i].name);
    for (Index col = 0; col < inputs[i].cols; ++col) {
      columns.push_back(
          {i, col, view, {inputs[i].name, ColumnName(inputs[i], col)}});
    }
  }
  return columns;
}

std::string ColumnSaid(const std::vector<TableColumn>& columns,
                       std::string_view said) {
  if (said.find(',') == said.npos) return std::string(said);
  std::vector<std::string> names;
  for (const TableColumn& column : columns) {
    names.push_back(column.name());
    if (!column.view.empty()) names.push_back(LongName(column));
  }
  return NameSaid(said, names);
}

std::vector<TableColumn> FindColumns(const std::vector<TableColumn>& columns,
                                     std::string_view said,
                                     std::string_view flag) {
  const std::string pattern = ColumnSaid(columns, said);
  std::vector<TableColumn> found;
  for (const TableColumn& column : columns) {
    if (column.name() == pattern || LongName(column) == pattern) {
      found.push_back(column);
    }
  }
  if (!found.empty()) return found;
  for (const TableColumn& column : columns) {
    if (MatchesPattern(pattern, column.name()) ||
        MatchesPattern(pattern, LongName(column))) {
      found.push_back(column);
    }
  }
  if (found.empty()) FailNoColumn(columns, pattern, flag);
  return found;
}

std::vector<TableColumn> FindOneColumn(const std::vector<TableColumn>& columns,
                                       std::string_view name,
                                       std::string_view flag) {
  std::vector<TableColumn> found = FindColumns(columns, name, flag);
  for (const TableColumn& column : found) {
    Require(column.name() == found[0].name(), ErrorKind::kUsage,
            Str(flag, " '", name, "' names several columns: '", found[0].name(),
                "' and '", column.name(), "'"),
            "name one");
  }
  return found;
}

double CellNumber(const InputBlock& block, Index row, Index col) {
  switch (block.kind) {
    case InputKind::kDense:
      return DenseCell(block, row * block.cols + col);
    case InputKind::kSparse:
      return SparseCell(block, row, col);
    default:
      return std::numeric_limits<double>::quiet_NaN();
  }
}

CodedColumn CodeColumn(const Dataset& table, const TableColumn& column) {
  const InputBlock& block = table.inputs[column.block];
  return block.kind == InputKind::kCategorical
             ? CodeCategories(block, table.rows, column.col)
             : CodeNumbers(block, table.rows, column.col);
}

CodedColumn CodeColumns(const Dataset& table,
                        const std::vector<TableColumn>& columns) {
  CodedColumn first = CodeColumn(table, columns.at(0));
  const auto text = [](const CodedColumn& column, std::size_t row) {
    const std::int32_t code = column.codes[row];
    return code < 0 ? std::string("missing")
                    : column.names[static_cast<std::size_t>(code)];
  };
  for (std::size_t i = 1; i < columns.size(); ++i) {
    const CodedColumn other = CodeColumn(table, columns[i]);
    for (std::size_t row = 0; row < first.codes.size(); ++row) {
      if (text(first, row) == text(other, row)) continue;
      Fail(ErrorKind::kBadInput,
           Str("column '", columns[0].name(), "' of view '", columns[0].view,
               "' is '", text(first, row), "' in row '",
               IdText(table.ids, static_cast<Index>(row)), "' and '",
               text(other, row), "' in view '", columns[i].view, "'"),
           Str("name the one that is meant: ", LongName(columns[0])));
    }
  }
  return first;
}

}  // namespace mtlkit
