#include <cmath>
#include <string>
#include <vector>

#include "train/protocol.h"
#include "train/small_loss.h"

namespace mtlkit {
namespace {

struct CoTeachingOptions {
  SmallLossOptions small;
  std::string over = "batch";

  void Describe(Fields& field) {
    small.Describe(field);
    field("over", over,
          "rows among which the small losses are sought: the batch, or all, by "
          "their losses in the epoch before",
          {"batch", "epoch"});
  }
};

// Every peer learns, of a batch, the rows on which the peer before it (in a
// ring) has the smallest losses: the part R(e) = 1 - forget min(e / ramp, 1)
// of the labelled rows of each task, at least one. Networks learn what is
// clean before they learn what is noise, and what one takes for clean by
// mistake the other need not. Han, Yao, Yu, Niu, Xu, Hu, Tsang and Sugiyama,
// "Co-teaching: robust training of deep neural networks with extremely noisy
// labels" (2018). With `over=epoch` the part is taken of all rows, by what the
// other peer lost on them in the epoch before; in the first epoch all are kept.
class CoTeaching : public Protocol {
 public:
  explicit CoTeaching(const CoTeachingOptions& options)
      : options_(options), by_epoch_(options.over == "epoch") {}
  bool selects() const override { return true; }
  bool remembers_losses() const override { return by_epoch_; }

  void Prepare(Index peers, std::span<const Task> tasks, Index rows) override {
    rows_.Reserve(rows);
    limits_.resize(At(peers) * tasks.size());
  }

  void Select(const PeerView& view,
              std::span<const std::span<Real>> weights) override {
    if (by_epoch_) FindLimits(view);
    for (Index peer = 0; peer < view.peers; ++peer) {
      const Index judge = (peer + view.peers - 1) % view.peers;
      for (Index task = 0; task < static_cast<Index>(view.tasks.size());
           ++task) {
        // Without a judge all rows are learned from.
        if (!view.At(peer, task).exists() || !view.At(judge, task).exists()) {
          continue;
        }
        const std::span<Real> own = weights[view.Place(peer, task)];
        if (by_epoch_) {
          KeepOfAll(view, judge, task, own);
        } else {
          KeepOfBatch(view, judge, task, own);
        }
      }
    }
  }

 private:
  // Sets the weights of rows that `judge` finds hard to 0.
  void KeepOfBatch(const PeerView& view, Index judge, Index task,
                   std::span<Real> weights) {
    const PeerTask& seen = view.At(judge, task);
    rows_.Clear();
    for (std::size_t row = 0; row < weights.size(); ++row) {
      if (seen.weight[row] > 0) {
        rows_.Add(seen.row_loss[row] / seen.weight[row], row);
      }
    }
    if (rows_.empty()) return;
    const auto limit = rows_.Limit(options_.small.KeepRate(view.epoch));
    for (std::size_t row = 0; row < weights.size(); ++row) {
      if (seen.weight[row] <= 0) continue;
      const std::pair<Real, std::size_t> own = {
          seen.row_loss[row] / seen.weight[row], row};
      if (own > limit) weights[row] = 0;
    }
  }

  // The limits depend on the epoch before only: found once an epoch.
  void FindLimits(const PeerView& view) {
    if (limits_of_ == view.epoch) return;
    limits_of_ = view.epoch;
    for (std::size_t place = 0; place < view.seen.size(); ++place) {
      rows_.Clear();
      const std::span<const Real> losses = view.seen[place].last_losses;
      for (std::size_t row = 0; row < losses.size(); ++row) {
        if (!std::isnan(losses[row])) rows_.Add(losses[row], row);
      }
      limits_[place].any = !rows_.empty();
      if (rows_.empty()) continue;
      limits_[place].at = rows_.Limit(options_.small.KeepRate(view.epoch));
    }
  }

  void KeepOfAll(const PeerView& view, Index judge, Index task,
                 std::span<Real> weights) const {
    const auto& limit = limits_[view.Place(judge, task)];
    if (!limit.any) return;
    const std::span<const Real> losses = view.At(judge, task).last_losses;
    for (std::size_t i = 0; i < weights.size(); ++i) {
      const auto row = At(view.row_numbers[i]);
      if (std::isnan(losses[row])) continue;
      if (std::pair(losses[row], row) > limit.at) weights[i] = 0;
    }
  }

  struct RowLimit {
    bool any = false;
    std::pair<Real, std::size_t> at;
  };

  CoTeachingOptions options_;
  bool by_epoch_;
  SmallLoss rows_;
  std::vector<RowLimit> limits_;  // peers x tasks
  Index limits_of_ = -1;          // the epoch that they are for
};

}  // namespace

extern const ProtocolEntry kCoTeaching;
const ProtocolEntry kCoTeaching = {
    MakeEntry<CoTeaching, CoTeachingOptions>(
        "co-teaching",
        "peers choose one another's clean rows (Han et al. 2018)"),
    2};

}  // namespace mtlkit
