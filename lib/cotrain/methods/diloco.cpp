#include "cotrain/server_method.h"

namespace mtlkit {
namespace {

struct DiLoCoOptions {
  double rate = 0.7;
  double momentum = 0.9;

  void Describe(Fields& field) {
    field("rate", rate, "of the outer step", MoreThan(0));
    field("momentum", momentum, "of Nesterov's outer step", BelowFrom(0, 1));
  }
};

// Douillard et al., "DiLoCo: distributed low-communication training of language
// models", 2023: the outer gradient d = x - mean of what peers made of x goes
// through Nesterov's step, m = momentum m + d, x = x - rate (d + momentum m).
class DiLoCo : public ServerMethod {
 public:
  explicit DiLoCo(const DiLoCoOptions& options) : options_(options) {}

 private:
  std::map<std::string, Real> Slots() const override {
    return {{"moment", Real{0}}};
  }
  void Step(const ServerStep& step) const override {
    const std::span<Real> moment = step.slots.at("moment");
    for (std::size_t i = 0; i < step.center.size(); ++i) {
      const double x = static_cast<double>(step.center[i]);
      const double d = x - static_cast<double>(step.together[i]);
      const double m = options_.momentum * static_cast<double>(moment[i]) + d;
      moment[i] = static_cast<Real>(m);
      step.center[i] =
          static_cast<Real>(x - options_.rate * (d + options_.momentum * m));
    }
  }

  DiLoCoOptions options_;
};

}  // namespace

extern const RoundMethodEntry kDiLoCo;
const RoundMethodEntry kDiLoCo = {
    MakeEntry<DiLoCo, DiLoCoOptions>(
        "diloco",
        "fedavg with Nesterov's momentum on the server (Douillard et al. "
        "2023)"),
    ParamTraits(false)};

}  // namespace mtlkit
