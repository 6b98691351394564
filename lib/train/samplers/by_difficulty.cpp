#include <algorithm>
#include <cmath>
#include <string>
#include <vector>

#include "base/error.h"
#include "train/decks.h"
#include "train/sampler.h"

namespace mtlkit {
namespace {

struct ByDifficultyOptions {
  double alpha = 0.5;
  double power = 1;
  double memory = 0.5;

  void Describe(Fields& field) {
    field("alpha", alpha, "how much the n rows of a task count: n^alpha",
          Between(0, 1));
    field("power", power,
          "how much it counts what a task has left to learn; 0: not at all",
          AtLeast(0));
    field("memory", memory,
          "of the moving mean, over epochs, of what a task has left",
          BelowFrom(0, 1));
  }
};

// Tasks come up by what they have left to learn, as dynamic task
// prioritisation weighs them (Guo, Haque, Huang, Yeung and Fei-Fei, "Dynamic
// task prioritization for multitask learning", 2018), where the key
// performance indicator k of a task is 1 less what is left: an epoch's share of
// task t is in proportion to n_t^alpha (1 - k_t)^power. What is left is the
// loss as a part of the best constant's on the validation rows, or without
// these the training loss as a part of the first epoch's, within .01 .. 1; a
// moving mean of it is taken. The first epoch takes all as 1, and so do rows
// without a label.
class ByDifficulty : public Sampler {
 public:
  ByDifficulty(const SamplerArgs& args, const ByDifficultyOptions& options)
      : options_(options),
        tasks_(args.data.tasks.size()),
        decks_(args, RarestTasks(args)),
        left_(tasks_ + 1, 1.0),
        dealt_(decks_.count()) {
    for (std::size_t i = 0; i < decks_.count(); ++i) {
      names_.push_back(TaskDeckName(args, decks_.number(i)));
    }
    Require(
        decks_.count() > 1, ErrorKind::kUsage,
        "--sampler by-difficulty has no effect: all rows count for one task",
        "tasks with rows of their own can be sampled; of rows with labels "
        "of all tasks, --weighting dtp weighs the losses");
    shares_ = Shares();
  }

  void Draw(Seed seed, Index epoch, EpochRows* rows) override {
    std::vector<std::size_t> dealt = dealt_;
    for (std::size_t i = 0; i < dealt.size(); ++i) {
      dealt[i] += At(epoch - since_) * shares_[i];
    }
    decks_.Deal(seed, epoch, dealt, shares_, rows);
  }

  void Observe(Index epoch, std::span<const double> left) override {
    for (std::size_t i = 0; i < dealt_.size(); ++i) {
      dealt_[i] += At(epoch + 1 - since_) * shares_[i];
    }
    // The first number takes the place of one that was not measured.
    const double memory = observed_ ? options_.memory : 0;
    for (std::size_t t = 0; t < tasks_; ++t) {
      if (std::isnan(left[t])) continue;
      const double now = std::clamp(left[t], kLeast, 1.0);
      left_[t] = memory * left_[t] + (1 - memory) * now;
    }
    observed_ = true;
    since_ = epoch + 1;
    shares_ = Shares();
  }

  std::vector<double> state() const override {
    if (!observed_) return {};
    std::vector<double> all = {static_cast<double>(since_)};
    all.insert(all.end(), left_.begin(), left_.end());
    for (const std::size_t dealt : dealt_) {
      all.push_back(static_cast<double>(dealt));
    }
    return all;
  }

  void set_state(std::span<const double> state) override {
    if (state.empty()) return;
    Require(state.size() == 1 + left_.size() + dealt_.size(),
            ErrorKind::kBadInput,
            "the state of the sampler is not of its size");
    observed_ = true;
    since_ = static_cast<Index>(state[0]);
    for (std::size_t i = 0; i < left_.size(); ++i) left_[i] = state[1 + i];
    for (std::size_t i = 0; i < dealt_.size(); ++i) {
      dealt_[i] = static_cast<std::size_t>(state[1 + left_.size() + i]);
    }
    shares_ = Shares();
  }

  std::string Text(Index /*epoch*/) const override {
    std::size_t next = 0;
    return decks_.Text(shares_, [&](std::size_t) { return names_[next++]; });
  }

 private:
  static constexpr double kLeast = 0.01;

  std::vector<std::size_t> Shares() const {
    std::vector<double> wanted = PowersOfRows(decks_, options_.alpha);
    for (std::size_t i = 0; i < wanted.size(); ++i) {
      wanted[i] *= std::pow(left_[decks_.number(i)], options_.power);
    }
    return decks_.Share(std::move(wanted));
  }

  ByDifficultyOptions options_;
  std::size_t tasks_;
  Decks decks_;
  std::vector<double> left_;  // one a task, and 1 for rows without one
  // Rows of each deck in the epochs before `since_`; from it on each epoch has
  // these shares.
  std::vector<std::size_t> dealt_;
  std::vector<std::size_t> shares_;
  Index since_ = 0;
  bool observed_ = false;
  std::vector<std::string> names_;  // one a deck
};

}  // namespace

extern const SamplerEntry kByDifficulty;
const SamplerEntry kByDifficulty = {
    MakeEntry<ByDifficulty, ByDifficultyOptions>(
        "by-difficulty", "tasks by what they have left to learn"),
    true};

}  // namespace mtlkit
