#include "text/column_choices.h"

#include <algorithm>

#include "base/error.h"
#include "base/options.h"
#include "base/text.h"
#include "text/text_lists.h"

namespace mtlkit {
namespace {

bool IsIdName(std::string_view name) {
  return name == "id" || name == "ID" || name == "Id";
}

std::string LongName(const ScanOptions& options, const ColumnScan& column) {
  return options.view.empty() ? column.column.name
                              : Str(options.view, ".", column.column.name);
}

// Whether there is such a column.
bool ApplyType(const ScanOptions& options, const TypeChoice& choice,
               std::vector<ColumnScan>* columns) {
  bool found = false;
  for (ColumnScan& column : *columns) {
    const std::string& name = column.column.name;
    const std::string full = LongName(options, column);
    if (!MatchesPattern(choice.columns, name) && choice.columns != name &&
        !MatchesPattern(choice.columns, full) && choice.columns != full) {
      continue;
    }
    column.type = choice.type;
    column.date = choice.date;
    column.is_declared = true;
    column.column.categories.clear();
    found = true;
    Require(choice.type != ColumnType::kDate || !column.column.is_label,
            ErrorKind::kUsage,
            Str("--type ", choice.columns, "=date: it is a label"),
            "dates are inputs");
  }
  return found;
}

void FindId(const ScanOptions& options, std::vector<ColumnScan>* columns) {
  const auto was_id = [&](const ColumnScan& column) {
    return std::ranges::count(options.model_ids, column.column.name) > 0;
  };
  const bool any_was = std::ranges::any_of(*columns, was_id);
  Index ids = 0;
  for (ColumnScan& column : *columns) {
    const bool is_id = any_was ? was_id(column) : IsIdName(column.column.name);
    if (column.type == ColumnType::kUnknown && is_id) {
      column.type = ColumnType::kId;
    }
    ids += column.type == ColumnType::kId;
  }
  Require(ids <= 1, ErrorKind::kUsage, "two columns of type id",
          "rows have one id; --type COLUMN=ignore leaves one out");
}

bool ApplyRename(const ScanOptions& options,
                 const std::vector<std::string>& rename,
                 std::vector<ColumnScan>* columns) {
  bool found = false;
  for (ColumnScan& column : *columns) {
    if (column.column.name != rename[0] &&
        LongName(options, column) != rename[0]) {
      continue;
    }
    column.renames.emplace_back(rename[1], rename[2]);
    found = true;
  }
  return found;
}

}  // namespace

std::vector<UnusedChoice> ApplyChoices(const ScanOptions& options,
                                       std::vector<ColumnScan>* columns) {
  std::vector<UnusedChoice> unused;
  for (const TypeChoice& choice : options.model_dates) {
    ApplyType(options, choice, columns);
  }
  for (const TypeChoice& choice : options.types) {
    if (ApplyType(options, choice, columns)) continue;
    unused.push_back({"--type", choice.columns});
  }
  FindId(options, columns);
  for (const std::vector<std::string>& rename : options.renames) {
    if (ApplyRename(options, rename, columns)) continue;
    unused.push_back({"--rename-class", rename[0]});
  }
  return unused;
}

void FailUnused(const UnusedChoice& choice,
                const std::vector<std::string>& columns) {
  const std::string nearest = Nearest(choice.column, columns);
  Fail(
      ErrorKind::kUsage,
      Str(choice.flag, ": there is no column '", ShowText(choice.column), "'",
          nearest.empty() ? ""
                          : Str("; did you mean '", NameInList(nearest), "'?")),
      columns.empty() ? "the columns of this format have no names"
                      : Str("known: ", ShowNames(columns)));
}

std::vector<std::string> ColumnNames(const ScanOptions& options,
                                     const std::vector<ColumnScan>& columns) {
  std::vector<std::string> names;
  for (const ColumnScan& column : columns) {
    names.push_back(LongName(options, column));
  }
  return names;
}

}  // namespace mtlkit
