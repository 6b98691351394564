#include <algorithm>
#include <cmath>
#include <vector>

#include "train/protocol.h"

namespace mtlkit {
namespace {

struct CoTeachingOptions {
  double forget = 0.2;
  double ramp = 10;

  void Describe(Fields& field) {
    field("forget", forget, "part of the labels thought to be wrong",
          BelowFrom(0, 1));
    field("ramp", ramp, "epochs in which the part left out grows to that",
          AtLeast(0));
  }
};

// Every peer learns, of a batch, the rows on which the peer before it (in a
// ring) has the smallest losses: the part R(e) = 1 - forget min(e / ramp, 1)
// of the labelled rows of each task, at least one. Networks learn what is
// clean before they learn what is noise, and what one takes for clean by
// mistake the other need not. Han, Yao, Yu, Niu, Xu, Hu, Tsang and Sugiyama,
// "Co-teaching: robust training of deep neural networks with extremely noisy
// labels" (2018).
class CoTeaching : public Protocol {
 public:
  explicit CoTeaching(const CoTeachingOptions& options) : options_(options) {}
  bool selects() const override { return true; }

  void Prepare(Index, std::span<const Task>, Index rows) override {
    order_.reserve(static_cast<std::size_t>(rows));
  }

  void Select(const PeerView& view,
              std::span<const std::span<Real>> weights) override {
    const Index tasks = static_cast<Index>(view.tasks.size());
    for (Index peer = 0; peer < view.peers; ++peer) {
      const Index judge = (peer + view.peers - 1) % view.peers;
      for (Index task = 0; task < tasks; ++task) {
        Keep(view, judge, task,
             weights[static_cast<std::size_t>(peer * tasks + task)]);
      }
    }
  }

 private:
  double KeepRate(Index epoch) const {
    const double e = static_cast<double>(epoch);
    const double grown =
        options_.ramp > 0 ? std::min(e / options_.ramp, 1.0) : 1.0;
    return 1 - options_.forget * grown;
  }

  // Sets the weights of rows that `judge` finds hard to 0.
  void Keep(const PeerView& view, Index judge, Index task,
            std::span<Real> weights) {
    const std::span<const Real> loss = view.At(judge, task).row_loss;
    const std::span<const Real> label =
        view.weights[static_cast<std::size_t>(task)];
    order_.clear();
    for (std::size_t row = 0; row < weights.size(); ++row) {
      if (label[row] > 0) order_.push_back({loss[row] / label[row], row});
    }
    if (order_.empty()) return;
    const double count = static_cast<double>(order_.size());
    // A hair above, so that 0.8 x 5 is 4 and not 3.
    const double kept = std::floor(KeepRate(view.epoch) * count + 1e-9);
    const std::size_t keep = static_cast<std::size_t>(std::max(1.0, kept));
    std::sort(order_.begin(), order_.end());
    for (std::size_t i = keep; i < order_.size(); ++i) {
      weights[order_[i].second] = 0;
    }
  }

  CoTeachingOptions options_;
  std::vector<std::pair<Real, std::size_t>> order_;  // loss, row
};

}  // namespace

extern const ProtocolEntry kCoTeaching;
const ProtocolEntry kCoTeaching = {
    MakeEntry<CoTeaching, CoTeachingOptions>(
        "co-teaching",
        "peers choose one another's clean rows (Han et al. 2018)"),
    2};

}  // namespace mtlkit
