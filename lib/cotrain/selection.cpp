#include "cotrain/selection.h"

#include <algorithm>
#include <cmath>
#include <iterator>
#include <map>
#include <optional>
#include <set>

#include "base/error.h"
#include "base/rng.h"
#include "base/text.h"
#include "data/head.h"
#include "data/label_view.h"

namespace mtlkit {
namespace {

// The class of "yes=3", "" of "3", and the number.
std::pair<std::string, Index> PickOf(const std::string& text) {
  const std::size_t at = text.rfind('=');
  long long count = 0;
  const bool whole = at == text.npos;
  const std::string number = whole ? text : text.substr(at + 1);
  Require(ParseInteger(number, &count) && count >= 0 && (!whole || count > 0),
          ErrorKind::kUsage,
          Str("--per-class: '", text, "' is neither N nor CLASS=N"),
          "give a number of at least 1, or of 0 and more for a class");
  return {whole ? "" : text.substr(0, at), static_cast<Index>(count)};
}

// Places of the pool that a peer is most certain of, class by class; ties go
// to the earlier row.
std::vector<Index> MostCertain(const std::vector<Vote>& votes,
                               const std::vector<bool>& allowed, Index classes,
                               const SelectionRule& rule) {
  std::vector<std::vector<Index>> by_class(At(classes));
  for (std::size_t place = 0; place < votes.size(); ++place) {
    if (allowed[place] && votes[place].certainty >= rule.threshold) {
      by_class[At(votes[place].label)].push_back(static_cast<Index>(place));
    }
  }
  std::vector<Index> chosen;
  for (Index cls = 0; cls < classes; ++cls) {
    std::vector<Index>& places = by_class[At(cls)];
    std::stable_sort(places.begin(), places.end(), [&votes](Index a, Index b) {
      return votes[At(a)].certainty > votes[At(b)].certainty;
    });
    const auto count = std::min(places.size(), At(rule.PicksOf(cls)));
    chosen.insert(chosen.end(), places.begin(),
                  places.begin() + static_cast<std::ptrdiff_t>(count));
  }
  return chosen;
}

// A label for a row of the pool.
struct Proposal {
  Index proposer = 0;
  Vote vote;
};

// Which of the proposals for one row holds, where peers contradict each other.
std::optional<Proposal> Settle(const std::vector<Proposal>& proposals,
                               const std::string& conflict) {
  Proposal best = proposals.front();
  bool differ = false;
  for (const Proposal& other : proposals) {
    differ = differ || other.vote.label != best.vote.label;
  }
  if (!differ || conflict == "first") return best;
  if (conflict == "drop") return std::nullopt;
  for (const Proposal& other : proposals) {
    if (other.vote.certainty > best.vote.certainty) best = other;
  }
  return best;
}

std::vector<std::vector<Vote>> VotesOf(const Task& task, Index col,
                                       std::size_t places,
                                       const std::vector<Opinion>& opinions) {
  const auto cols = At(task.prediction_cols());
  std::vector<std::vector<Vote>> votes;
  for (const Opinion& opinion : opinions) {
    auto& of_peer = votes.emplace_back();
    for (std::size_t place = 0; place < places; ++place) {
      of_peer.push_back(VoteOf(
          task, std::span(opinion.probabilities).subspan(place * cols, cols),
          col));
    }
  }
  return votes;
}

std::vector<bool> Agreed(const std::vector<std::vector<Vote>>& votes) {
  std::vector<bool> agreed(votes.front().size(), true);
  for (const auto& of_peer : votes) {
    for (std::size_t place = 0; place < agreed.size(); ++place) {
      agreed[place] =
          agreed[place] && of_peer[place].label == votes.front()[place].label;
    }
  }
  return agreed;
}

// Between which labels a cell is decided.
Index LabelCount(const Task& task) {
  return IsMultilabel(task) ? 2 : std::ssize(task.classes);
}

template <class Lacks>
std::vector<Index> RowsThat(const Dataset& dataset, Index task,
                            const std::vector<Index>& rows,
                            const Lacks& lacks) {
  const LabelView labels(dataset, task);
  std::vector<Index> some;
  for (const Index row : RowsOfTask(dataset, task, rows)) {
    if (lacks(labels, labels.PlaceOf(row))) some.push_back(row);
  }
  return some;
}

}  // namespace

bool IsMultilabel(const Task& task) {
  return task.traits().has_classes && !task.traits().one_class;
}

bool IsNumbers(const Task& task) {
  const HeadTraits& traits = task.traits();
  return !traits.has_classes && !traits.has_levels && !traits.is_censored &&
         !traits.is_ranking &&
         (traits.predictions_per_column == 1 || task.target_cols() == 1);
}

std::vector<LabelCell> CellsOf(const Dataset& dataset) {
  std::vector<LabelCell> cells;
  for (Index task = 0; task < std::ssize(dataset.tasks); ++task) {
    const Task& of_task = dataset.tasks[At(task)];
    const Index cols = IsMultilabel(of_task) ? of_task.target_cols() : 1;
    for (Index col = 0; col < cols; ++col) cells.push_back({task, col});
  }
  return cells;
}

std::vector<Index> PicksPerClass(const std::vector<std::string>& texts,
                                 const Task& task, Index col) {
  const bool is_multilabel = IsMultilabel(task);
  std::vector<Index> picks(At(LabelCount(task)), 1);
  for (const std::string& text : texts) {
    const auto [cls, count] = PickOf(text);
    for (std::size_t k = 0; k < picks.size(); ++k) {
      const bool is_meant = is_multilabel
                                ? k == 1 && task.classes[At(col)] == cls
                                : task.classes[k] == cls;
      if (cls.empty() || is_meant) picks[k] = count;
    }
  }
  return picks;
}

void CheckPerClass(const std::vector<std::string>& texts,
                   const Dataset& dataset) {
  for (const std::string& text : texts) {
    const std::string cls = PickOf(text).first;
    std::vector<std::string> known;
    for (const Task& task : dataset.tasks) {
      if (!CanBeLabelled(task)) continue;
      known.insert(known.end(), task.classes.begin(), task.classes.end());
    }
    Require(cls.empty() ||
                std::find(known.begin(), known.end(), cls) != known.end(),
            ErrorKind::kUsage,
            Str("--per-class ", text,
                ": no task that is labelled has a class '", cls, "'"),
            Str("classes: ", Join(known, ", ")));
  }
}

Vote VoteOf(const Task& task, std::span<const float> prediction, Index col) {
  if (IsMultilabel(task)) {
    const double is_set = static_cast<double>(prediction[At(col)]);
    return is_set > 0.5 ? Vote{1, is_set} : Vote{0, 1 - is_set};
  }
  const Index label = task.head().PredictedClass(prediction);
  if (!task.traits().has_positive) {
    return {label, static_cast<double>(prediction[At(label)])};
  }
  const double positive = static_cast<double>(prediction[0]);
  return {label, label == 1 ? positive : 1 - positive};
}

bool CanBeLabelled(const Task& task) {
  const HeadTraits& traits = task.traits();
  return traits.has_classes && !traits.of_tokens && !traits.is_map;
}

std::vector<Selection> SelectExamples(const Task& task, Index task_number,
                                      const std::vector<Index>& pool,
                                      std::vector<Opinion> opinions,
                                      const SelectionRule& rule, Index round,
                                      Index col) {
  std::sort(opinions.begin(), opinions.end(),
            [](const Opinion& a, const Opinion& b) { return a.peer < b.peer; });
  const bool must_agree = rule.labelling == "agree";
  if (pool.empty() || opinions.size() < (must_agree ? 2U : 1U)) return {};
  const auto votes = VotesOf(task, col, pool.size(), opinions);
  const std::vector<bool> allowed =
      must_agree ? Agreed(votes) : std::vector<bool>(pool.size(), true);
  const Index classes = LabelCount(task);

  // All proposals of a place, by peer.
  std::map<Index, std::vector<Proposal>> proposals;
  for (std::size_t i = 0; i < opinions.size(); ++i) {
    for (const Index place : MostCertain(votes[i], allowed, classes, rule)) {
      proposals[place].push_back({opinions[i].peer, votes[i][At(place)]});
    }
  }
  std::vector<Selection> selected;
  for (const auto& [place, of_place] : proposals) {
    const std::optional<Proposal> settled = Settle(of_place, rule.conflict);
    if (!settled) continue;
    Selection selection{task_number,
                        pool[At(place)],
                        static_cast<float>(settled->vote.label),
                        1,
                        settled->proposer,
                        -1,
                        round,
                        col};
    // Across: what one proposes, all others learn. Proposed by two, it is
    // everybody's.
    const bool for_others = rule.labelling == "cross" && of_place.size() == 1;
    if (!for_others) {
      selected.push_back(selection);
      continue;
    }
    for (const Opinion& opinion : opinions) {
      if (opinion.peer == selection.proposer) continue;
      selection.receiver = opinion.peer;
      selected.push_back(selection);
    }
  }
  return selected;
}

std::string WhyNothing(const Task& task, const std::vector<Index>& pool,
                       const std::vector<Opinion>& opinions,
                       const SelectionRule& rule, Index col) {
  if (pool.empty()) return "every unlabelled row has been labelled";
  const std::string rows = Counted(static_cast<Index>(pool.size()),
                                   "row of the pool", "rows of the pool");
  if (opinions.empty()) return "no peer has published what it predicts";
  const bool must_agree = rule.labelling == "agree";
  if (must_agree && opinions.size() < 2) {
    return "only one peer has published, and none can agree with it";
  }
  const auto votes = VotesOf(task, col, pool.size(), opinions);
  const auto agreed =
      must_agree ? Agreed(votes) : std::vector<bool>(pool.size(), true);
  bool any_agreed = false;
  for (std::size_t place = 0; place < agreed.size(); ++place) {
    any_agreed = any_agreed || agreed[place];
    for (const auto& of_peer : votes) {
      if (!agreed[place] || of_peer[place].certainty < rule.threshold) continue;
      return Str(
          "peers contradict each other on all that they would propose "
          "of ",
          rows);
    }
  }
  if (!any_agreed) return Str("peers disagree on ", rows);
  return Str("no prediction on ", rows, " reaches --threshold ",
             rule.threshold);
}

Index RowsDrawn(Index size, Index taken_a_round, Index round) {
  if (size == 0) return 0;
  return size + std::max<Index>(0, round - 2) * taken_a_round;
}

std::vector<Index> PoolOf(const std::vector<Index>& unlabelled, Index drawn,
                          Seed seed, const std::vector<Selection>& selected,
                          Index task, Index col) {
  std::set<Index> taken;
  for (const Selection& selection : selected) {
    if (selection.task == task && selection.col == col) {
      taken.insert(selection.row);
    }
  }
  std::vector<Index> order = unlabelled;
  Rng(seed, RandomPurpose::kPool, static_cast<std::uint64_t>(task))
      .Shuffle(order, col);
  if (drawn > 0 && drawn < static_cast<Index>(order.size())) {
    order.resize(At(drawn));
  }
  std::vector<Index> pool;
  for (const Index row : order) {
    if (!taken.contains(row)) pool.push_back(row);
  }
  std::sort(pool.begin(), pool.end());
  return pool;
}

std::vector<Index> RowsOfTask(const Dataset& dataset, Index task,
                              const std::vector<Index>& rows) {
  const Labels& labels = dataset.labels[At(task)];
  if (labels.on_all_rows) return rows;
  std::vector<Index> own;
  std::set_intersection(rows.begin(), rows.end(), labels.rows.begin(),
                        labels.rows.end(), std::back_inserter(own));
  return own;
}

std::vector<Index> UnlabelledRows(const Dataset& dataset, Index task,
                                  const std::vector<Index>& rows) {
  return RowsThat(dataset, task, rows,
                  [](const LabelView& labels, Index place) {
                    return !labels.HasLabel(place);
                  });
}

std::vector<Index> UnlabelledRows(const Dataset& dataset, LabelCell cell,
                                  const std::vector<Index>& rows) {
  return RowsThat(dataset, cell.task, rows,
                  [cell](const LabelView& labels, Index place) {
                    return std::isnan(labels.Value(place, cell.col));
                  });
}

std::vector<Index> IncompleteRows(const Dataset& dataset, Index task,
                                  const std::vector<Index>& rows) {
  return RowsThat(dataset, task, rows,
                  [](const LabelView& labels, Index place) {
                    for (Index col = 0; col < labels.cols(); ++col) {
                      if (std::isnan(labels.Value(place, col))) return true;
                    }
                    return false;
                  });
}

}  // namespace mtlkit
