#include "base/reporter_phase.h"

#include <algorithm>

#include "base/error.h"
#include "base/text.h"

namespace mtlkit::internal {

void PhaseReporter::Begin(std::string_view phase, Index total) {
  phase_ = phase;
  total_ = total;
  done_ = 0;
  measures_.clear();
  parts_.clear();
  start_ = Now();
}

void PhaseReporter::Advance(Index done) {
  if (done != done_) {
    measures_.clear();
    parts_.clear();
  }
  done_ = done;
}

void PhaseReporter::Measure(std::string_view name, double value, bool decides) {
  measures_.emplace_back(name, value);
  parts_.push_back({Str(name, " ", ShortNumber(value)),
                    decides ? Rank::kDecides : Rank::kMeasure});
}

void PhaseReporter::Show(std::string_view /*name*/, double /*value*/,
                         std::string_view text) {
  if (text.empty()) return;
  const bool is_behind = text.front() == '(' && !parts_.empty();
  parts_.push_back(
      {std::string(text), is_behind ? Rank::kBehind : Rank::kText});
}

void PhaseReporter::Note(std::string_view text) {
  if (settings_.quiet) return;
  Write(Str(settings_.program, ": ", VisibleText(text), "\n"));
}

void PhaseReporter::Warn(std::string_view text) {
  Write(Str(settings_.program, ": warning: ", VisibleText(text), "\n"));
}

double PhaseReporter::SecondsLeft() const {
  if (total_ <= 0 || done_ <= 0) return -1;
  const auto done = static_cast<double>(done_);
  return (Now() - start_) * (static_cast<double>(total_) - done) / done;
}

std::vector<PhaseReporter::Part> PhaseReporter::Parts() const {
  std::string position = Str(phase_, " ", done_);
  if (total_ >= 0) position += Str("/", total_);
  std::vector<Part> parts = {{std::move(position), Rank::kPosition}};
  parts.insert(parts.end(), parts_.begin(), parts_.end());
  if (const double left = SecondsLeft(); left >= 0) {
    parts.push_back({"left " + ShortTime(left), Rank::kTimeLeft});
  }
  return parts;
}

std::string PhaseReporter::Render(const std::vector<Part>& parts,
                                  bool has_room_for_dots) {
  std::string line;
  bool has_dots = !has_room_for_dots;
  for (const Part& part : parts) {
    if (part.is_left_out) {
      if (part.rank == Rank::kMeasure && !has_dots) line += "  ...";
      has_dots = has_dots || part.rank == Rank::kMeasure;
      continue;
    }
    if (!line.empty()) line += part.rank == Rank::kBehind ? " " : "  ";
    line += part.text;
  }
  return VisibleText(line);
}

std::string PhaseReporter::Line() const {
  return Render(Parts());
}

std::string PhaseReporter::LineWithin(std::size_t room) const {
  std::vector<Part> parts = Parts();
  std::string line = Render(parts);
  for (const Rank rank :
       {Rank::kText, Rank::kMeasure, Rank::kTimeLeft, Rank::kBehind}) {
    for (Part& part : parts) {
      if (TextWidth(line) < room) return line;
      if (part.rank != rank) continue;
      part.is_left_out = true;
      line = Render(parts);
    }
  }
  if (TextWidth(line) >= room) line = Render(parts, false);
  // Where nothing decides, the position is all that there is.
  const bool any_decides =
      std::any_of(parts.begin(), parts.end(),
                  [](const Part& part) { return part.rank == Rank::kDecides; });
  if (TextWidth(line) >= room && any_decides) {
    parts.front().is_left_out = true;
    line = Render(parts, false);
  }
  while (TextWidth(line) >= room) {
    // The bytes that continue a character, and its first.
    while ((static_cast<unsigned char>(line.back()) & 0xc0U) == 0x80U) {
      line.pop_back();
    }
    line.pop_back();
  }
  return line;
}

}  // namespace mtlkit::internal
