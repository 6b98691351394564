#include <algorithm>
#include <cmath>

#include "base/rng.h"
#include "cotrain/committee.h"
#include "data/label_view.h"

namespace mtlkit {
namespace {

constexpr const char* kTriError = "tri-error";
constexpr const char* kTriCount = "tri-count";

struct TriTrainingOptions {
  bool error_test = true;
  void Describe(Fields& field) {
    field("error-test", error_test,
          "learn what the others agree on only if that lowers the bound of "
          "the error; without it, this is no tri-training");
  }
};

// Zhou and Li, "Tri-training: exploiting unlabeled data using three
// classifiers", 2005, figure 1, for any number of peers from three on: those
// but one that agree stand for its two. Peers begin with bootstraps of the
// labels; then, round by round, peer i learns anew from all labels and the rows
// L_i on which all others agree, if
//   e |L_i| < e' l'
// with e the others' error where they agree on labelled rows, and e', l' that
// and |L_i| of the last time (0.5 and 0 at first); L_i is cut down to
// ceil(e' l' / e - 1) rows where that helps. Else it stays as it is. Task by
// task, and label by label of a multi-label task: rows of one that is not
// renewed stay in use.
class TriTraining : public RoundMethod {
 public:
  explicit TriTraining(const TriTrainingOptions& options)
      : tests_(options.error_test) {}

  void Plan(const RoundArgs& args, RoundPlan* plan) const override {
    plan->starts_afresh = true;
    const Publication* own = OwnPublication(args);
    std::vector<double> errors = Remembered(args, kTriError, 0.5);
    std::vector<double> counts = Remembered(args, kTriCount, 0);
    bool renewed = own == nullptr;
    const std::vector<LabelCell> cells = CellsOf(args.data);
    for (std::size_t i = 0; i < cells.size(); ++i) {
      if (!CanBeLabelled(args.data.tasks[At(cells[i].task)])) continue;
      if (own == nullptr) {
        if (cells[i].col > 0) continue;
        plan->resampled.push_back(Bootstrap(args, cells[i].task));
        continue;
      }
      const Committee committee(args, cells[i]);
      std::vector<Selection> rows = SelectionsOf(own->selections, cells[i]);
      Test test{errors[i], counts[i], {}};
      if (Renew(args, committee, &test)) {
        renewed = true;
        rows = std::move(test.rows);
        errors[i] = test.error;
        counts[i] = test.count;
      }
      plan->selections.insert(plan->selections.end(), rows.begin(), rows.end());
    }
    AddLabels(args, plan);
    if (!renewed) {
      plan->keeps_model = true;
      plan->notes.emplace_back(
          "nothing that the others agree on would lower its error: it stays as "
          "it is");
    }
    Remember(kTriError, std::move(errors), &plan->arrays);
    Remember(kTriCount, std::move(counts), &plan->arrays);
  }

 private:
  struct Test {
    double error;                 // e', then e
    double count;                 // l', then |L_i|
    std::vector<Selection> rows;  // L_i
  };

  // As many labelled rows as there are, drawn with replacement: their labels,
  // weighted by how often they were drawn.
  static ExtraLabels Bootstrap(const RoundArgs& args, Index task) {
    const LabelView known(args.data, task);
    const std::vector<Index> rows = LabelledAmong(args, known);
    const Rng rng(args.spec.SeedOf(args.peer, 0), RandomPurpose::kBootstrap,
                  static_cast<std::uint64_t>(task));
    std::vector<double> drawn(rows.size(), 0);
    for (Index i = 0; i < std::ssize(rows); ++i) {
      drawn[rng.Below(i, 0, rows.size())] += 1;
    }
    const Labels& stored = args.data.labels[At(task)];
    ExtraLabels labels;
    labels.task = task;
    labels.rows = rows;
    for (std::size_t i = 0; i < rows.size(); ++i) {
      const Index place = known.PlaceOf(rows[i]);
      const double weight =
          stored.weights.empty()
              ? 1
              : static_cast<double>(stored.weights[At(place)]);
      known.AppendRow(rows[i], &labels.values);
      labels.weights.push_back(static_cast<float>(weight * drawn[i]));
    }
    return labels;
  }

  // Training rows with a label that counts.
  static std::vector<Index> LabelledAmong(const RoundArgs& args,
                                          const LabelView& labels) {
    std::vector<Index> rows;
    for (const Index row : args.train_rows) {
      const Index place = labels.PlaceOf(row);
      if (place < 0 || !labels.HasLabel(place)) continue;
      if (labels.Weight(place) > 0) rows.push_back(row);
    }
    return rows;
  }

  // Their error where they agree; NaN where they never do.
  static double ErrorOfOthers(const Committee& committee) {
    double agreed = 0;
    double wrong = 0;
    for (const Index row : committee.labelled()) {
      const std::optional<Index> label = committee.Agreed(row);
      if (!label) continue;
      ++agreed;
      wrong += *label != committee.Truth(row);
    }
    return wrong / agreed;
  }

  bool Renew(const RoundArgs& args, const Committee& committee,
             Test* test) const {
    if (committee.others().size() < 2) return false;
    const double error = ErrorOfOthers(committee);
    if (std::isnan(error)) return false;
    if (tests_ && !(error < test->error)) return false;
    std::vector<Selection> rows;
    for (const Index row : committee.unlabelled()) {
      const std::optional<Index> label = committee.Agreed(row);
      if (label) rows.push_back(committee.Labelled(row, *label));
    }
    const double bound = error / (test->error - error);
    double before = test->count;
    if (before == 0) before = std::floor(bound + 1);
    const double count = static_cast<double>(rows.size());
    if (tests_ && !(before < count)) return false;
    if (tests_ && !(error * count < test->error * before)) {
      if (!(before > bound)) return false;
      const double kept = std::ceil(test->error * before / error - 1);
      rows = Some(args, std::move(rows), static_cast<std::size_t>(kept));
    }
    if (rows.empty()) return false;
    *test = {error, static_cast<double>(rows.size()), std::move(rows)};
    return true;
  }

  // What tells the draws of cells apart; tasks are few, and so are labels.
  static Index StreamOf(const Selection& selection) {
    return selection.task + (selection.col << 16);
  }

  // So many of them, drawn by seed, peer and round; in the order of rows.
  static std::vector<Selection> Some(const RoundArgs& args,
                                     std::vector<Selection> rows,
                                     std::size_t count) {
    std::vector<Index> order;
    for (Index i = 0; i < std::ssize(rows); ++i) order.push_back(i);
    Rng(args.spec.SeedOf(args.peer, args.round), RandomPurpose::kPool)
        .Shuffle(order, rows.empty() ? 0 : StreamOf(rows.front()));
    order.resize(std::min(order.size(), count));
    std::sort(order.begin(), order.end());
    std::vector<Selection> some;
    for (const Index i : order) some.push_back(rows[At(i)]);
    return some;
  }

  bool tests_;
};

}  // namespace

extern const RoundMethodEntry kTriTraining;
const RoundMethodEntry kTriTraining = {
    MakeEntry<TriTraining, TriTrainingOptions>(
        "tri-training",
        "each peer learns what all others agree on, if their error allows "
        "(Zhou and Li 2005)"),
    {.least_peers = 3,
     .default_epochs = 300,
     .published_rows = PublishedRows::kAll,
     .learns_anew = true,
     .labels_rows = true}};

}  // namespace mtlkit
