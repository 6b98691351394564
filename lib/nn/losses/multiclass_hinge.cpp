#include "base/registry.h"
#include "nn/losses/loss_tools.h"

namespace mtlkit {
namespace {

struct MulticlassHingeOptions {
  double margin = 1;
  std::string over_classes = "mean";
  void Describe(Fields& fields) {
    fields("margin", margin,
           "how far the label's class is to be above the others", MoreThan(0));
    fields("over-classes", over_classes,
           "mean: what all others lack, over K (Weston and Watkins 1999); max: "
           "the worst alone (Crammer and Singer 2001)",
           {"mean", "max"});
  }
};

// max(0, margin - z_y + z_k) over the classes k that are not the label's:
// Weston and Watkins, "Support vector machines for multi-class pattern
// recognition", 1999, or Crammer and Singer, "On the algorithmic implementation
// of multiclass kernel-based vector machines", 2001.
struct MulticlassHingeRow {
  Real margin;
  bool mean;

  Real operator()(const Real* z, Index cols, Index label, Real* slopes) const {
    if (slopes != nullptr) std::fill_n(slopes, cols, Real{0});
    const Real share = mean ? 1 / static_cast<Real>(cols) : Real{1};
    Real sum = 0;
    Index worst = -1;
    Real most = 0;
    for (Index k = 0; k < cols; ++k) {
      const Real lacking = margin - z[label] + z[k];
      if (k == label || lacking <= 0) continue;
      sum += lacking;
      if (lacking > most) {
        most = lacking;
        worst = k;
      }
      if (slopes == nullptr || !mean) continue;
      slopes[k] += share;
      slopes[label] -= share;
    }
    if (mean) return share * sum;
    if (worst >= 0 && slopes != nullptr) {
      slopes[worst] = 1;
      slopes[label] = -1;
    }
    return most;
  }
};

class MulticlassHingeLoss : public ClassLoss<MulticlassHingeRow> {
 public:
  MulticlassHingeLoss(const Task& /*task*/,
                      const MulticlassHingeOptions& options)
      : ClassLoss({static_cast<Real>(options.margin),
                   options.over_classes == "mean"}) {}
};

constexpr std::string_view kMulticlassHingeTypes[] = {"multiclass", "tags"};

}  // namespace

extern const LossEntry kMulticlassHingeLoss;
const LossEntry kMulticlassHingeLoss = {
    MakeEntry<MulticlassHingeLoss, MulticlassHingeOptions>(
        "multiclass-hinge",
        "how much the label's class lacks to be above the others by a margin"),
    kMulticlassHingeTypes};

}  // namespace mtlkit
