#include <algorithm>
#include <vector>

#include "data/head.h"
#include "train/class_shares.h"
#include "train/protocol.h"
#include "train/small_loss.h"

namespace mtlkit {
namespace {

struct CoTeachingPlusOptions {
  SmallLossOptions small;
  double warm_up = 10;

  void Describe(Fields& field) {
    small.Describe(field);
    field("warm-up", warm_up, "epochs in which both learn all labels",
          AtLeast(0));
  }
};

// Two peers learn, of a batch, only rows on which they predict different
// classes, and of these each the part R(e) = 1 - forget min(e / ramp, 1) on
// which the other has the smallest losses: without the first they become one
// network, and co-teaching what small losses of one's own would be. In the
// first epochs both learn all. Where they agree on all labelled rows of a
// batch, nothing is learned of it. Tasks of numbers, which have no prediction
// that is the same or not, are taught as by co-teaching. Yu, Han, Yao, Niu,
// Tsang and Sugiyama, "How does disagreement help generalization against label
// corruption?" (2019).
class CoTeachingPlus : public Protocol {
 public:
  explicit CoTeachingPlus(const CoTeachingPlusOptions& options)
      : options_(options), rows_(options.small, false) {}
  bool selects() const override { return true; }

  void Prepare(Index peers, std::span<const Task> tasks, Index rows) override {
    rows_.Prepare(At(peers) * tasks.size(), rows);
    Index widest = 0;
    for (const Task& task : tasks) {
      widest = std::max(widest, task.prediction_cols());
    }
    for (std::vector<Real>& memory : said_) memory.resize(At(rows * widest));
    apart_.resize(At(rows));
  }

  void Select(const PeerView& view,
              std::span<const std::span<Real>> weights) override {
    if (static_cast<double>(view.epoch) < options_.warm_up) return;
    rows_.Begin(view);
    for (Index task = 0; task < static_cast<Index>(view.tasks.size()); ++task) {
      if (!view.At(0, task).exists() || !view.At(1, task).exists()) continue;
      Compare(view, task);
      for (Index peer = 0; peer < 2; ++peer) {
        const std::span<Real> own = weights[view.Place(peer, task)];
        const std::span<const Real> apart = std::span(apart_).first(own.size());
        rows_.Keep(view, 1 - peer, task, apart, own);
        for (std::size_t row = 0; row < own.size(); ++row) {
          own[row] *= apart[row];
        }
      }
    }
  }

 private:
  // Sets apart_ to 1 where the two predict different classes, else 0.
  void Compare(const PeerView& view, Index task) {
    const Task& of_task = view.tasks[At(task)];
    const HeadTraits& traits = of_task.traits();
    if (!traits.has_classes) {
      std::ranges::fill(apart_, Real{1});
      return;
    }
    const Index cols = of_task.prediction_cols();
    for (Index peer = 0; peer < 2; ++peer) {
      of_task.head().Link(of_task, view.At(peer, task).output,
                          {said_[peer].data(), view.rows, cols});
    }
    for (Index row = 0; row < view.rows; ++row) {
      const auto of = [&](Index peer) {
        return std::span<const Real>(said_[peer])
            .subspan(At(row * cols), At(cols));
      };
      const bool differs =
          traits.one_class
              ? PredictedClass(of_task, of(0)) != PredictedClass(of_task, of(1))
              : !std::ranges::equal(of(0), of(1), [](Real a, Real b) {
                  return (a > Real{0.5}) == (b > Real{0.5});
                });
      apart_[At(row)] = Real(differs ? 1 : 0);
    }
  }

  CoTeachingPlusOptions options_;
  SmallLossRows rows_;
  std::vector<Real> said_[2];  // predictions
  std::vector<Real> apart_;    // one a row
};

}  // namespace

extern const ProtocolEntry kCoTeachingPlus;
const ProtocolEntry kCoTeachingPlus = {
    MakeEntry<CoTeachingPlus, CoTeachingPlusOptions>(
        "co-teaching-plus",
        "the same among rows on which the two disagree (Yu et al. 2019)"),
    2,
    2,
    {.noisy_labels = true}};

}  // namespace mtlkit
