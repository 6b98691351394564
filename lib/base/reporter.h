#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "base/view.h"

namespace mtlkit {

// A sink of events. The library tells it what happens and never asks or
// prints; tools choose where it goes. Thread-compatible: one caller at a time.
//
//   reporter.Begin("epoch", 50);
//   for each epoch:
//     reporter.Advance(12);                     // "epoch 12/50"
//     reporter.Measure("income", 0.312);        // "income .312"
//     reporter.Measure("valid", 0.523, true);   // "valid .523"
//     reporter.Show("best", 0.519, "(best .519 @ 9)");  // behind one blank
//     reporter.Show("best_epoch", 9);
//     reporter.Show("rows_per_second", 48123, "48k rows/s");
//     reporter.Commit();
class Reporter {
 public:
  virtual ~Reporter() = default;

  // A phase of known length begins: the word that its positions are counted in
  // ("epoch", "row") and how many there are; total < 0: unknown.
  virtual void Begin(std::string_view phase, Index total) = 0;
  // `done` of the phase's total are done. Cheap: may be called for every
  // batch. A position that differs from the last drops its numbers.
  virtual void Advance(Index done) = 0;
  // A number of the current position: ("income", 0.312). One that decides what
  // is kept stays where a line is short of room.
  virtual void Measure(std::string_view name, double value,
                       bool decides = false) = 0;
  // A number that is a field for programs; people read `text`, if any.
  virtual void Show(std::string_view name, double value,
                    std::string_view text = {}) = 0;
  // The numbers of a position are complete: its line may be printed. The time
  // that is left is the reporter's to work out and to show.
  virtual void Commit() = 0;
  // A line for the user that is not a warning.
  virtual void Note(std::string_view text) = 0;
  // Something that the user should look at; the run goes on.
  virtual void Warn(std::string_view text) = 0;
};

// Reports nothing.
class SilentReporter : public Reporter {
 public:
  void Begin(std::string_view, Index) override {}
  void Advance(Index) override {}
  void Measure(std::string_view, double, bool) override {}
  void Show(std::string_view, double, std::string_view) override {}
  void Commit() override {}
  void Note(std::string_view) override {}
  void Warn(std::string_view) override {}
};

// Says in front of notes and warnings which file they are about:
// "new.csv: ...". The rest goes on as it is. Both arguments must outlive it.
class NamedReporter : public Reporter {
 public:
  NamedReporter(const std::string& name, Reporter* reporter)
      : name_(name), reporter_(*reporter) {}

  void Begin(std::string_view phase, Index total) override;
  void Advance(Index done) override;
  void Measure(std::string_view name, double value, bool decides) override;
  void Show(std::string_view name, double value,
            std::string_view text) override;
  void Commit() override;
  void Note(std::string_view text) override;
  void Warn(std::string_view text) override;

 private:
  const std::string& name_;
  Reporter& reporter_;
};

// Three digits at most and no leading zero: ".312", "1.52", "48.3", "1250".
std::string ShortNumber(double value);
// A count a second: "310", "4.8k", "48k", "1.2M".
std::string ShortRate(double per_second);
// Minutes and seconds, with hours from one hour on: "0:21", "1:02:03".
std::string ShortTime(double seconds);

enum class ProgressMode { kAuto, kAlways, kNever, kJson };

// "auto", "always", "never" or "json"; anything else is an error (kUsage).
ProgressMode ParseProgressMode(const std::string& name);

// Where a tool's reporter writes, and how.
struct ReporterSettings {
  std::string program;  // stands in front of messages: "mtl-train"
  ProgressMode mode = ProgressMode::kAuto;
  bool quiet = false;    // drops notes and progress, never warnings
  bool is_live = false;  // the sink is a terminal that can redraw a line
  int columns = 80;      // of that terminal; 0: of stderr's, as it is now
  std::function<void(std::string_view)> write;  // gets whole lines or redraws
  std::function<double()> seconds;              // a clock that never goes back
};

// The reporter of a tool. kAuto: one live line on a terminal, at most 10
// redraws a second, and elsewhere one line per committed position (about 60 of
// those of a long phase, or one per 30 s), or one per 30 s of a phase that
// commits nothing. kAlways: the live line, whatever the
// sink is. kJson: one JSON object a line, each with "schema": 1.
std::unique_ptr<Reporter> MakeReporter(ReporterSettings settings);

// The same on stderr. TERM=dumb and CI turn the live line off; NO_COLOR does
// not, since there are no colours in it.
std::unique_ptr<Reporter> MakeReporter(std::string program, ProgressMode mode,
                                       bool quiet);

}  // namespace mtlkit
