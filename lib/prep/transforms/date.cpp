// date: what a date and time, in seconds since 1970, says of the year, the
// month, the day of the week (1 is Monday) and the hour. A column WHEN becomes
// WHEN.year, WHEN.month, WHEN.day-of-week, WHEN.hour; of each but the year
// NAME.sin and NAME.cos, which are near for December and January; and
// WHEN.seconds since the first of the training rows. Where these are all whole
// days there are no hours.
#include <algorithm>
#include <cmath>
#include <limits>
#include <numbers>

#include "base/calendar.h"
#include "base/error.h"
#include "base/text.h"
#include "data/schema.h"
#include "prep/transform_entry.h"

namespace mtlkit {
namespace {

constexpr double kDay = kSecondsOfDay;
constexpr double kHour = 3600;
// Beyond, a number is no date; the calendar must hold it all the same.
constexpr double kMostDays = 1e12;

void AppendNames(const std::string& column, bool has_hours,
                 std::vector<std::string>* names) {
  const auto add = [&](std::string_view part) {
    names->push_back(Str(column, ".", part));
  };
  add("year");
  for (const std::string_view cycle : {"month", "day-of-week", "hour"}) {
    if (cycle == "hour" && !has_hours) continue;
    add(cycle);
    add(Str(cycle, ".sin"));
    add(Str(cycle, ".cos"));
  }
  add("seconds");
}

// Sines and cosines are multiples of 2^-40, so that equal angles give equal
// numbers, whatever the last bits of a C library, NumPy or an ONNX runtime say:
// what is fitted behind (pieces) may tell numbers apart that differ by less.
double OnGrid(double value) {
  constexpr double kSteps = 0x1p40;
  return std::nearbyint(value * kSteps) / kSteps + 0.0;  // no -0
}

// A number, and where it lies on a circle of `length`.
void AppendCycle(double number, double length, std::vector<double>* cells) {
  const double angle = 2 * std::numbers::pi * number / length;
  cells->push_back(number);
  cells->push_back(OnGrid(std::sin(angle)));
  cells->push_back(OnGrid(std::cos(angle)));
}

void AppendParts(double seconds, bool has_hours, double first,
                 std::vector<double>* cells) {
  if (std::isnan(seconds)) {
    constexpr double kMissing = std::numeric_limits<double>::quiet_NaN();
    cells->insert(cells->end(), has_hours ? 11 : 8, kMissing);
    return;
  }
  const double days = std::floor(seconds / kDay);
  const CalendarDate date = DateOf(
      static_cast<std::int64_t>(std::clamp(days, -kMostDays, kMostDays)));
  cells->push_back(static_cast<double>(date.year));
  AppendCycle(date.month, 12, cells);
  AppendCycle(date.weekday, 7, cells);
  if (has_hours) {
    const double hour = std::floor((seconds - days * kDay) / kHour);
    AppendCycle(std::clamp(hour, 0.0, 23.0), 24, cells);
  }
  cells->push_back(seconds - first);
}

class DateParts : public Transform {
 public:
  // For each block NAME of numbers NAME.dates and NAME.hours, a 1 for each
  // column that is taken apart and that has hours, and NAME.first, seconds.
  explicit DateParts(TransformArrays arrays) : arrays_(std::move(arrays)) {}

  std::vector<InputSpec> Specs(
      const std::vector<InputSpec>& inputs) const override {
    std::vector<InputSpec> result = inputs;
    for (InputSpec& spec : result) {
      if (TakesNumbers(spec.kind)) Divide(&spec);
    }
    return result;
  }

  std::vector<InputBlock> Apply(const std::vector<InputBlock>& inputs,
                                Index rows) const override {
    std::vector<InputBlock> result = inputs;
    for (InputBlock& block : result) {
      if (TakesNumbers(block.kind)) DivideCells(&block, rows);
    }
    return result;
  }

  TransformRecord Record() const override { return {"date", "{}", arrays_}; }

 private:
  struct Marks {
    const std::vector<double>& dates;
    const std::vector<double>& hours;
    const std::vector<double>& first;
    bool any() const { return std::ranges::count(dates, 1.0) > 0; }
  };

  Marks MarksOf(const TransformRecord& record, const InputSpec& spec) const {
    return {MarkArray(record, spec.name + ".dates", spec),
            MarkArray(record, spec.name + ".hours", spec),
            ColumnArray(record, spec.name + ".first", spec)};
  }

  void Divide(InputSpec* spec) const {
    const TransformRecord record = Record();
    const Marks marks = MarksOf(record, *spec);
    if (!marks.any()) return;
    std::vector<std::string> names;
    for (Index col = 0; col < spec->cols; ++col) {
      const std::string name = ColumnName(*spec, col);
      if (marks.dates[At(col)] > 0) {
        AppendNames(name, marks.hours[At(col)] > 0, &names);
        std::erase(spec->dates, name);
      } else {
        names.push_back(name);
      }
    }
    spec->columns = std::move(names);
    spec->cols = std::ssize(spec->columns);
  }

  void DivideCells(InputBlock* block, Index rows) const {
    const TransformRecord record = Record();
    const Marks marks = MarksOf(record, *block);
    if (!marks.any()) return;
    const Index given = block->cols;
    Divide(block);
    std::vector<double> cells;
    cells.reserve(static_cast<std::size_t>(rows * block->cols));
    for (Index row = 0; row < rows; ++row) {
      for (Index col = 0; col < given; ++col) {
        const double value = DenseCell(*block, row * given + col);
        if (marks.dates[At(col)] > 0) {
          AppendParts(value, marks.hours[At(col)] > 0, marks.first[At(col)],
                      &cells);
        } else {
          cells.push_back(value);
        }
      }
    }
    block->dense = {};
    block->wide = Array<double>(std::move(cells));
  }

  TransformArrays arrays_;
};

// Two columns of one name could not be told apart.
void RequireNewNames(const std::vector<InputSpec>& specs) {
  for (const InputSpec& spec : specs) {
    std::vector<std::string> names = spec.columns;
    std::sort(names.begin(), names.end());
    const auto twice = std::adjacent_find(names.begin(), names.end());
    if (twice == names.end()) continue;
    Fail(ErrorKind::kBadInput,
         Str("a date makes a column '", *twice, "', which is there already"),
         Str("leave one out: --ignore ", NameInList(*twice)));
  }
}

std::shared_ptr<const Transform> FitDate(const FitArgs& args) {
  TransformArrays arrays;
  for (const InputSpec& spec : args.rows.specs()) {
    if (!TakesNumbers(spec.kind)) continue;
    std::vector<double> first(At(spec.cols),
                              std::numeric_limits<double>::infinity());
    std::vector<double> hours(At(spec.cols));
    args.rows.ForEach(spec.name, [&](const InputBlock& block, Index count) {
      for (Index at = 0; at < count * block.cols; ++at) {
        const double value = DenseCell(block, at);
        const std::size_t col = At(at % block.cols);
        if (std::isnan(value)) continue;
        first[col] = std::min(first[col], value);
        if (std::fmod(value, kDay) != 0) hours[col] = 1;
      }
    });
    std::vector<double> dates;
    for (const bool is_chosen : ChosenColumns(args, spec)) {
      const std::size_t col = dates.size();
      dates.push_back(is_chosen ? 1 : 0);
      if (!is_chosen) hours[col] = 0;
      if (!is_chosen || std::isinf(first[col])) first[col] = 0;
    }
    arrays[spec.name + ".dates"] = std::move(dates);
    arrays[spec.name + ".hours"] = std::move(hours);
    arrays[spec.name + ".first"] = std::move(first);
  }
  auto step = std::make_shared<DateParts>(std::move(arrays));
  RequireNewNames(step->Specs(args.rows.specs()));
  return step;
}

std::shared_ptr<const Transform> RestoreDate(const TransformRecord& record) {
  ParseSpec(record);
  return std::make_shared<DateParts>(record.arrays);
}

}  // namespace

extern const TransformEntry kDateTransform;
const TransformEntry kDateTransform = {
    MakeEntry<FitDate>("date",
                       "seconds since 1970 as year, month, day of the week, "
                       "hour, and seconds since the first"),
    TakesNumbers, RestoreDate};

}  // namespace mtlkit
