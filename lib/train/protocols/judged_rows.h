#pragma once

#include <span>
#include <string>

#include "train/protocol.h"
#include "train/small_loss.h"

namespace mtlkit {

struct JudgedRowsOptions {
  SmallLossOptions small;
  std::string over = "batch";

  void Describe(Fields& field) {
    small.Describe(field);
    SmallLossRows::DescribeOver(field, &over);
  }
};

// Every peer learns the rows on which a judge, one of the peers, has the
// smallest losses: the part R(e) = 1 - forget min(e / ramp, 1) of the labelled
// rows of each task, at least one. With `over=epoch` the part is taken of all
// rows, by what the judge lost on them in the epoch before; in the first epoch
// all are kept. Of a task that the judge has not, all rows are learned from.
class JudgedRows : public Protocol {
 public:
  explicit JudgedRows(const JudgedRowsOptions& options)
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
      const Index judge = JudgeOf(peer, view.peers);
      for (Index task = 0; task < std::ssize(view.tasks); ++task) {
        if (!view.At(peer, task).exists() || !view.At(judge, task).exists()) {
          continue;
        }
        rows_.Keep(view, judge, task, {}, weights[view.Place(peer, task)]);
      }
    }
  }

 private:
  virtual Index JudgeOf(Index peer, Index peers) const = 0;

  bool by_epoch_;
  SmallLossRows rows_;
};

}  // namespace mtlkit
