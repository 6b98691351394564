#include "train/decks.h"
#include "train/sampler.h"

namespace mtlkit {
namespace {

struct ByTaskOptions {
  double alpha = 0.5;
  Index cap = 0;
  Index anneal = 0;

  void Describe(Fields& field) {
    field("alpha", alpha,
          "a task with n rows comes up in proportion to n^alpha: 0 all tasks "
          "alike, 0.5 by the root of their rows, 1 by their rows",
          Between(0, 1));
    field("cap", cap, "a task counts as having this many rows at most; 0: any",
          AtLeast(0));
    field("anneal", anneal,
          "alpha goes from 1 to its value over so many epochs; 0: at once",
          AtLeast(0));
  }
};

// An epoch has as many rows as there are, shared among tasks by the power
// alpha of their numbers of rows (Arivazhagan et al., "Massively multilingual
// neural machine translation in the wild", 2019, with alpha = 1 / temperature;
// `cap` as in Raffel et al., "Exploring the limits of transfer learning with a
// unified text-to-text transformer", 2020; `anneal` as in Stickland and Murray,
// "BERT and PALs", 2019).
class ByTask : public Sampler {
 public:
  ByTask(const SamplerArgs& args, const ByTaskOptions& options)
      : decks_(args, RarestTasks(args)),
        annealed_(&decks_, options.alpha, options.anneal, options.cap) {
    for (std::size_t i = 0; i < decks_.count(); ++i) {
      names_.push_back(TaskDeckName(args, decks_.number(i)));
    }
  }

  void Draw(Seed seed, Index epoch, EpochRows* rows) override {
    annealed_.Draw(seed, epoch, rows);
  }

  std::string Text(Index epoch) const override {
    std::size_t next = 0;
    return decks_.Text(annealed_.SharesOf(epoch),
                       [&](std::size_t) { return names_[next++]; });
  }

 private:
  Decks decks_;
  AnnealedDecks annealed_;
  std::vector<std::string> names_;  // one a deck
};

}  // namespace

extern const SamplerEntry kByTask;
const SamplerEntry kByTask = {
    MakeEntry<ByTask, ByTaskOptions>(
        "by-task", "rare tasks more often than by their rows"),
    true};

}  // namespace mtlkit
