#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "base/view.h"

namespace mtlkit {

// A sink of events. The library tells it what happens and never asks or
// prints; tools choose where it goes. Thread-compatible: one caller at a time.
class Reporter {
 public:
  virtual ~Reporter() = default;

  // A phase of known length begins ("train", 50 epochs); total < 0: unknown.
  virtual void Begin(std::string_view phase, Index total) = 0;
  // `done` of the phase's total are done.
  virtual void Advance(Index done) = 0;
  // A number of the current position: ("income", 0.312).
  virtual void Measure(std::string_view name, double value) = 0;
  // A short text of the current position: ("left", "0:21").
  virtual void Show(std::string_view name, std::string_view text) = 0;
  // The numbers of a position are complete: an epoch's line may be printed.
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
  void Measure(std::string_view, double) override {}
  void Show(std::string_view, std::string_view) override {}
  void Commit() override {}
  void Note(std::string_view) override {}
  void Warn(std::string_view) override {}
};

enum class ProgressMode { kAuto, kAlways, kNever, kJson };

// The reporter of a tool, writing to stderr with `program` in front of each
// message. kAuto: one live line on a terminal (at most 10 redraws a second),
// one line per committed position, at most every 30 s, elsewhere, never in a
// phase shorter than that except its last; NO_COLOR, TERM=dumb and CI turn the
// live line off. kJson: one JSON object a line, with "schema": 1. `quiet`
// drops notes and progress, never warnings.
std::unique_ptr<Reporter> MakeReporter(std::string program, ProgressMode mode,
                                       bool quiet);

}  // namespace mtlkit
