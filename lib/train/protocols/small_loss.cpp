#include "train/small_loss.h"

#include <string>

#include "train/protocol.h"

namespace mtlkit {
namespace {

struct SmallLossProtocolOptions {
  SmallLossOptions small;
  std::string over = "epoch";

  void Describe(Fields& field) {
    small.Describe(field);
    SmallLossRows::DescribeOver(field, &over);
  }
};

// Every peer learns the rows on which it has the smallest losses itself: the
// control that says what the exchange of co-teaching is worth. Jiang, Zhou,
// Leung, Li and Fei-Fei, "MentorNet" (2018) call it self-paced.
class OwnSmallLosses : public Protocol {
 public:
  explicit OwnSmallLosses(const SmallLossProtocolOptions& options)
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
      for (Index task = 0; task < static_cast<Index>(view.tasks.size());
           ++task) {
        if (!view.At(peer, task).exists()) continue;
        rows_.Keep(view, peer, task, {}, weights[view.Place(peer, task)]);
      }
    }
  }

 private:
  bool by_epoch_;
  SmallLossRows rows_;
};

}  // namespace

extern const ProtocolEntry kSmallLoss;
const ProtocolEntry kSmallLoss = {
    MakeEntry<OwnSmallLosses, SmallLossProtocolOptions>(
        "small-loss", "every peer learns the rows on which it loses little"),
    1,
    0,
    {.by_itself = true, .noisy_labels = true}};

}  // namespace mtlkit
