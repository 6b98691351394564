// Dates as inputs.
#include <doctest/doctest.h>

#include <cmath>
#include <numeric>
#include <set>

#include "data/schema.h"
#include "prep/adapt_table.h"
#include "prep/fit.h"
#include "prep/piece.h"
#include "prep/prepare_fixture.h"

namespace mtlkit {
namespace {

constexpr double kLeapDay = 1582934400;  // 2020-02-29, a Saturday

// `when` between two numbers; four rows.
Dataset Dates(const std::vector<double>& when) {
  InputBlock block = DenseBlock("numeric", {"a", "when", "b"}, {});
  std::vector<double> cells;
  for (const double seconds : when) cells.insert(cells.end(), {1, seconds, 2});
  block.wide = Array<double>(std::move(cells));
  block.dates = {"when"};
  return TableOf(static_cast<Index>(when.size()), {block});
}

InputBlock MadeDates(const Dataset& table, std::vector<Index> train) {
  const Transforms fitted = {FitTransform(TrainingRows(table.inputs, {}, train),
                                          {"date", {}}, {{"numeric", "when"}},
                                          "test")};
  return ApplyTransforms(fitted, table).inputs[0];
}

double CellAt(const InputBlock& block, Index row, const std::string& column) {
  const Index col = FindColumn(block, column);
  REQUIRE(col >= 0);
  return DenseCell(block, row * block.cols + col);
}

TEST_CASE("a date becomes its year, month, day of the week and hour") {
  const InputBlock made =
      MadeDates(Dates({kLeapDay + 6 * 3600 + 59, kLeapDay - 1}), {0, 1});
  CHECK(Join(made.columns, " ") ==
        "a when.year when.month when.month.sin when.month.cos "
        "when.day-of-week when.day-of-week.sin when.day-of-week.cos when.hour "
        "when.hour.sin when.hour.cos when.seconds b");
  CHECK(made.dates.empty());
  CHECK(CellAt(made, 0, "a") == 1);
  CHECK(CellAt(made, 0, "b") == 2);
  CHECK(CellAt(made, 0, "when.year") == 2020);
  CHECK(CellAt(made, 0, "when.month") == 2);
  CHECK(CellAt(made, 0, "when.month.sin") == doctest::Approx(0.8660254));
  CHECK(CellAt(made, 0, "when.month.cos") == doctest::Approx(0.5));
  CHECK(CellAt(made, 0, "when.day-of-week") == 6);
  CHECK(CellAt(made, 0, "when.day-of-week.cos") == doctest::Approx(0.6234898));
  CHECK(CellAt(made, 0, "when.hour") == 6);
  CHECK(CellAt(made, 0, "when.hour.sin") == doctest::Approx(1));
  CHECK(CellAt(made, 1, "when.day-of-week") == 5);
  CHECK(CellAt(made, 1, "when.hour") == 23);
}

TEST_CASE("sines and cosines of one height are one number") {
  std::vector<double> when;
  for (int hour = 0; hour < 24; ++hour) when.push_back(kLeapDay + hour * 3600);
  std::vector<Index> all(when.size());
  std::iota(all.begin(), all.end(), 0);
  const InputBlock made = MadeDates(Dates(when), all);
  std::set<double> sines;
  std::set<double> cosines;
  for (Index row = 0; row < 24; ++row) {
    sines.insert(CellAt(made, row, "when.hour.sin"));
    cosines.insert(CellAt(made, row, "when.hour.cos"));
  }
  CHECK(sines.size() == 13);
  CHECK(sines == cosines);
  for (const double sine : sines) CHECK(std::fmod(sine * 0x1p40, 1) == 0);
  CHECK(!std::signbit(CellAt(made, 18, "when.hour.cos")));
}

TEST_CASE("seconds count from the first training row, whatever comes later") {
  const InputBlock made =
      MadeDates(Dates({kLeapDay - 86400, kLeapDay, kLeapDay + 86400}), {1, 2});
  CHECK(CellAt(made, 0, "when.seconds") == -86400);
  CHECK(CellAt(made, 1, "when.seconds") == 0);
  CHECK(CellAt(made, 2, "when.seconds") == 86400);
}

TEST_CASE("there are hours only where a training row has a time") {
  CHECK(FindColumn(MadeDates(Dates({kLeapDay, kLeapDay + 1}), {0}),
                   "when.hour") == -1);
  CHECK(FindColumn(MadeDates(Dates({kLeapDay, kLeapDay + 1}), {1}),
                   "when.hour") >= 0);
}

TEST_CASE("a missing date is missing in all that comes of it") {
  const InputBlock made = MadeDates(Dates({kLeapDay, std::nan("")}), {0, 1});
  for (Index col = 1; col + 1 < made.cols; ++col) {
    CHECK(std::isnan(DenseCell(made, made.cols + col)));
  }
  CHECK(CellAt(made, 1, "b") == 2);
}

TEST_CASE("a column that a date would make twice is refused") {
  Dataset table = Dates({kLeapDay, kLeapDay});
  table.inputs[0].columns[0] = "when.year";
  CHECK(MessageOf([&] { MadeDates(table, {0}); }) ==
        "a date makes a column 'when.year', which is there already");
}

TEST_CASE("a dataset cannot call a date what is no column") {
  Dataset table = Dates({kLeapDay});
  CHECK(MessageOf([&] { CheckDataset(table); }) == "no error");
  table.inputs[0].dates = {"then"};
  CHECK(MessageOf([&] { CheckDataset(table); }) ==
        "input block 'numeric': 'then' is no column, but called a date");
}

TEST_CASE("preparation takes apart what a table calls dates") {
  Dataset table = Table();
  table.inputs[0].columns[0] = "when";
  table.inputs[0].dates = {"when"};
  const Dataset made = Run(Tasks({"pay"}), table);
  CHECK(FindColumn(made.inputs[0], "when") == -1);
  CHECK(FindColumn(made.inputs[0], "when.month.sin") >= 0);
  for (const float value : made.inputs[0].dense) CHECK(std::isfinite(value));
  PrepareOptions without = Tasks({"pay"});
  without.ignore = {"when"};
  CHECK(FindColumn(Run(without, table).inputs[0], "when.month") == -1);
}

// `when` beside what is to be learned; `row` has another time.
Dataset Rides(Index row, double seconds, bool is_called_date) {
  InputBlock block = DenseBlock("numeric", {"when", "pay"}, {});
  std::vector<double> cells;
  for (int i = 0; i < 12; ++i) {
    cells.insert(cells.end(), {kLeapDay + 86400.0 * i, i * 0.5});
  }
  cells[At(row * 2)] = seconds;
  block.wide = Array<double>(std::move(cells));
  if (is_called_date) block.dates = {"when"};
  return TableOf(12, {block});
}

TEST_CASE("milliseconds are no dates, in any row and wherever they come") {
  constexpr double kMilliseconds = kLeapDay * 1000;
  const std::string said =
      "column 'when', row '11': 1582934400000 seconds since 1970 are no date "
      "of the years 0 to 9999";
  PrepareOptions options = Tasks({"pay"});
  options.split = {"valid=0.5"};
  CHECK(Failure(options, Rides(11, kMilliseconds, true)) == said);
  const Dataset made = Run(options, Rides(0, kLeapDay, true));
  options.transform = {"when=date"};
  CHECK(Failure(options, Rides(11, kMilliseconds, false)) == said);
  const Dataset chosen = Run(options, Rides(0, kLeapDay, false));
  std::vector<std::string> warnings;
  for (const Dataset* like : {&made, &chosen}) {
    const auto adapt = [&](double seconds) {
      return MessageOf([&] {
        AdaptTable(like->transforms, Rides(11, seconds, false), &warnings);
      });
    };
    CHECK(adapt(kMilliseconds) == said);
    CHECK(adapt(-kMilliseconds) != "no error");
    CHECK(adapt(253402300800) != "no error");  // 10000-01-01
    // Milliseconds of 1976, which would be seconds of the year 8307.
    CHECK(adapt(199999999999) ==
          "column 'when', row '11': 199999999999 seconds since 1970 are of the "
          "year 8307");
    CHECK(adapt(-2e10) ==
          "column 'when', row '11': -20000000000 seconds since 1970 are of the "
          "year 1336");
    CHECK(adapt(9223372036) == "no error");
    CHECK(adapt(std::nan("")) == "no error");
    // What the table calls dates may be the last day of the year 9999.
    CHECK(MessageOf([&] {
            AdaptTable(like->transforms, Rides(11, 253402300799, true),
                       &warnings);
          }) == "no error");
  }
  CHECK(Failure(options, Rides(11, 199999999999, false)) ==
        "column 'when', row '11': 199999999999 seconds since 1970 are of the "
        "year 8307");
}

}  // namespace
}  // namespace mtlkit
