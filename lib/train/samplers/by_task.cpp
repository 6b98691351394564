#include <algorithm>
#include <cmath>
#include <numeric>
#include <vector>

#include "train/labelled_rows.h"
#include "train/sampler.h"

namespace mtlkit {
namespace {

struct ByTaskOptions {
  double alpha = 0.5;
  Index cap = 0;

  void Describe(Fields& field) {
    field("alpha", alpha,
          "a task with n rows comes up in proportion to n^alpha: 0 all tasks "
          "alike, 1 by their rows",
          Between(0, 1));
    field("cap", cap, "a task counts as having this many rows at most; 0: any",
          AtLeast(0));
  }
};

// The task of each row: of those with a label there, the one with the fewest
// labelled rows; the number of tasks where no label is.
std::vector<std::size_t> TasksOf(const SamplerArgs& args) {
  const std::size_t tasks = args.data.tasks.size();
  std::vector<std::vector<std::size_t>> labelled(args.rows.size());
  std::vector<Index> place(At(args.data.rows), -1);
  for (std::size_t i = 0; i < args.rows.size(); ++i) {
    place[At(args.rows[i])] = static_cast<Index>(i);
  }
  std::vector<std::size_t> counts(tasks);
  for (std::size_t t = 0; t < tasks; ++t) {
    for (const Index row : LabelledRows(args.data, static_cast<Index>(t))) {
      const Index at = place[At(row)];
      if (at < 0) continue;
      labelled[At(at)].push_back(t);
      ++counts[t];
    }
  }
  std::vector<std::size_t> of_row(args.rows.size(), tasks);
  for (std::size_t i = 0; i < labelled.size(); ++i) {
    for (const std::size_t t : labelled[i]) {
      if (of_row[i] == tasks || counts[t] < counts[of_row[i]]) of_row[i] = t;
    }
  }
  return of_row;
}

// An epoch has as many rows as there are, shared among tasks by the power
// alpha of their numbers of rows (Arivazhagan et al., "Massively multilingual
// neural machine translation in the wild", 2019, with alpha = 1 / temperature;
// `cap` as in Raffel et al., "Exploring the limits of transfer learning with a
// unified text-to-text transformer", 2020). Each task goes through its rows
// in random order and begins anew when it is through, across epochs: none of
// its rows comes up again before all have.
class ByTask : public Sampler {
 public:
  ByTask(const SamplerArgs& args, const ByTaskOptions& options)
      : batch_(args.batch) {
    const std::vector<std::size_t> task = TasksOf(args);
    decks_.resize(args.data.tasks.size() + 1);
    for (std::size_t i = 0; i < task.size(); ++i) {
      decks_[task[i]].rows.push_back(args.rows[i]);
    }
    for (std::size_t t = 0; t < decks_.size(); ++t) {
      decks_[t].number = static_cast<Index>(t);
    }
    std::erase_if(decks_, [](const Deck& deck) { return deck.rows.empty(); });
    Share(options, args.rows.size());
  }

  void Draw(Seed seed, Index epoch, EpochRows* rows) override {
    rows->rows.clear();
    for (const Deck& deck : decks_) Deal(deck, seed, epoch, &rows->rows);
    Rng(seed, RandomPurpose::kEpochOrder, static_cast<std::uint64_t>(epoch))
        .Shuffle(rows->rows);
    CutEvenly(batch_, rows);
  }

 private:
  // The rows of one task.
  struct Deck {
    Index number = 0;
    std::vector<Index> rows;
    std::size_t share = 0;  // rows of an epoch
  };

  // Shares of at least one row that sum to `total`: rounded down, then those
  // who lost most get one more.
  void Share(const ByTaskOptions& options, std::size_t total) {
    std::vector<double> wanted;
    for (const Deck& deck : decks_) {
      double count = static_cast<double>(deck.rows.size());
      if (options.cap > 0) {
        count = std::min(count, static_cast<double>(options.cap));
      }
      wanted.push_back(std::pow(count, options.alpha));
    }
    const double sum = std::accumulate(wanted.begin(), wanted.end(), 0.0);
    std::size_t given = 0;
    for (std::size_t i = 0; i < decks_.size(); ++i) {
      wanted[i] *= static_cast<double>(total) / sum;
      decks_[i].share = std::max<std::size_t>(
          1, static_cast<std::size_t>(std::floor(wanted[i])));
      given += decks_[i].share;
    }
    const auto lack = [&](std::size_t i) {
      return wanted[i] - static_cast<double>(decks_[i].share);
    };
    std::vector<std::size_t> order(decks_.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::stable_sort(
        order.begin(), order.end(),
        [&](std::size_t a, std::size_t b) { return lack(a) > lack(b); });
    for (std::size_t i = 0; given < total; i = (i + 1) % order.size()) {
      ++decks_[order[i]].share;
      ++given;
    }
    // Rare tasks were given a row that they had no claim to.
    for (std::size_t i = order.size(); given > total;) {
      i = i == 0 ? order.size() - 1 : i - 1;
      if (decks_[order[i]].share < 2) continue;
      --decks_[order[i]].share;
      --given;
    }
  }

  // The rows of one epoch: a stretch of the task's rows shuffled, shuffled
  // again, and so on.
  void Deal(const Deck& deck, Seed seed, Index epoch,
            std::vector<Index>* rows) {
    const std::size_t count = deck.rows.size();
    std::size_t at = At(epoch) * deck.share;
    for (std::size_t left = deck.share; left > 0;) {
      shuffled_ = deck.rows;
      Rng(seed, RandomPurpose::kEpochOrder, at / count)
          .Shuffle(shuffled_, 1 + deck.number);
      const std::size_t first = at % count;
      const std::size_t taken = std::min(left, count - first);
      rows->insert(rows->end(), shuffled_.begin() + Offset(first),
                   shuffled_.begin() + Offset(first + taken));
      at += taken;
      left -= taken;
    }
  }
  static std::ptrdiff_t Offset(std::size_t at) {
    return static_cast<std::ptrdiff_t>(at);
  }

  Index batch_;
  std::vector<Deck> decks_;
  std::vector<Index> shuffled_;
};

}  // namespace

extern const SamplerEntry kByTask;
const SamplerEntry kByTask = {
    MakeEntry<ByTask, ByTaskOptions>(
        "by-task", "rare tasks more often than by their rows"),
    true};

}  // namespace mtlkit
