#include "train/ensemble_report.h"

#include <algorithm>
#include <utility>

#include "base/error.h"

namespace mtlkit {
namespace {

// Fields of RunReport that are not means.
constexpr std::string_view kRate = "rows_per_second";
constexpr std::string_view kBest = "best";

}  // namespace

// Collects the numbers of a position, and hands them on when it is complete.
class EnsembleReport::NetworkReporter : public Reporter {
 public:
  NetworkReporter(EnsembleReport* report, std::size_t network)
      : report_(*report), network_(network) {}

  void Begin(std::string_view phase, Index total) override {
    report_.Begin(network_, phase, total);
  }
  void Advance(Index done) override {
    if (done == done_) return;
    done_ = done;
    order_.clear();
    numbers_.clear();
    report_.Advance(network_, done);
  }
  void Measure(std::string_view name, double value, bool decides) override {
    Add(name, {value, decides});
  }
  void Show(std::string_view name, double value,
            std::string_view /*text*/) override {
    if (name == kRate || name == kBest) Add(name, {value, false});
  }
  void Commit() override { report_.Say(network_, order_, numbers_); }
  void Note(std::string_view text) override { report_.Tell(text, false); }
  void Warn(std::string_view text) override { report_.Tell(text, true); }

 private:
  void Add(std::string_view name, Number number) {
    order_.emplace_back(name);
    numbers_[std::string(name)] = number;
  }

  EnsembleReport& report_;
  std::size_t network_;
  Index done_ = -1;
  std::vector<std::string> order_;
  std::map<std::string, Number> numbers_;
};

EnsembleReport::EnsembleReport(Reporter* reporter, Index networks,
                               std::string noun)
    : reporter_(reporter == nullptr ? silent_ : *reporter),
      noun_(std::move(noun)),
      states_(At(networks)) {
  for (std::size_t i = 0; i < states_.size(); ++i) {
    states_[i].reporter = std::make_unique<NetworkReporter>(this, i);
  }
}

EnsembleReport::~EnsembleReport() = default;

Reporter* EnsembleReport::ForNetwork(Index number) {
  return states_[At(number)].reporter.get();
}

void EnsembleReport::Finish(Index number) {
  const std::lock_guard lock(mutex_);
  State& state = states_[At(number)];
  state.is_finished = true;
  state.numbers.erase(std::string(kRate));
  if (total_ == 0) return;
  const Index before = position_;
  MoveOn();
  if (position_ != before) ShowCommon();
}

void EnsembleReport::Begin(std::size_t network, std::string_view phase,
                           Index total) {
  const std::lock_guard lock(mutex_);
  State& state = states_[network];
  state.before += state.total;
  state.total = total;
  state.done = 0;
  if (state.before + total <= total_) return;
  // The first network, or a phase that none has come to before.
  total_ = state.before + total;
  const Index networks = std::ssize(states_);
  reporter_.Begin(Str(networks, " ", noun_, ", ", phase), total_ * networks);
  position_ = -1;
}

void EnsembleReport::Advance(std::size_t network, Index done) {
  const std::lock_guard lock(mutex_);
  states_[network].done = done;
  MoveOn();
}

void EnsembleReport::Say(std::size_t network, std::vector<std::string> order,
                         std::map<std::string, Number> numbers) {
  const std::lock_guard lock(mutex_);
  for (std::string& name : order) {
    if (std::ranges::find(order_, name) == order_.end()) {
      order_.push_back(std::move(name));
    }
  }
  for (auto& [name, number] : numbers) {
    states_[network].numbers[name] = number;
  }
  ShowCommon();
}

void EnsembleReport::Tell(std::string_view text, bool warns) {
  const std::lock_guard lock(mutex_);
  if (!told_.emplace(text).second) return;
  warns ? reporter_.Warn(text) : reporter_.Note(text);
}

void EnsembleReport::MoveOn() {
  Index position = 0;
  for (const State& state : states_) {
    position += state.is_finished ? total_ : state.before + state.done;
  }
  if (position == position_) return;
  position_ = position;
  reporter_.Advance(position);
}

double EnsembleReport::Mean(const std::string& name) const {
  double sum = 0;
  double count = 0;
  for (const State& state : states_) {
    const auto found = state.numbers.find(name);
    if (found == state.numbers.end()) continue;
    sum += found->second.value;
    ++count;
  }
  return name == kRate ? sum : sum / count;
}

void EnsembleReport::ShowCommon() {
  for (const std::string& name : order_) {
    bool any = false;
    bool decides = false;
    for (const State& state : states_) {
      const auto found = state.numbers.find(name);
      if (found == state.numbers.end()) continue;
      any = true;
      decides = found->second.decides;
    }
    if (!any) continue;
    const double mean = Mean(name);
    if (name == kRate) {
      reporter_.Show(name, mean, Str(ShortRate(mean), " rows/s"));
    } else if (name == kBest) {
      reporter_.Show(name, mean, Str("(best ", ShortNumber(mean), ")"));
    } else {
      reporter_.Measure(name, mean, decides);
    }
  }
  reporter_.Commit();
}

}  // namespace mtlkit
