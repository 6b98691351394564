#include "base/reporter.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <string>

#include "base/error.h"

namespace mtlkit {
namespace {

// What a reporter wrote, and a clock that only the test moves.
struct Sink {
  std::string text;
  double now = 0;

  ReporterSettings Settings(ProgressMode mode, bool is_live) {
    ReporterSettings settings;
    settings.program = "mtl-toy";
    settings.mode = mode;
    settings.is_live = is_live;
    settings.write = [this](std::string_view part) { text += part; };
    settings.seconds = [this] { return now; };
    return settings;
  }
};

void ReportEpoch(Reporter& reporter, Index epoch) {
  reporter.Advance(epoch);
  reporter.Measure("income", 0.312);
  reporter.Measure("valid", 0.523, true);
  reporter.Show("best", 0.519, "(best .519 @ 9)");
  reporter.Show("best_epoch", 9);
  reporter.Show("rows_per_second", 48123, "48k rows/s");
  reporter.Commit();
}

TEST_CASE("without a terminal each committed position is a line") {
  Sink sink;
  const auto reporter = MakeReporter(sink.Settings(ProgressMode::kAuto, false));
  reporter->Begin("epoch", 50);
  sink.now = 20;
  ReportEpoch(*reporter, 40);
  reporter->Warn("a loss is large");
  CHECK(sink.text ==
        "epoch 40/50  income .312  valid .523 (best .519 @ 9)  48k rows/s  "
        "left 0:05\n"
        "mtl-toy: warning: a loss is large\n");
}

TEST_CASE("a file's name stands in front of what is said of it") {
  Sink sink;
  const auto reporter = MakeReporter(sink.Settings(ProgressMode::kAuto, false));
  const std::string file = "new.csv";
  NamedReporter named(file, reporter.get());
  named.Begin("epoch", 50);
  ReportEpoch(named, 50);
  named.Note("read");
  named.Warn("a loss is large");
  CHECK(sink.text ==
        "epoch 50/50  income .312  valid .523 (best .519 @ 9)  48k rows/s  "
        "left 0:00\n"
        "mtl-toy: new.csv: read\n"
        "mtl-toy: warning: new.csv: a loss is large\n");
}

TEST_CASE("of a long phase some committed positions are lines, and the last") {
  Sink sink;
  const auto reporter = MakeReporter(sink.Settings(ProgressMode::kAuto, false));
  reporter->Begin("epoch", 1501);
  for (Index i = 1; i <= 1501; ++i) ReportEpoch(*reporter, i);
  CHECK(std::count(sink.text.begin(), sink.text.end(), '\n') == 58);
  CHECK(sink.text.starts_with("epoch 26/1501 "));
  CHECK(sink.text.find("\nepoch 1501/1501 ") != std::string::npos);
  sink.text.clear();
  reporter->Begin("epoch", 1501);
  sink.now = 40;
  ReportEpoch(*reporter, 1);
  CHECK(sink.text.starts_with("epoch 1/1501 "));
}

TEST_CASE("a phase that commits nothing is a line per half minute") {
  Sink sink;
  const auto reporter = MakeReporter(sink.Settings(ProgressMode::kAuto, false));
  reporter->Begin("row", -1);
  for (Index i = 1; i <= 65; ++i) {
    sink.now = static_cast<double>(i);
    reporter->Advance(i * 10);
  }
  CHECK(sink.text == "row 300\nrow 600\n");
}

TEST_CASE("a live line is redrawn ten times a second at most and stays") {
  Sink sink;
  {
    const auto reporter =
        MakeReporter(sink.Settings(ProgressMode::kAuto, true));
    reporter->Begin("epoch", 100);
    for (int i = 1; i <= 3; ++i) {
      sink.now += 0.06;
      reporter->Advance(i);
      reporter->Commit();
    }
    CHECK(sink.text == "\r\x1b[Kepoch 2/100  left 0:06");
    reporter->Note("hello");
  }
  CHECK(sink.text ==
        "\r\x1b[Kepoch 2/100  left 0:06\r\x1b[Kepoch 3/100  left 0:06\n"
        "mtl-toy: hello\n");
}

// The line of an epoch on a terminal of so many columns.
std::string LiveLine(int columns) {
  Sink sink;
  ReporterSettings settings = sink.Settings(ProgressMode::kAlways, false);
  settings.columns = columns;
  const auto reporter = MakeReporter(settings);
  reporter->Begin("epoch", 2);
  reporter->Advance(1);
  sink.now = 3;
  reporter->Measure("income", 0.5);
  reporter->Measure("h\xc3\xb6he", 0.25);
  reporter->Measure("valid", 0.75, true);
  reporter->Show("best", 0.75, "(best .750 @ 1)");
  reporter->Show("rows_per_second", 48123, "48k rows/s");
  reporter->Commit();
  return sink.text.substr(sizeof("\r\x1b[K") - 1);
}

TEST_CASE("a live line short of room keeps what decides longest") {
  CHECK(LiveLine(100) ==
        "epoch 1/2  income .500  h\xc3\xb6he .250  valid .750 (best .750 @ 1)  "
        "48k rows/s  left 0:03");
  CHECK(LiveLine(80) ==
        "epoch 1/2  income .500  h\xc3\xb6he .250  valid .750 (best .750 @ 1)  "
        "left 0:03");
  CHECK(LiveLine(60) ==
        "epoch 1/2  ...  valid .750 (best .750 @ 1)  left 0:03");
  CHECK(LiveLine(50) == "epoch 1/2  ...  valid .750 (best .750 @ 1)");
  CHECK(LiveLine(30) == "epoch 1/2  ...  valid .750");
  CHECK(LiveLine(26) == "epoch 1/2  valid .750");
  CHECK(LiveLine(22) == "epoch 1/2  valid .750");
  CHECK(LiveLine(21) == "valid .750");
  CHECK(LiveLine(11) == "valid .750");
  CHECK(LiveLine(8) == "valid .");
  CHECK(LiveLine(1) == "v");
}

TEST_CASE("a live line knows characters of two columns, and of none") {
  const auto line = [](int columns) {
    Sink sink;
    ReporterSettings settings = sink.Settings(ProgressMode::kAlways, false);
    settings.columns = columns;
    const auto reporter = MakeReporter(settings);
    reporter->Begin("epoch", 2);
    reporter->Advance(1);
    sink.now = 3;
    reporter->Measure("\xe5\xb9\xb4\xe5\x8f\x8e", 0.5);
    reporter->Measure("e\xcc\x81", 0.25);
    reporter->Measure("\xe5\xb9\xb4", 0.75, true);
    reporter->Commit();
    return sink.text.substr(sink.text.rfind('K') + 1);
  };
  const std::string decides = "\xe5\xb9\xb4 .750";
  // The last column stays empty, so that nothing wraps.
  CHECK(line(49) ==
        "epoch 1/2  \xe5\xb9\xb4\xe5\x8f\x8e .500  e\xcc\x81 .250  " + decides +
            "  left 0:03");
  CHECK(line(48) ==
        "epoch 1/2  ...  e\xcc\x81 .250  " + decides + "  left 0:03");
  CHECK(line(19) == "epoch 1/2  " + decides);
  CHECK(line(18) == decides);
  CHECK(line(2) == "");  // no half of a character
}

TEST_CASE("a name cannot command the terminal or forge a line") {
  Sink sink;
  const auto reporter = MakeReporter(sink.Settings(ProgressMode::kAuto, false));
  reporter->Begin("epoch", 1);
  reporter->Advance(1);
  reporter->Measure("a\x1b[2J\nmtl-toy: warning: b\xe2\x80\xae", 0.5);
  reporter->Commit();
  reporter->Warn("task 'a\nmtl-toy: done' \xc2\x9b");
  CHECK(sink.text ==
        "epoch 1/1  a\\x1b[2J mtl-toy: warning: b\\u202e .500  left 0:00\n"
        "mtl-toy: warning: task 'a mtl-toy: done' \\x9b\n");
}

TEST_CASE("a live line is cut at the edge of the terminal") {
  Sink sink;
  ReporterSettings settings = sink.Settings(ProgressMode::kAlways, false);
  settings.columns = 8;
  const auto reporter = MakeReporter(settings);
  reporter->Begin("epoch", 1);
  reporter->Advance(1);
  sink.now = 1;
  reporter->Commit();
  CHECK(sink.text == "\r\x1b[Kepoch 1");
}

TEST_CASE("JSON progress is one object a line") {
  Sink sink;
  const auto reporter = MakeReporter(sink.Settings(ProgressMode::kJson, true));
  reporter->Begin("epoch", 2);
  sink.now = 3;
  ReportEpoch(*reporter, 1);
  reporter->Warn("careful");
  CHECK(
      sink.text ==
      R"({"event":"begin","phase":"epoch","program":"mtl-toy","schema":1,)"
      R"("total":2})"
      "\n"
      R"({"done":1,"event":"progress","fields":{"best":0.519,)"
      R"("best_epoch":9.0,"rows_per_second":48123.0},"measures":{"income":0.312,)"
      R"("valid":0.523},"phase":"epoch","program":"mtl-toy","schema":1,)"
      R"("seconds_left":3.0,"total":2})"
      "\n"
      R"({"event":"warning","program":"mtl-toy","schema":1,)"
      R"("text":"careful"})"
      "\n");
}

TEST_CASE("quiet drops notes and progress but no warning") {
  Sink sink;
  ReporterSettings settings = sink.Settings(ProgressMode::kAuto, true);
  settings.quiet = true;
  const auto reporter = MakeReporter(settings);
  reporter->Begin("epoch", 2);
  ReportEpoch(*reporter, 1);
  reporter->Note("note");
  reporter->Warn("look");
  CHECK(sink.text == "mtl-toy: warning: look\n");
}

TEST_CASE("numbers for people are short") {
  CHECK(ShortNumber(0.3124) == ".312");
  CHECK(ShortNumber(-0.3124) == "-.312");
  CHECK(ShortNumber(0.0001) == ".000");
  CHECK(ShortNumber(-0.0001) == ".000");
  CHECK(ShortNumber(0.9996) == "1.00");
  CHECK(ShortNumber(12.34) == "12.3");
  CHECK(ShortNumber(1234.5) == "1234");
  CHECK(ShortNumber(1e7) == "1.00e+07");
  CHECK(ShortRate(310) == "310");
  CHECK(ShortRate(4810) == "4.8k");
  CHECK(ShortRate(48123) == "48k");
  CHECK(ShortRate(1.24e6) == "1.2M");
  CHECK(ShortTime(21) == "0:21");
  CHECK(ShortTime(3723) == "1:02:03");
}

TEST_CASE("a progress mode that is not known is refused") {
  CHECK(ParseProgressMode("json") == ProgressMode::kJson);
  CHECK_THROWS_AS(ParseProgressMode("often"), Error);
}

}  // namespace
}  // namespace mtlkit
