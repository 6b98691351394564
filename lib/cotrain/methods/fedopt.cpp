#include <cmath>

#include "cotrain/server_method.h"

namespace mtlkit {
namespace {

struct FedOptOptions {
  std::string optimizer = "adam";
  double rate = 0;
  double beta1 = 0.9;
  double beta2 = 0.99;
  double tau = 1e-3;

  void Describe(Fields& field) {
    field("optimizer", optimizer, "of the server",
          {"adam", "yogi", "adagrad", "momentum"});
    field("rate", rate,
          "of the server; 0: 1 for momentum, 0.1 for adagrad, 0.01 for others",
          AtLeast(0));
    field("beta1", beta1, "what is left of the moment a round",
          BelowFrom(0, 1));
    field("beta2", beta2, "what is left of the squares a round (adam, yogi)",
          BelowFrom(0, 1));
    field("tau", tau, "added to the root of the squares", MoreThan(0));
  }
};

// Reddi, Charles, Zaheer, Garrett, Rush, Konecny, Kumar and McMahan, "Adaptive
// federated optimization", 2021, algorithm 2: with d = mean - x,
//   m = beta1 m + (1 - beta1) d,  x = x + rate m / (sqrt(v) + tau)
//   adagrad  v = v + d^2
//   yogi     v = v - (1 - beta2) d^2 sign(v - d^2)
//   adam     v = beta2 v + (1 - beta2) d^2
// with v = tau^2 at first. momentum is their FedAvgM (Hsu, Qi and Brown 2019):
// m = beta1 m + d, x = x + rate m.
class FedOpt : public ServerMethod {
 public:
  explicit FedOpt(const FedOptOptions& options) : options_(options) {
    if (options_.rate > 0) return;
    options_.rate = options_.optimizer == "momentum"  ? 1
                    : options_.optimizer == "adagrad" ? 0.1
                                                      : 0.01;
  }

 private:
  bool adapts() const { return options_.optimizer != "momentum"; }

  std::map<std::string, Real> Slots() const override {
    std::map<std::string, Real> slots = {{"moment", Real{0}}};
    if (adapts()) {
      slots["square"] = static_cast<Real>(options_.tau * options_.tau);
    }
    return slots;
  }

  double Square(double v, double d) const {
    const double square = d * d;
    if (options_.optimizer == "adagrad") return v + square;
    const double share = 1 - options_.beta2;
    if (options_.optimizer == "adam") return v + share * (square - v);
    const double sign = v > square ? 1 : v < square ? -1 : 0;
    return v - share * square * sign;
  }

  void Step(const ServerStep& step) const override {
    const std::span<Real> moment = step.slots.at("moment");
    const double gain = adapts() ? 1 - options_.beta1 : 1;
    for (std::size_t i = 0; i < step.center.size(); ++i) {
      const double x = static_cast<double>(step.center[i]);
      const double d = static_cast<double>(step.together[i]) - x;
      const double m =
          options_.beta1 * static_cast<double>(moment[i]) + gain * d;
      moment[i] = static_cast<Real>(m);
      double scale = options_.rate;
      if (adapts()) {
        Real& square = step.slots.at("square")[i];
        const double v = Square(static_cast<double>(square), d);
        square = static_cast<Real>(v);
        scale /= std::sqrt(v) + options_.tau;
      }
      step.center[i] = static_cast<Real>(x + scale * m);
    }
  }

  FedOptOptions options_;
};

}  // namespace

extern const RoundMethodEntry kFedOpt;
const RoundMethodEntry kFedOpt = {
    MakeEntry<FedOpt, FedOptOptions>(
        "fedopt",
        "fedavg with an optimiser on the server: Adam, Yogi, Adagrad or "
        "momentum (Reddi et al. 2021)"),
    ParamTraits(false)};

}  // namespace mtlkit
