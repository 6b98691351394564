#include <string>

#include "train/protocol.h"
#include "train/small_loss.h"

namespace mtlkit {
namespace {

struct CoTeachingOptions {
  SmallLossOptions small;
  std::string over = "batch";

  void Describe(Fields& field) {
    small.Describe(field);
    SmallLossRows::DescribeOver(field, &over);
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
      : by_epoch_(options.over == "epoch"), rows_(options.small, by_epoch_) {}
  bool selects() const override { return true; }
  bool remembers_losses() const override { return by_epoch_; }

  void Prepare(Index peers, std::span<const Task> tasks, Index rows) override {
    rows_.Prepare(At(peers) * tasks.size(), rows);
  }

  void Select(const PeerView& view,
              std::span<const std::span<Real>> weights) override {
    rows_.Begin(view);
    for (Index peer = 0; peer < view.peers; ++peer) {
      const Index judge = (peer + view.peers - 1) % view.peers;
      for (Index task = 0; task < static_cast<Index>(view.tasks.size());
           ++task) {
        // Without a judge all rows are learned from.
        if (!view.At(peer, task).exists() || !view.At(judge, task).exists()) {
          continue;
        }
        rows_.Keep(view, judge, task, {}, weights[view.Place(peer, task)]);
      }
    }
  }

 private:
  bool by_epoch_;
  SmallLossRows rows_;
};

}  // namespace

extern const ProtocolEntry kCoTeaching;
const ProtocolEntry kCoTeaching = {
    MakeEntry<CoTeaching, CoTeachingOptions>(
        "co-teaching",
        "peers choose one another's clean rows (Han et al. 2018)"),
    2,
    0,
    {.noisy_labels = true}};

}  // namespace mtlkit
