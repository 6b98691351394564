#include "base/registry.h"
#include "nn/losses/loss_tools.h"

namespace mtlkit {
namespace {

// McCullagh, "Regression models for ordinal data", 1980, the proportional odds
// model: minus the log of P(y = k) = s(a) - s(b), where a is the logit of being
// above the class before and b that of being above this one; both are one score
// less a threshold (layers/thresholds.cpp). Two thresholds that have met count
// as 1e-6 apart, and are pushed from each other.
struct CumulativeLinkRow {
  static constexpr double kLeastGap = 1e-6;

  Real operator()(const Real* z, Index cols, Index label, Real* slopes) const {
    for (Index k = 0; slopes != nullptr && k < cols; ++k) slopes[k] = 0;
    double loss = 0;
    double by_above = 0;
    double by_below = 0;
    if (label > 0) {
      const LogisticParts parts(z[label - 1]);
      loss += static_cast<double>(parts.softplus_minus);
      by_below = static_cast<double>(parts.sigmoid) - 1;
    }
    if (label < cols) {
      const LogisticParts parts(z[label]);
      loss += static_cast<double>(parts.softplus);
      by_above = static_cast<double>(parts.sigmoid);
    }
    if (label > 0 && label < cols) {
      // s(a) - s(b) is s(a) (1 - s(b)) (1 - e^(b - a)).
      const double apart =
          static_cast<double>(z[label - 1]) - static_cast<double>(z[label]);
      const double gap = std::max(apart, kLeastGap);
      loss += -std::log(-std::expm1(-gap)) + (gap - apart) / kLeastGap;
      const double push = 1 / std::expm1(gap);
      by_below -= push;
      by_above += push;
    }
    if (slopes != nullptr && label > 0) {
      slopes[label - 1] = static_cast<Real>(by_below);
    }
    if (slopes != nullptr && label < cols) {
      slopes[label] = static_cast<Real>(by_above);
    }
    return static_cast<Real>(loss);
  }
};

class CumulativeLink : public ClassLoss<CumulativeLinkRow> {
 public:
  explicit CumulativeLink(const Task&) : ClassLoss(CumulativeLinkRow{}) {}
};

void ShapeCumulativeLink(const Choice& /*choice*/, const std::string& /*where*/,
                         Task* task) {
  task->form = ParseForm("cumulative-link");
}

constexpr std::string_view kCumulativeLinkTypes[] = {"ordinal"};

}  // namespace

extern const LossEntry kCumulativeLinkLoss;
const LossEntry kCumulativeLinkLoss = {
    MakeEntry<CumulativeLink>(
        "cumulative-link",
        "negative log likelihood of the proportional odds model, by one score "
        "and thresholds that ascend (McCullagh 1980)"),
    kCumulativeLinkTypes, false, ShapeCumulativeLink};

}  // namespace mtlkit
