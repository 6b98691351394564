#include "base/registry.h"
#include "nn/losses/loss_tools.h"

namespace mtlkit {
namespace {

// Cao, Mirjalili and Raschka, "Rank consistent ordinal regression for neural
// networks with application to age estimation" (CORAL), 2020, equation 4: the
// sum over classes k but the highest of the cross-entropies of "above k", whose
// logits are one score plus a bias each (layers/thresholds.cpp). Every class
// has the same importance.
struct CoralRow {
  Real operator()(const Real* z, Index cols, Index label, Real* slopes) const {
    Real loss = 0;
    for (Index k = 0; k < cols; ++k) {
      const LogisticParts parts(z[k]);
      const bool higher = label > k;
      loss += higher ? parts.softplus_minus : parts.softplus;
      if (slopes != nullptr) {
        slopes[k] = parts.sigmoid - static_cast<Real>(higher);
      }
    }
    return loss;
  }
};

class Coral : public ClassLoss<CoralRow> {
 public:
  explicit Coral(const Task&) : ClassLoss(CoralRow{}) {}
};

void ShapeCoral(const Choice& /*choice*/, const std::string& /*where*/,
                Task* task) {
  task->form = ParseForm("coral");
}

constexpr std::string_view kCoralTypes[] = {"ordinal"};

}  // namespace

extern const LossEntry kCoralLoss;
const LossEntry kCoralLoss = {
    MakeEntry<Coral>("coral",
                     "cross-entropy of \"above this class\" at every class, by "
                     "one score and a bias each (CORAL, Cao et al. 2020)"),
    kCoralTypes, false, ShapeCoral};

}  // namespace mtlkit
