#include "base/reporter.h"

#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <nlohmann/json.hpp>
#include <utility>
#include <vector>

#include "base/error.h"
#include "base/options.h"
#include "base/text.h"

namespace mtlkit {
namespace {

constexpr double kRedrawSeconds = 0.1;
constexpr double kLineSeconds = 30;
constexpr Index kLines = 60;  // of a phase in a log, about at most
constexpr int kSchema = 1;

std::string Printf(const char* format, double value) {
  char text[64];
  const int size = std::snprintf(text, sizeof(text), format, value);
  return std::string(text, static_cast<std::size_t>(size));
}

// Notes and warnings as lines of text; keeps the state of the current phase
// for the reporters that show it.
class PhaseReporter : public Reporter {
 public:
  explicit PhaseReporter(ReporterSettings settings)
      : settings_(std::move(settings)) {}

  void Begin(std::string_view phase, Index total) override {
    phase_ = phase;
    total_ = total;
    done_ = 0;
    measures_.clear();
    parts_.clear();
    start_ = Now();
  }
  void Advance(Index done) override {
    if (done != done_) {
      measures_.clear();
      parts_.clear();
    }
    done_ = done;
  }
  void Measure(std::string_view name, double value) override {
    measures_.emplace_back(name, value);
    parts_.push_back(Str(name, " ", ShortNumber(value)));
  }
  void Show(std::string_view name, std::string_view text) override {
    const bool joins =
        name.empty() && !parts_.empty() && !text.empty() && text.front() == '(';
    if (joins) {
      parts_.back() += Str(" ", text);
    } else {
      parts_.push_back(name.empty() ? std::string(text) : Str(name, " ", text));
    }
  }
  void Note(std::string_view text) override {
    if (!settings_.quiet) Write(Str(settings_.program, ": ", text, "\n"));
  }
  void Warn(std::string_view text) override {
    Write(Str(settings_.program, ": warning: ", text, "\n"));
  }

 protected:
  double Now() const { return settings_.seconds(); }
  void Write(std::string_view text) const { settings_.write(text); }
  bool is_last() const { return total_ >= 0 && done_ >= total_; }

  // Seconds until the phase ends, negative where nobody knows.
  double SecondsLeft() const {
    if (total_ <= 0 || done_ <= 0) return -1;
    const auto done = static_cast<double>(done_);
    return (Now() - start_) * (static_cast<double>(total_) - done) / done;
  }

  std::string Line() const { return LineWithout(0); }

  // The line in less than `room` columns. What is left out stands first: of
  // many tasks the last, what chooses the weights and the time left are kept.
  std::string LineWithin(std::size_t room) const {
    for (std::size_t less = 0; less < parts_.size(); ++less) {
      std::string line = LineWithout(less);
      if (TextWidth(line) < room) return line;
    }
    std::string line = LineWithout(parts_.size());
    while (TextWidth(line) >= room) line.pop_back();
    return line;
  }

  ReporterSettings settings_;

 private:
  std::string LineWithout(std::size_t less) const {
    std::string line = Str(phase_, " ", done_);
    if (total_ >= 0) line += Str("/", total_);
    if (less > 0) line += "  ...";
    for (std::size_t i = less; i < parts_.size(); ++i) line += "  " + parts_[i];
    if (const double left = SecondsLeft(); left >= 0) {
      line += "  left " + ShortTime(left);
    }
    return line;
  }

 protected:
  std::string phase_;
  Index total_ = -1;
  Index done_ = 0;
  double start_ = 0;
  std::vector<std::pair<std::string, double>> measures_;
  std::vector<std::string> parts_;
};

// Messages only.
class MessageReporter : public PhaseReporter {
 public:
  using PhaseReporter::PhaseReporter;
  void Begin(std::string_view, Index) override {}
  void Advance(Index) override {}
  void Measure(std::string_view, double) override {}
  void Show(std::string_view, std::string_view) override {}
  void Commit() override {}
};

// One line per committed position, or per several of a long phase.
class LineReporter : public PhaseReporter {
 public:
  using PhaseReporter::PhaseReporter;

  void Begin(std::string_view phase, Index total) override {
    PhaseReporter::Begin(phase, total);
    commits_ = false;
    printed_ = start_;
  }
  void Advance(Index done) override {
    PhaseReporter::Advance(done);
    if (!commits_ && Now() - printed_ >= kLineSeconds) Print();
  }
  void Commit() override {
    commits_ = true;
    const Index every = std::max<Index>(1, (total_ + kLines - 1) / kLines);
    if (done_ % every == 0 || is_last() || Now() - printed_ >= kLineSeconds) {
      Print();
    }
  }

 private:
  void Print() {
    printed_ = Now();
    Write(Line() + "\n");
  }

  bool commits_ = false;
  double printed_ = 0;
};

// One line that is drawn again and again. The last numbers of a phase stay,
// above the messages that follow.
class LiveReporter : public PhaseReporter {
 public:
  using PhaseReporter::PhaseReporter;
  ~LiveReporter() override { Leave(); }

  void Begin(std::string_view phase, Index total) override {
    Leave();
    PhaseReporter::Begin(phase, total);
    committed_.clear();
    has_left_ = false;
    drawn_ = start_;
  }
  void Advance(Index done) override {
    PhaseReporter::Advance(done);
    // Between commits a position has no numbers yet: those of the last stay.
    if (committed_.empty()) Draw(LineWithin(room()), false);
  }
  void Commit() override {
    committed_ = LineWithin(room());
    has_left_ = false;
    Draw(committed_, is_last());
  }
  void Note(std::string_view text) override {
    Leave();
    PhaseReporter::Note(text);
  }
  void Warn(std::string_view text) override {
    Leave();
    PhaseReporter::Warn(text);
  }

 private:
  std::size_t room() const {
    return static_cast<std::size_t>(std::max(settings_.columns, 2));
  }
  void Draw(const std::string& line, bool now) {
    if (!now && Now() - drawn_ < kRedrawSeconds) return;
    drawn_ = Now();
    Write("\r\x1b[K" + line);
    is_drawn_ = true;
  }
  // Goes to the next line; the numbers that were shown last stay readable.
  void Leave() {
    if (!committed_.empty() && !has_left_) {
      Draw(committed_, true);
      Write("\n");
      has_left_ = true;
    } else if (is_drawn_) {
      Write("\r\x1b[K");
    }
    is_drawn_ = false;
  }

  std::string committed_;
  bool has_left_ = false;  // `committed_` stands in a line of its own
  double drawn_ = 0;
  bool is_drawn_ = false;
};

// One JSON object a line. A number that JSON cannot hold is null.
class JsonReporter : public PhaseReporter {
 public:
  using PhaseReporter::PhaseReporter;

  void Begin(std::string_view phase, Index total) override {
    PhaseReporter::Begin(phase, total);
    texts_ = Json::object();
    commits_ = false;
    written_ = start_;
    Json record = Record("begin");
    record["phase"] = phase_;
    if (total_ >= 0) record["total"] = total_;
    WriteRecord(record);
  }
  void Advance(Index done) override {
    if (done != done_) texts_ = Json::object();
    PhaseReporter::Advance(done);
    if (!commits_ && Now() - written_ >= kLineSeconds) WriteProgress();
  }
  void Show(std::string_view name, std::string_view text) override {
    const std::string key = name.empty() ? "text" : std::string(name);
    if (texts_.contains(key)) {
      texts_[key] = texts_[key].get<std::string>() + "  " + std::string(text);
    } else {
      texts_[key] = text;
    }
  }
  void Commit() override {
    commits_ = true;
    WriteProgress();
  }
  void Note(std::string_view text) override {
    if (!settings_.quiet) WriteMessage("note", text);
  }
  void Warn(std::string_view text) override { WriteMessage("warning", text); }

 private:
  Json Record(std::string_view event) const {
    return {
        {"schema", kSchema}, {"program", settings_.program}, {"event", event}};
  }
  void WriteRecord(const Json& record) const {
    Write(record.dump(-1, ' ', false, Json::error_handler_t::replace) + "\n");
  }
  void WriteMessage(std::string_view event, std::string_view text) const {
    Json record = Record(event);
    record["text"] = text;
    WriteRecord(record);
  }
  void WriteProgress() {
    written_ = Now();
    Json record = Record("progress");
    record["phase"] = phase_;
    record["done"] = done_;
    if (total_ >= 0) record["total"] = total_;
    record["measures"] = Json::object();
    for (const auto& [name, value] : measures_) {
      record["measures"][name] = value;
    }
    if (!texts_.empty()) record["texts"] = texts_;
    if (const double left = SecondsLeft(); left >= 0) {
      record["seconds_left"] = left;
    }
    WriteRecord(record);
  }

  Json texts_ = Json::object();
  bool commits_ = false;
  double written_ = 0;
};

bool IsSet(const char* name) {
  const char* text = std::getenv(name);
  return text != nullptr && *text != '\0';
}

bool StderrIsLive() {
  const char* terminal = std::getenv("TERM");
  const bool dumb = terminal == nullptr || std::string_view(terminal) == "dumb";
  return isatty(STDERR_FILENO) == 1 && !dumb && !IsSet("NO_COLOR") &&
         !IsSet("CI");
}

int StderrColumns() {
  winsize size{};
  const bool known = ioctl(STDERR_FILENO, TIOCGWINSZ, &size) == 0;
  return known && size.ws_col > 0 ? size.ws_col : 80;
}

}  // namespace

std::string ShortNumber(double value) {
  const double size = std::abs(value);
  if (!std::isfinite(value)) return Printf("%g", value);
  if (size >= 99999.5) return Printf("%.2e", value);
  if (size >= 99.95) return Printf("%.0f", value);
  if (size >= 9.995) return Printf("%.1f", value);
  if (size >= 0.9995) return Printf("%.2f", value);
  std::string text = Printf("%.3f", size);
  return (std::signbit(value) && text != "0.000" ? "-" : "") + text.substr(1);
}

std::string ShortRate(double per_second) {
  if (!(per_second >= 999.5)) return Printf("%.0f", per_second);
  if (per_second < 9950) return Printf("%.1fk", per_second / 1e3);
  if (per_second < 999.5e3) return Printf("%.0fk", per_second / 1e3);
  if (per_second < 9.95e6) return Printf("%.1fM", per_second / 1e6);
  return Printf("%.0fM", per_second / 1e6);
}

std::string ShortTime(double seconds) {
  constexpr double kLongest = 1e9;
  const auto whole = std::llround(std::clamp(seconds, 0.0, kLongest));
  char text[64];
  if (whole < 3600) {
    std::snprintf(text, sizeof(text), "%lld:%02lld", whole / 60, whole % 60);
  } else {
    std::snprintf(text, sizeof(text), "%lld:%02lld:%02lld", whole / 3600,
                  whole / 60 % 60, whole % 60);
  }
  return text;
}

ProgressMode ParseProgressMode(const std::string& name) {
  if (name == "auto") return ProgressMode::kAuto;
  if (name == "always") return ProgressMode::kAlways;
  if (name == "never") return ProgressMode::kNever;
  if (name == "json") return ProgressMode::kJson;
  Fail(ErrorKind::kUsage,
       Str("--progress is '", name,
           "' but must be one of auto, always, never, json"));
}

std::unique_ptr<Reporter> MakeReporter(ReporterSettings settings) {
  const ProgressMode mode = settings.mode;
  if (mode == ProgressMode::kNever || settings.quiet) {
    return std::make_unique<MessageReporter>(std::move(settings));
  }
  if (mode == ProgressMode::kJson) {
    return std::make_unique<JsonReporter>(std::move(settings));
  }
  if (mode == ProgressMode::kAlways || settings.is_live) {
    return std::make_unique<LiveReporter>(std::move(settings));
  }
  return std::make_unique<LineReporter>(std::move(settings));
}

std::unique_ptr<Reporter> MakeReporter(std::string program, ProgressMode mode,
                                       bool quiet) {
  ReporterSettings settings;
  settings.program = std::move(program);
  settings.mode = mode;
  settings.quiet = quiet;
  settings.is_live = StderrIsLive();
  settings.columns = StderrColumns();
  // One write a line: lines of programs that share a terminal stay whole. A
  // closed stderr is no reason to stop working.
  settings.write = [](std::string_view text) {
    std::fwrite(text.data(), 1, text.size(), stderr);
    std::fflush(stderr);
  };
  settings.seconds = [] {
    const auto now = std::chrono::steady_clock::now().time_since_epoch();
    return std::chrono::duration<double>(now).count();
  };
  return MakeReporter(std::move(settings));
}

}  // namespace mtlkit
