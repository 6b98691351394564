#include "cotrain/average.h"
#include "cotrain/method.h"

namespace mtlkit {
namespace {

// McMahan, Moore, Ramage, Hampson and Aguera y Arcas, "Communication-efficient
// learning of deep networks from decentralized data", 2017: a round starts
// from the mean of the peers' parameters, weighted by rows.
void Plan(const RoundArgs& args, RoundPlan* plan) {
  std::vector<WeightedParams> peers;
  for (const Publication& publication : args.publications) {
    peers.push_back(
        {&publication.params, static_cast<double>(publication.rows)});
  }
  if (peers.empty()) return;  // the first round: all start alike
  plan->params =
      AverageParams(peers, args.spec.cotrain.params == "trunk", plan->params);
}

}  // namespace

extern const RoundMethod kFedAvg;
const RoundMethod kFedAvg = {
    "fedavg",
    "peers with rows of their own start each round from the mean of their "
    "parameters, weighted by rows (McMahan et al. 2017)",
    2,
    true,
    true,
    {"params"},
    "random",
    10,
    PublishedRows::kNone,
    true,
    Plan};

}  // namespace mtlkit
