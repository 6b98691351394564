#include "prep/date_columns.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <set>
#include <utility>

#include "base/calendar.h"
#include "base/error.h"
#include "base/text.h"
#include "data/schema.h"

namespace mtlkit {
namespace {

bool IsOfCalendar(double seconds) {
  constexpr double kDay = kSecondsOfDay;
  static const double first = static_cast<double>(DaysOf(0, 1, 1)) * kDay;
  static const double end = static_cast<double>(DaysOf(10000, 1, 1)) * kDay;
  return std::isnan(seconds) || (seconds >= first && seconds < end);
}

std::int64_t YearOf(double seconds) {
  return DateOf(static_cast<std::int64_t>(std::floor(seconds / kSecondsOfDay)))
      .year;
}

// Numbers of a column, which are read as seconds.
class SecondsSeen {
 public:
  void Add(double seconds) {
    if (std::isnan(seconds)) return;
    last_ = std::max(last_, seconds);
    are_thousands_ &= std::fmod(seconds, 1000) == 0;
    if (values_.size() < kTelling) values_.insert(seconds);
  }

  // "" where nothing speaks for milliseconds.
  std::string Warning(const std::string& column) const {
    static const double far =
        static_cast<double>(DaysOf(2100, 1, 1)) * kSecondsOfDay;
    const bool look_alike = are_thousands_ && values_.size() >= kTelling;
    if (last_ < far && !look_alike) return "";
    return Str("column '", column,
               "': numbers are read as seconds since 1970, up to the year ",
               YearOf(last_),
               last_ < far ? ", and all are multiples of 1000" : "",
               ": divide milliseconds by 1000");
  }

 private:
  // So many different ones are no multiples of 1000 by chance.
  static constexpr std::size_t kTelling = 4;

  double last_ = -std::numeric_limits<double>::infinity();
  bool are_thousands_ = true;
  std::set<double> values_;
};

void RequireDates(const InputBlock& block, Index col, const RowIds& ids,
                  Index rows, std::vector<std::string>* warnings) {
  SecondsSeen seen;
  // Of text, say, which may have a last day of the year 9999.
  const bool are_dates =
      std::ranges::count(block.dates, ColumnName(block, col)) > 0;
  for (Index row = 0; row < rows; ++row) {
    const double seconds = DenseCell(block, row * block.cols + col);
    if (IsOfCalendar(seconds) && (are_dates || CanBeSeconds(seconds))) {
      seen.Add(seconds);
      continue;
    }
    Fail(ErrorKind::kBadInput,
         Str("column '", ColumnName(block, col), "', row '", IdText(ids, row),
             "': ", FormatNumber(seconds), " seconds since 1970 are ",
             are_dates || !IsOfCalendar(seconds)
                 ? "no date of the years 0 to 9999"
                 : Str("of the year ", YearOf(seconds))),
         "milliseconds? divide them by 1000, or write dates as text (pandas: "
         "to_json(..., date_format='iso'))");
  }
  if (are_dates) return;
  std::string warning = seen.Warning(ColumnName(block, col));
  if (!warning.empty()) warnings->push_back(std::move(warning));
}

}  // namespace

std::optional<SelectedInputs> TableBehind(const TransformRecords& transforms) {
  if (transforms.empty()) return std::nullopt;
  std::optional<SelectedInputs> table = ReadSelection(transforms.front());
  if (!table) return table;
  std::vector<InputSpec> specs = table->blocks;
  for (auto record = transforms.begin() + 1; record != transforms.end();
       ++record) {
    for (const InputSpec& spec : specs) {
      if (record->name != "date" || !TakesNumbers(spec.kind)) continue;
      const std::vector<double>& marks =
          MarkArray(*record, spec.name + ".dates", spec);
      const auto own =
          std::ranges::find(table->blocks, spec.name, &InputSpec::name);
      for (Index col = 0; col < spec.cols; ++col) {
        const std::string name = ColumnName(spec, col);
        if (marks[At(col)] == 0 || own == table->blocks.end()) continue;
        if (FindColumn(*own, name) >= 0) own->dates.push_back(name);
      }
    }
    specs = MakeTransform(*record)->Specs(specs);
  }
  return table;
}

void RequireDates(const std::vector<InputSpec>& wanted,
                  const std::vector<InputBlock>& inputs, const RowIds& ids,
                  Index rows, std::vector<std::string>* warnings) {
  for (const InputSpec& spec : wanted) {
    for (const InputBlock& block : inputs) {
      if (block.kind != InputKind::kDense || spec.kind != block.kind ||
          ViewOf(block.name) != ViewOf(spec.name)) {
        continue;
      }
      for (const std::string& column : spec.dates) {
        const Index col = FindColumn(block, column);
        if (col >= 0) RequireDates(block, col, ids, rows, warnings);
      }
    }
  }
}

}  // namespace mtlkit
