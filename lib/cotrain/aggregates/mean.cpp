#include "cotrain/aggregate.h"

namespace mtlkit {
namespace {

struct MeanAggregateOptions {
  std::string by = "rows";
  void Describe(Fields& field) {
    field("by", by, "what a peer counts by: its rows, or each the same",
          {"rows", "peers"});
  }
};

// McMahan et al. 2017, algorithm 1, weighs peers by their rows; local SGD by
// none.
class MeanAggregate : public Aggregate {
 public:
  explicit MeanAggregate(const MeanAggregateOptions& options)
      : by_rows_(options.by == "rows") {}
  std::vector<double> Shares(std::span<const PeerNumbers> peers,
                             std::size_t weight_count) const override {
    if (by_rows_) return Aggregate::Shares(peers, weight_count);
    return std::vector<double>(peers.size(),
                               1 / static_cast<double>(peers.size()));
  }

 private:
  bool by_rows_;
};

}  // namespace

extern const AggregateEntry kMeanAggregate;
const AggregateEntry kMeanAggregate =
    MakeEntry<MeanAggregate, MeanAggregateOptions>("mean", "the mean");

}  // namespace mtlkit
