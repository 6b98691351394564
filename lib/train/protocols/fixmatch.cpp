#include <algorithm>
#include <limits>
#include <vector>

#include "data/head.h"
#include "train/class_shares.h"
#include "train/protocol.h"

namespace mtlkit {
namespace {

struct FixMatchOptions {
  double threshold = 0.95;
  double weight = 1;
  double noise = 0.1;
  double mask = 0.3;

  void Describe(Fields& field) {
    field("threshold", threshold,
          "the least share of its class with which a prediction is learned",
          Between(0, 1));
    field("weight", weight, "of what is learned so, beside the labels",
          AtLeast(0));
    field("noise", noise,
          "deviation of the normal noise of the second look at a row",
          AtLeast(0));
    field("mask", mask,
          "part of a row's numbers (of an image: a square) that the second "
          "look has set to 0",
          BelowFrom(0, 1));
  }
};

// Every peer learns, of rows that lack a task's label, the class that it was
// sure of when it saw the row as it is (with --input-noise, if any), while it
// sees the row with noise and with parts missing: the cross-entropy towards the
// class whose share was at least the threshold, summed over such rows and
// divided by all that lack the label. Of a multi-label task each label is such
// a question. Rows that lack no label are learned from as they are. Sohn,
// Berthelot, Li, Zhang, Carlini, Cubuk, Kurakin, Zhang and Raffel, "FixMatch:
// simplifying semi-supervised learning with consistency and confidence" (2020).
class FixMatch : public Protocol {
 public:
  explicit FixMatch(const FixMatchOptions& options) : options_(options) {}
  bool teaches() const override { return true; }
  Choice lesson_loss() const override {
    return {"distillation", {{"form", "cross-entropy"}}};
  }
  std::optional<SecondLook> second_look() const override {
    return SecondLook{.noise = options_.noise, .mask = options_.mask};
  }

  void Prepare(Index, std::span<const Task> tasks, Index rows) override {
    Index widest = 0;
    for (const Task& task : tasks) {
      widest = std::max(widest, task.prediction_cols());
    }
    said_.resize(At(rows * widest));
  }

  void Teach(const PeerView& view, std::span<Lesson> lessons) override {
    for (Index task = 0; task < static_cast<Index>(view.tasks.size()); ++task) {
      const Task& of_task = view.tasks[At(task)];
      if (!of_task.traits().has_classes) continue;
      const Index cols = of_task.prediction_cols();
      for (Index peer = 0; peer < view.peers; ++peer) {
        const PeerTask& seen = view.At(peer, task);
        if (!seen.exists()) continue;
        of_task.head().Link(of_task, seen.first_output,
                            {said_.data(), view.rows, cols});
        Lesson& lesson = lessons[view.Place(peer, task)];
        Index without = 0;
        Index sure = 0;
        for (Index row = 0; row < view.rows; ++row) {
          const bool lacks = seen.weight[At(row)] <= 0;
          const bool taught = lacks && Set(of_task, row, &lesson.target);
          lesson.weight[At(row)] = Real(taught ? 1 : 0);
          without += lacks;
          sure += taught;
        }
        lesson.factor = sure == 0
                            ? 0
                            : options_.weight * static_cast<double>(sure) /
                                  static_cast<double>(without);
      }
    }
  }

 private:
  // Whether the row is sure of anything; then the target says so.
  bool Set(const Task& task, Index row, MatView* target) const {
    const Index cols = task.prediction_cols();
    const std::span<const Real> said = {said_.data() + row * cols, At(cols)};
    const std::span<Real> into = {target->Row(row), At(target->cols)};
    const auto least = static_cast<Real>(options_.threshold);
    if (task.traits().one_class) {
      if (SurestShare(task, said) < least) return false;
      const auto own = static_cast<Real>(PredictedClass(task, said));
      TruthAsTarget(task, &own, into);
      return true;
    }
    bool any = false;
    for (std::size_t k = 0; k < into.size(); ++k) {
      const bool yes = said[k] > Real{0.5};
      const bool is_sure = (yes ? said[k] : 1 - said[k]) >= least;
      into[k] =
          is_sure ? Real(yes ? 1 : 0) : std::numeric_limits<Real>::quiet_NaN();
      any = any || is_sure;
    }
    return any;
  }

  FixMatchOptions options_;
  std::vector<Real> said_;
};

}  // namespace

extern const ProtocolEntry kFixMatch;
const ProtocolEntry kFixMatch = {
    MakeEntry<FixMatch, FixMatchOptions>(
        "fixmatch",
        "a peer learns, of changed rows, what it was sure of when it saw them "
        "as they are (Sohn et al. 2020)"),
    1,
    0,
    {.by_itself = true, .of_classes = true}};

}  // namespace mtlkit
