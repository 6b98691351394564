#include "cotrain/param_round.h"

namespace mtlkit {
namespace {

struct EasgdOptions {
  double pull = 0.9;

  void Describe(Fields& field) {
    field("pull", pull,
          "beta: part of the way that the centre goes to the peers' mean; each "
          "peer goes beta / peers of its way to the centre",
          Range{0.0, 1.0, true, false});
  }
};

// Zhang, Choromanska and LeCun, "Deep learning with elastic averaging SGD",
// 2015, equations 5 and 6 once a round, in place of every tau steps: with
// alpha = beta / peers,
//   x_k = x_k - alpha (x_k - c),  c = (1 - beta) c + beta mean_k x_k
// of the same c and x_k on both right sides. What a merge gives is the centre.
class Easgd : public RoundMethod {
 public:
  explicit Easgd(const EasgdOptions& options) : beta_(options.pull) {}

  void Plan(const RoundArgs& args, RoundPlan* plan) const override {
    const ParamRound round(args, plan->params);
    if (!round.note().empty()) plan->notes.push_back(round.note());
    ServerState server = ServerState::Of(args, round.own(), {});
    if (!round.is_first()) {
      std::vector<Real> own = round.own();
      const double alpha = beta_ / static_cast<double>(args.spec.peers);
      for (std::size_t i = 0; i < own.size(); ++i) {
        const double center = static_cast<double>(server.center[i]);
        const double x = static_cast<double>(own[i]);
        const double mean = static_cast<double>(round.together()[i]);
        own[i] = static_cast<Real>(x - alpha * (x - center));
        server.center[i] =
            static_cast<Real>((1 - beta_) * center + beta_ * mean);
      }
      plan->merged = plan->params;
      round.exchanged().Put(server.center, &*plan->merged);
      round.exchanged().Put(own, &plan->params);
    }
    server.Publish(&plan->arrays);
  }

 private:
  double beta_;
};

}  // namespace

extern const RoundMethodEntry kEasgd;
const RoundMethodEntry kEasgd = {
    MakeEntry<Easgd, EasgdOptions>(
        "easgd",
        "peers keep their parameters and are drawn to a centre, which follows "
        "their mean (Zhang et al. 2015)"),
    ParamTraits(false)};

}  // namespace mtlkit
