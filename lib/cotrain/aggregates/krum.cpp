#include <algorithm>
#include <numeric>

#include "cotrain/aggregate.h"

namespace mtlkit {
namespace {

struct KrumAggregateOptions {
  Index bad = 1;
  Index keep = 1;
  void Describe(Fields& field) {
    field("bad", bad, "peers that may be bad", AtLeast(0));
    field("keep", keep,
          "peers of the lowest scores whose mean is taken; more than 1: "
          "multi-Krum",
          AtLeast(1));
  }
};

double KrumDistance(std::span<const Real> a, std::span<const Real> b) {
  double sum = 0;
  for (std::size_t i = 0; i < a.size(); ++i) {
    const double d = static_cast<double>(a[i]) - static_cast<double>(b[i]);
    sum += d * d;
  }
  return sum;
}

// Blanchard, El Mhamdi, Guerraoui and Stainer, "Machine learning with
// adversaries: Byzantine tolerant gradient descent", 2017: the score of a peer
// is the sum of its squared distances to its n - f - 2 nearest of the n peers,
// f of which may be bad. Chosen is the peer of the lowest score, or
// (multi-Krum) the mean of the `keep` lowest. Ties go to the earlier peer.
class KrumAggregate : public Aggregate {
 public:
  explicit KrumAggregate(const KrumAggregateOptions& options)
      : bad_(options.bad), keep_(options.keep) {}

  std::vector<double> Shares(std::span<const PeerNumbers> peers,
                             std::size_t weight_count) const override {
    const std::vector<double> scores = Scores(peers, weight_count);
    std::vector<std::size_t> order(peers.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::stable_sort(
        order.begin(), order.end(),
        [&](std::size_t a, std::size_t b) { return scores[a] < scores[b]; });
    order.resize(std::min(order.size(), At(keep_)));
    std::vector<double> shares(peers.size(), 0);
    for (const std::size_t chosen : order) {
      shares[chosen] = 1 / static_cast<double>(order.size());
    }
    return shares;
  }
  Index least_peers() const override { return 2 * bad_ + 3; }

 private:
  std::vector<double> Scores(std::span<const PeerNumbers> peers,
                             std::size_t weight_count) const {
    const Index nearest = std::max<Index>(1, std::ssize(peers) - bad_ - 2);
    std::vector<double> scores;
    for (std::size_t i = 0; i < peers.size(); ++i) {
      std::vector<double> distances;
      for (std::size_t j = 0; j < peers.size(); ++j) {
        if (j == i) continue;
        distances.push_back(KrumDistance(peers[i].values.first(weight_count),
                                         peers[j].values.first(weight_count)));
      }
      std::sort(distances.begin(), distances.end());
      distances.resize(std::min(distances.size(), At(nearest)));
      scores.push_back(
          std::accumulate(distances.begin(), distances.end(), 0.0));
    }
    return scores;
  }

  Index bad_;
  Index keep_;
};

}  // namespace

extern const AggregateEntry kKrumAggregate;
const AggregateEntry kKrumAggregate =
    MakeEntry<KrumAggregate, KrumAggregateOptions>(
        "krum",
        "the peer that most others are near to (Blanchard et al. 2017)");

}  // namespace mtlkit
