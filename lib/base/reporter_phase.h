#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/reporter.h"

// Of base/reporter alone.
namespace mtlkit::internal {

// A line appears this often where nothing is committed.
constexpr double kLineSeconds = 30;

// Notes and warnings as lines of text; keeps the state of the current phase
// for the reporters that show it.
class PhaseReporter : public Reporter {
 public:
  explicit PhaseReporter(ReporterSettings settings)
      : settings_(std::move(settings)) {}

  void Begin(std::string_view phase, Index total) override;
  void Advance(Index done) override;
  void Measure(std::string_view name, double value, bool decides) override;
  void Show(std::string_view name, double value,
            std::string_view text) override;
  void Note(std::string_view text) override;
  void Warn(std::string_view text) override;

 protected:
  double Now() const { return settings_.seconds(); }
  void Write(std::string_view text) const { settings_.write(text); }
  bool is_last() const { return total_ >= 0 && done_ >= total_; }
  // Seconds until the phase ends, negative where nobody knows.
  double SecondsLeft() const;

  // The line of the current position. Names in it cannot command a terminal.
  std::string Line() const;
  // The same in less than `room` columns: the rates are left out first, then
  // measures from the first on, the time left, the best so far, the position;
  // what decides is cut last.
  std::string LineWithin(std::size_t room) const;

  ReporterSettings settings_;
  std::string phase_;
  Index total_ = -1;
  Index done_ = 0;
  double start_ = 0;
  std::vector<std::pair<std::string, double>> measures_;

 private:
  // What goes first when room is short.
  enum class Rank { kText, kMeasure, kTimeLeft, kBehind, kPosition, kDecides };
  struct Part {
    std::string text;
    Rank rank;
    bool is_left_out = false;
  };
  static std::string Render(const std::vector<Part>& parts,
                            bool has_room_for_dots = true);
  std::vector<Part> Parts() const;

  std::vector<Part> parts_;
};

std::unique_ptr<Reporter> MakeMessageReporter(ReporterSettings settings);
std::unique_ptr<Reporter> MakeLineReporter(ReporterSettings settings);
std::unique_ptr<Reporter> MakeLiveReporter(ReporterSettings settings);
std::unique_ptr<Reporter> MakeJsonReporter(ReporterSettings settings);

}  // namespace mtlkit::internal
