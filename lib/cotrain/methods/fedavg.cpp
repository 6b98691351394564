#include "cotrain/param_round.h"

namespace mtlkit {
namespace {

// McMahan, Moore, Ramage, Hampson and Aguera y Arcas, "Communication-efficient
// learning of deep networks from decentralized data", 2017: a round starts
// from the aggregate of the peers' parameters.
class FedAvg : public RoundMethod {
 public:
  void Plan(const RoundArgs& args, RoundPlan* plan) const override {
    const ParamRound round(args, plan->params);
    if (!round.note().empty()) plan->notes.push_back(round.note());
    if (!round.is_first()) {
      round.exchanged().Put(round.together(), &plan->params);
    }
  }
};

// Li, Sahu, Zaheer, Sanjabi, Talwalkar and Smith, "Federated optimization in
// heterogeneous networks", 2020: the same, but peers add mu / 2 |w - w_r|^2 to
// their loss, with w_r the parameters that the round starts from.
struct FedProxOptions {
  double mu = 0.01;
  void Describe(Fields& field) {
    field("mu", mu, "how strongly a peer is held to where its round starts",
          AtLeast(0));
  }
};

class FedProx : public FedAvg {
 public:
  explicit FedProx(const FedProxOptions& options) : mu_(options.mu) {}
  void Plan(const RoundArgs& args, RoundPlan* plan) const override {
    FedAvg::Plan(args, plan);
    plan->proximal = mu_;
  }

 private:
  double mu_;
};

}  // namespace

extern const RoundMethodEntry kFedAvg;
const RoundMethodEntry kFedAvg = {
    MakeEntry<FedAvg>(
        "fedavg",
        "peers with rows of their own start each round from the mean of their "
        "parameters, weighted by rows (McMahan et al. 2017)"),
    ParamTraits(true)};

extern const RoundMethodEntry kFedProx;
const RoundMethodEntry kFedProx = {
    MakeEntry<FedProx, FedProxOptions>(
        "fedprox",
        "fedavg whose peers are held to where their round starts (Li et al. "
        "2020)"),
    ParamTraits(true)};

// Zinkevich, Weimer, Smola and Li, "Parallelized stochastic gradient descent",
// 2010, and Stich, "Local SGD converges fast and communicates little", 2019:
// every peer draws from all rows.
extern const RoundMethodEntry kLocalSgd;
const RoundMethodEntry kLocalSgd = {
    MakeEntry<FedAvg>(
        "local-sgd",
        "peers that learn from the same rows in orders of their own start each "
        "round from their mean (Stich 2019)"),
    ParamTraits(true, "all")};

}  // namespace mtlkit
