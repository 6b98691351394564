// Cells of columns of dates.
#include <algorithm>
#include <string>
#include <vector>

#include "base/error.h"
#include "base/text.h"
#include "text/column_scan.h"
#include "text/number_text.h"
#include "text/text_lists.h"

namespace mtlkit {
namespace {

// Whether it begins with a year that has a sign or more than four digits.
bool IsBeyondYears(std::string_view text) {
  const bool is_signed = text.starts_with('-') || text.starts_with('+');
  if (is_signed) text.remove_prefix(1);
  const std::size_t digits =
      std::min(text.find_first_not_of("0123456789"), text.size());
  return digits > (is_signed ? 0 : 4) && text.substr(digits).starts_with('-');
}

// Whether a number stands where others of the column, in this file or another,
// are texts, or the other way round: no flag reads both.
bool IsOfOtherKind(const ColumnScan& column, std::string_view text) {
  const bool is_number = IsCellNumber(text, '.');
  const bool are_numbers = column.date.TypeName() == "date:%s";
  const bool any_other = column.texts > 0 || column.numbers > 0;
  double seconds = 0;
  return any_other && is_number != are_numbers &&
         (is_number || DateFormat().Parse(text, &seconds));
}

std::string AdviceForNoDate(const ColumnScan& column, std::string_view text,
                            bool is_stored) {
  if (!is_stored && IsOfOtherKind(column, text)) {
    return Str("others of the column are ",
               IsCellNumber(text, '.') ? "texts" : "numbers",
               ": write dates alike in all rows and files, as 2024-03-01 "
               "(pandas: to_json(..., date_format='iso'))");
  }
  std::vector<std::string> flags;
  if (!is_stored) {
    for (const DateFormat& format : UsualDateFormats({std::string(text)})) {
      flags.push_back(TypeFlag(column, format.TypeName()));
    }
  }
  if (!flags.empty()) return Join(flags, ", or ") + " reads it";
  if (IsBeyondYears(text)) {
    return Str(
        "years are 0000 to 9999: list it under --missing where it stands for "
        "no value, ",
        TypeFlag(column, "category"), " keeps dates as words");
  }
  if (is_stored) {
    return Str("list it under --missing where it stands for no value, ",
               TypeFlag(column, "category"), " keeps dates as words");
  }
  return IsCellNumber(text, '.')
             ? Str("seconds since 1970: ", TypeFlag(column, "date:%s"),
                   "; milliseconds: divide them by 1000, or write dates as "
                   "text (pandas: to_json(..., date_format='iso'))")
             : "list it under --missing where it stands for no value; "
               "--type COLUMN=date:FORMAT says how dates are written";
}

}  // namespace

const DateFormat& DateFormatOf(const ColumnScan& column, std::size_t file) {
  static const DateFormat iso;
  const bool is_stored =
      file < column.stored_dates.size() && column.stored_dates[file];
  return is_stored ? iso : column.date;
}

void CellScanner::ScanDate(const LinePlace& place, std::string_view text,
                           ColumnScan* column) const {
  const DateFormat& format = DateFormatOf(*column, file_);
  double seconds = 0;
  bool is_exact = false;
  if (!format.Parse(text, &seconds, &is_exact)) {
    FailCell(MakePlace(place, text), *column,
             Str("is no date written as '", format.TypeName(), "'"),
             AdviceForNoDate(*column, text, &format != &column->date));
  }
  ++column->numbers;
  column->needs_double |=
      static_cast<double>(static_cast<float>(seconds)) != seconds;
  if (!is_exact) column->loss.NoteCut(place, text);
}

void RequireExactDates(const ScanOptions& options, const ColumnScan& column) {
  Require(options.precision != "single" || !column.needs_double,
          ErrorKind::kUsage,
          Str("--precision single would round the dates of column '",
              ShowText(column.column.name), "' to minutes"),
          "leave it out");
  const CellPlace& first = column.loss.first_cut;
  // A model sees no such small parts; a warning says it of its rows.
  if (column.is_declared || options.for_model || first.where.empty()) return;
  double seconds = 0;
  DateFormat().Parse(first.text, &seconds);
  FailCell(first, column,
           Str("is finer than dates are kept, it would become ",
               DateText(seconds, true)),
           Str(TypeFlag(column, "date"), " rounds it, ",
               TypeFlag(column, "category"), " keeps dates as words"));
}

}  // namespace mtlkit
