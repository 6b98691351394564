#include "cotrain/average.h"
#include "cotrain/method.h"

namespace mtlkit {
namespace {

// McMahan, Moore, Ramage, Hampson and Aguera y Arcas, "Communication-efficient
// learning of deep networks from decentralized data", 2017: a round starts
// from the mean of the peers' parameters, weighted by rows.
class FedAvg : public RoundMethod {
 public:
  void Plan(const RoundArgs& args, RoundPlan* plan) const override {
    std::vector<WeightedParams> peers;
    for (const Publication& publication : args.publications) {
      peers.push_back(
          {&publication.params, static_cast<double>(publication.rows)});
    }
    if (peers.empty()) return;  // the first round: all start alike
    plan->params =
        AverageParams(peers, args.spec.cotrain.params == "trunk", plan->params);
  }
};

}  // namespace

extern const RoundMethodEntry kFedAvg;
const RoundMethodEntry kFedAvg = {
    MakeEntry<FedAvg>(
        "fedavg",
        "peers with rows of their own start each round from the mean of their "
        "parameters, weighted by rows (McMahan et al. 2017)"),
    {.least_peers = 2,
     .same_start = true,
     .fields = {"params"},
     .default_rows_by = "random",
     .publishes_params = true}};

}  // namespace mtlkit
