// Progress for people: a line a position, or one live line.
#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>

#include "base/error.h"
#include "base/reporter_phase.h"

namespace mtlkit::internal {
namespace {

constexpr double kRedrawSeconds = 0.1;
constexpr Index kLines = 60;  // of a phase in a log, about at most

int StderrColumns() {
  winsize size{};
  const bool known = ioctl(STDERR_FILENO, TIOCGWINSZ, &size) == 0;
  return known && size.ws_col > 0 ? size.ws_col : 80;
}

// Messages only.
class MessageReporter : public PhaseReporter {
 public:
  using PhaseReporter::PhaseReporter;
  void Begin(std::string_view, Index) override {}
  void Advance(Index) override {}
  void Measure(std::string_view, double, bool) override {}
  void Show(std::string_view, double, std::string_view) override {}
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
    // A terminal may change its size between two redraws.
    const int columns =
        settings_.columns > 0 ? settings_.columns : StderrColumns();
    return static_cast<std::size_t>(std::max(columns, 2));
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

}  // namespace

std::unique_ptr<Reporter> MakeMessageReporter(ReporterSettings settings) {
  return std::make_unique<MessageReporter>(std::move(settings));
}

std::unique_ptr<Reporter> MakeLineReporter(ReporterSettings settings) {
  return std::make_unique<LineReporter>(std::move(settings));
}

std::unique_ptr<Reporter> MakeLiveReporter(ReporterSettings settings) {
  return std::make_unique<LiveReporter>(std::move(settings));
}

}  // namespace mtlkit::internal
