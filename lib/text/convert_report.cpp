#include "text/convert_report.h"

#include <algorithm>
#include <iterator>

#include "base/error.h"
#include "base/free_texts.h"
#include "base/text.h"
#include "data/head.h"
#include "data/schema.h"
#include "text/date_text.h"
#include "text/digit_groups.h"
#include "text/number_text.h"
#include "text/spelling_warnings.h"
#include "text/text_lists.h"

namespace mtlkit {
namespace {

// A column with more categories than this, most of which occur once, is
// probably an id.
constexpr std::size_t kManyCategories = 1000;
constexpr std::size_t kMaxWarnings = 10;
// Fewer numbers run by chance.
constexpr Index kFewestRunning = 4;

std::string DescribeTask(const Task& task) {
  const auto classes = static_cast<Index>(task.classes.size());
  if (!task.is_classification()) {
    return Str(task.name, " (", TaskTypeName(task.type), ")");
  }
  if (!task.traits().one_class) {
    return Str(task.name, " (", Counted(classes, "label", "labels"), ")");
  }
  return Str(task.name, " (", Counted(classes, "class", "classes"), ")");
}

std::string DescribeColumn(const ColumnScan& column, const ColumnRole& role) {
  const auto categories = static_cast<Index>(column.sorted.size());
  std::string text(ColumnTypeName(column.type));
  if (column.type == ColumnType::kCategory) {
    text += Str(", ", Counted(categories, "value", "values"));
  }
  if (column.type == ColumnType::kNumber && column.needs_double) {
    text += ", in double precision";
  }
  if (column.missing > 0) text += Str(", ", column.missing, " missing");
  if (role.role == Role::kLabel) text += ", a label";
  if (role.role == Role::kSparse) text += ", sparse";
  return text;
}

// Whether the file says what the column is.
bool IsStored(const ColumnScan& column) {
  return column.column.stored != ColumnType::kUnknown;
}

// Whether all categories are numbers, some with a decimal comma.
bool HasDecimalCommas(const ColumnScan& column) {
  const auto is_number = [](const std::string& text) {
    return IsCellNumber(text, ',');
  };
  const auto has_comma = [](const std::string& text) {
    return text.find(',') != std::string::npos;
  };
  return std::ranges::all_of(column.sorted, is_number) &&
         std::ranges::any_of(column.sorted, has_comma);
}

// A number without its unit and the marks between groups of digits: "1234.5" of
// "$1,234.5".
std::string Undressed(std::string_view text) {
  constexpr std::string_view kDress[] = {"$",      "%",     "\u20AC", "\u00A3",
                                         "\u00A5", ",",     "'",      " ",
                                         "\u00A0", "\u202F"};
  std::string plain;
  while (!text.empty()) {
    const auto* const mark = std::ranges::find_if(
        kDress, [text](std::string_view one) { return text.starts_with(one); });
    const bool is_dress = mark != std::end(kDress);
    const std::size_t length = is_dress ? mark->size() : 1;
    if (!is_dress) plain += text.substr(0, length);
    text.remove_prefix(length);
  }
  return plain;
}

// A category that is a number but for such marks, if all categories are numbers
// so; else "".
std::string DressedNumber(const ColumnScan& column) {
  double value = 0;
  std::string dressed;
  for (const std::string& text : column.sorted) {
    const std::string plain = Undressed(text);
    if (ParseCellNumber(plain, '.', &value) != NumberText::kNumber) return "";
    if (plain != text) dressed = text;
  }
  return dressed;
}

// Warns of a column of numbers that marks or units made words of; false: it is
// none.
bool WarnOfWords(const ColumnScan& column, Reporter* reporter) {
  const auto warn = [&](const std::string& value, const std::string& advice) {
    reporter->Warn(Str("column '", ShowText(column.column.name),
                       "': values like '", ShowText(value),
                       "' are taken for words; ", advice));
  };
  const bool is_decimal = !IsStored(column) && HasDecimalCommas(column);
  const std::string decimal = "if the comma is their decimal sign: --decimal ,";
  const std::string groups =
      IsStored(column) ? "" : FlagsOfGroups(column.sorted);
  const std::string dressed = DressedNumber(column);
  if (!groups.empty()) {
    warn(column.sorted.back(), Str("if their digits are in groups: ", groups,
                                   is_decimal ? "; " + decimal : ""));
  } else if (is_decimal) {
    warn(column.sorted.back(), decimal);
  } else if (!dressed.empty()) {
    warn(dressed, Str("write them without units and marks between digits, or ",
                      TypeFlag(column, "category"), " if they are names"));
  }
  return !groups.empty() || is_decimal || !dressed.empty();
}

// Warns of a column of texts that are dates; false: it is none.
bool WarnOfDates(const ColumnScan& column, Reporter* reporter) {
  std::vector<std::string> flags;
  for (const DateFormat& format : UsualDateFormats(column.sorted)) {
    flags.push_back(TypeFlag(column, format.TypeName()));
  }
  if (flags.empty()) return false;
  reporter->Warn(Str("column '", ShowText(column.column.name),
                     "': dates such as '", ShowText(column.sorted.front()),
                     "' are taken for words; ", Join(flags, ", or "),
                     " makes year, month, day of the week and time of them"));
  return true;
}

// A table whose only row may be its header: names do not tell from values.
bool IsPerhapsHeader(const TableScan& scan) {
  return scan.rows == 1 && scan.columns.size() > 1 &&
         std::all_of(scan.columns.begin(), scan.columns.end(),
                     [](const ColumnScan& column) {
                       return column.type == ColumnType::kCategory &&
                              !column.is_declared && !IsStored(column) &&
                              !column.column.is_text();
                     });
}

// What to do with texts of which hardly two are equal.
std::string AdviceForTexts(const ColumnScan& column, std::size_t rows) {
  const std::string& name = column.column.name;
  std::string advice;
  if (column.missing == 0 && column.sorted.size() == rows) {
    advice = Str("--type ", ShellWord(name + "=id"), " names the rows by it, ");
  }
  return Str(advice, "--type ", ShellWord(name + "=ignore"), " leaves it out");
}

bool AreSentences(const ColumnScan& column) {
  FreeTextCount texts;
  for (const std::string& text : column.sorted) texts.Add(text);
  return texts.AreSentences();
}

// pandas keeps the index of its rows in a column, which is no data.
void WarnOfIndex(const ColumnScan& column, Reporter* reporter) {
  if (column.type != ColumnType::kIgnore ||
      column.column.stored != ColumnType::kIgnore || column.is_declared) {
    return;
  }
  const std::string& name = column.column.name;
  reporter->Warn(Str("column '", ShowText(name),
                     "' is an index of rows without a name: it is left out; ",
                     TypeFlag(column, "id"), " names the rows by it"));
}

// Texts of JSON that are all numbers; a 0 in front is that of a name (01067).
bool WarnOfTextNumbers(const ColumnScan& column, Reporter* reporter) {
  const bool are_numbers =
      column.column.is_text() && !column.sorted.empty() &&
      std::ranges::all_of(column.sorted, [](const std::string& text) {
        const bool is_name = text.size() > 1 && text[0] == '0' &&
                             text.find('.') == std::string::npos;
        return !is_name && IsCellNumber(text, '.');
      });
  if (!are_numbers) return false;
  reporter->Warn(Str("column '", ShowText(column.column.name),
                     "': all its texts are numbers, such as '",
                     column.sorted.front(), "', and are taken for words; ",
                     TypeFlag(column, "number"), " reads numbers"));
  return true;
}

// Rows that are counted say where they stood, which gives the answer away where
// they were sorted by it.
void WarnOfRowNumbers(std::size_t files, const TableScan& scan,
                      Reporter* reporter) {
  constexpr std::string_view kNames[] = {
      "rownames", "row.names", "Unnamed: 0", "index", "Index", "num", "row"};
  std::size_t warnings = 0;
  for (const ColumnScan& column : scan.columns) {
    const std::string& name = column.column.name;
    const bool is_named_so =
        column.is_unnamed || std::ranges::count(kNames, name) > 0;
    if (column.type != ColumnType::kNumber || !is_named_so ||
        !column.is_running || column.restarts >= files || column.is_declared ||
        column.column.is_label || column.missing > 0 ||
        scan.rows < kFewestRunning || ++warnings > kMaxWarnings) {
      continue;
    }
    reporter->Warn(
        Str("column '", ShowText(name), "' only counts the rows; --type ",
            ShellWord(name + "=ignore"), " leaves it out of the inputs",
            scan.has_ids ? ""
                         : Str(", --type ", ShellWord(name + "=id"),
                               " names the rows by it")));
  }
}

}  // namespace

std::string SummariseTable(const TableScan& scan, const TablePlan& plan) {
  std::vector<std::string> parts = {Counted(scan.rows, "row", "rows")};
  const Index dates = std::ssize(plan.numeric.dates);
  if (plan.numeric.cols > dates) {
    parts.push_back(Counted(plan.numeric.cols - dates, "number", "numbers") +
                    (plan.is_wide ? " (double precision)" : ""));
  }
  if (dates > 0) parts.push_back(Counted(dates, "date", "dates"));
  if (plan.categorical.cols > 0) {
    parts.push_back(Counted(plan.categorical.cols, "category", "categories"));
  }
  if (plan.sparse.cols > 0) {
    parts.push_back(
        Counted(plan.sparse.cols, "sparse feature", "sparse features") +
        NumberedFrom(plan.sparse));
  }
  if (scan.has_ids) parts.push_back("ids");
  if (scan.has_groups) parts.push_back("groups");
  std::vector<std::string> tasks;
  for (const Task& task : plan.tasks) tasks.push_back(DescribeTask(task));
  constexpr std::size_t kMostTasks = 8;
  if (tasks.size() > kMostTasks) {
    tasks.resize(kMostTasks);
    tasks.emplace_back("...");
  }
  std::string text = Join(parts, ", ");
  if (!tasks.empty()) {
    text += (tasks.size() == 1 ? "; task " : "; tasks ") + Join(tasks, ", ");
  }
  return text;
}

void ReportColumns(const TableScan& scan, const TablePlan& plan,
                   Reporter* reporter) {
  for (std::size_t i = 0; i < scan.columns.size(); ++i) {
    const ColumnScan& column = scan.columns[i];
    reporter->Note(Str("  ", ShowText(column.column.name), ": ",
                       DescribeColumn(column, plan.roles[i])));
  }
}

void WarnOfColumns(const std::vector<TableFile>& files, const TableScan& scan,
                   Reporter* reporter) {
  if (IsPerhapsHeader(scan)) {
    reporter->Warn(
        "one row, without a number: if it is the names of columns, no rows "
        "came with them (--header yes)");
  }
  WarnOfRowNumbers(files.size(), scan, reporter);
  const bool is_text = files.front().source->kind() == SourceKind::kText;
  std::size_t warnings = 0;
  for (const ColumnScan& column : scan.columns) {
    const std::string& name = column.column.name;
    WarnOfIndex(column, reporter);
    if (column.is_renamed && ++warnings <= kMaxWarnings) {
      reporter->Warn(Str("a column has a name that was taken and is called '",
                         ShowText(name), "'",
                         is_text ? "; --names FILE gives others" : ""));
    }
    if (column.type != ColumnType::kCategory) continue;
    if (!column.is_declared &&
        (WarnOfDates(column, reporter) || WarnOfTextNumbers(column, reporter) ||
         WarnOfWords(column, reporter))) {
      continue;
    }
    const auto rows = static_cast<std::size_t>(scan.rows - column.missing);
    const bool is_mostly_one = column.sorted.size() * 2 > rows;
    // Of sentences nothing is wrong here: what they become is said later on.
    if (is_mostly_one && AreSentences(column)) continue;
    if (column.sorted.size() > kManyCategories && is_mostly_one) {
      reporter->Warn(Str("column '", ShowText(name), "' has ",
                         column.sorted.size(), " different values in ", rows,
                         " rows; ", AdviceForTexts(column, rows)));
    }
    if (files.size() > 1) {
      WarnOfSpellings(files, column, kMaxWarnings, &warnings, reporter);
    }
  }
}

void WarnOfNoValues(const TableScan& scan, bool for_model, Reporter* reporter) {
  for (const ColumnScan& column : scan.columns) {
    if (column.type != ColumnType::kNumber || column.missing < scan.rows) {
      continue;
    }
    reporter->Warn(Str(
        "column '", ShowText(column.column.name), "' has no value",
        for_model ? ""
                  : Str("; ", TypeFlag(column, "ignore"), " leaves it out")));
  }
}

void WarnOfGroups(const TableScan& scan, Reporter* reporter) {
  std::size_t warnings = 0;
  for (const ColumnScan& column : scan.columns) {
    const CellPlace& first = column.first_grouped;
    const bool is_doubtful = column.type == ColumnType::kNumber &&
                             !first.where.empty() && !column.has_decimals &&
                             column.numbers > 1;
    if (!is_doubtful || ++warnings > kMaxWarnings) continue;
    reporter->Warn(Str("column '", ShowText(column.column.name), "': '",
                       ShowText(first.text), "' in ", first.where,
                       " has a decimal comma ",
                       column.wholes > 0 ? "beside whole numbers"
                                         : "and three digits, as all have",
                       "; if it groups digits: --thousands , in place of "
                       "--decimal ,"));
  }
}

void WarnOfMarkers(const std::vector<std::string>& chosen,
                   const TableScan& scan, Reporter* reporter) {
  std::size_t warnings = 0;
  for (const ColumnScan& column : scan.columns) {
    if (column.type != ColumnType::kCategory || column.is_declared) continue;
    if (chosen.empty() && !IsStored(column)) continue;
    for (const std::string& marker : TextOptions().missing) {
      if (column.categories.find(marker) == column.categories.end()) continue;
      if (++warnings > kMaxWarnings) return;
      const std::string& name = column.column.name;
      const std::string both =
          chosen.empty() ? marker : Join(chosen, ",") + "," + marker;
      reporter->Warn(Str(
          "column '", ShowText(name), "': '", marker, "' is a value, since ",
          chosen.empty() ? "Parquet has nulls"
                         : "--missing replaces the usual markers",
          "; --missing=", ShellWord(both), " takes ",
          chosen.empty() ? "it" : "both", " for missing, ",
          TypeFlag(column, "category"), " keeps it"));
    }
  }
}

}  // namespace mtlkit
