#include <algorithm>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "base/error.h"
#include "base/text.h"
#include "data/head.h"
#include "data/label_view.h"
#include "train/decks.h"
#include "train/sampler.h"

namespace mtlkit {
namespace {

struct ByClassOptions {
  double alpha = 0;
  Index anneal = 0;
  std::string task;

  void Describe(Fields& field) {
    field("alpha", alpha,
          "a class with n rows comes up in proportion to n^alpha: 0 all "
          "classes alike, 0.5 by the root of their rows, 1 by their rows",
          Between(0, 1));
    field("anneal", anneal,
          "alpha goes from 1 to its value over so many epochs; 0: at once",
          AtLeast(0));
    field("task", task, "whose classes these are; all tasks' if not given", {});
  }
};

// A class or label of a task.
using ClassPlace = std::pair<Index, Index>;

// The classes that rows have, of the tasks asked for.
class ClassRows {
 public:
  ClassRows(const SamplerArgs& args, const std::string& task)
      : classes_(args.rows.size()) {
    std::vector<Index> place(At(args.data.rows), -1);
    for (std::size_t i = 0; i < args.rows.size(); ++i) {
      place[At(args.rows[i])] = static_cast<Index>(i);
    }
    bool any = false;
    for (Index t = 0; t < std::ssize(args.data.tasks); ++t) {
      const Task& own = args.data.tasks[At(t)];
      if (!task.empty() && own.name != task) continue;
      Require(task.empty() || own.is_classification(), ErrorKind::kUsage,
              Str("--sampler by-class: task '", task, "' has no classes"),
              "name another task, or --sampler by-task");
      if (!own.is_classification()) continue;
      any = true;
      Add(LabelView(args.data, t), t, place);
    }
    Require(any, ErrorKind::kUsage,
            task.empty()
                ? "--sampler by-class: no task has classes"
                : Str("--sampler by-class: there is no task '", task, "'"),
            Str("the tasks are: ", Join(NamesOf(args.data.tasks), ", ")));
  }

  // Of each row the class that fewest rows have; -1, 0 where it has none.
  std::vector<ClassPlace> Rarest() const {
    std::vector<ClassPlace> rarest;
    for (const std::vector<ClassPlace>& own : classes_) {
      const auto least = std::ranges::min_element(
          own, {}, [&](const ClassPlace& place) { return count_.at(place); });
      rarest.push_back(least == own.end() ? ClassPlace{-1, 0} : *least);
    }
    return rarest;
  }

 private:
  void Add(const LabelView& labels, Index task,
           const std::vector<Index>& place_of_row) {
    const bool one = labels.task().traits().one_class;
    for (Index place = 0; place < labels.places(); ++place) {
      const Index at = place_of_row[At(labels.RowOf(place))];
      if (at < 0 || labels.Weight(place) <= 0) continue;
      for (Index col = 0; col < labels.cols(); ++col) {
        const float value = labels.Value(place, col);
        if (one ? !(value >= 0) : !(value > 0)) continue;
        const ClassPlace own(task, one ? static_cast<Index>(value) : col);
        classes_[At(at)].push_back(own);
        ++count_[own];
      }
    }
  }

  std::vector<std::vector<ClassPlace>> classes_;  // of each row
  std::map<ClassPlace, Index> count_;
};

// An epoch has as many rows as there are, shared among classes by the power
// alpha of their numbers of rows: 1 is by rows, 0 class-balanced, 0.5 square
// root, `anneal` progressively balanced (Kang et al., "Decoupling
// representation and classifier for long-tailed recognition", 2020; there the
// shares are annealed, here their power). Of several tasks, or labels, a row
// counts for the rarest class that it has.
class ByClass : public Sampler {
 public:
  ByClass(const SamplerArgs& args, const ByClassOptions& options)
      : decks_(args, DecksOf(args, options)),
        annealed_(&decks_, options.alpha, options.anneal, 0) {}

  void Draw(Seed seed, Index epoch, EpochRows* rows) override {
    annealed_.Draw(seed, epoch, rows);
  }

  std::string Text(Index epoch) const override {
    return decks_.Text(annealed_.SharesOf(epoch),
                       [&](std::size_t deck) { return names_[deck]; });
  }

 private:
  // Also names the decks.
  std::vector<std::size_t> DecksOf(const SamplerArgs& args,
                                   const ByClassOptions& options) {
    const std::vector<ClassPlace> rarest =
        ClassRows(args, options.task).Rarest();
    std::map<ClassPlace, std::size_t> numbers;
    for (const ClassPlace& place : rarest) numbers.emplace(place, 0);
    // Rows without a class come last.
    std::vector<std::string> names;
    for (auto& [place, number] : numbers) {
      if (place.first < 0) continue;
      number = names.size();
      const Task& task = args.data.tasks[At(place.first)];
      names.push_back(Str(task.name, "=", task.classes[At(place.second)]));
    }
    numbers[{-1, 0}] = names.size();
    names.emplace_back("no class");
    names_ = std::move(names);
    std::vector<std::size_t> decks;
    for (const ClassPlace& place : rarest) decks.push_back(numbers.at(place));
    return decks;
  }

  std::vector<std::string> names_;  // by number of a deck
  Decks decks_;
  AnnealedDecks annealed_;
};

}  // namespace

extern const SamplerEntry kByClass;
const SamplerEntry kByClass = {
    MakeEntry<ByClass, ByClassOptions>(
        "by-class", "rare classes more often than by their rows"),
    true};

}  // namespace mtlkit
