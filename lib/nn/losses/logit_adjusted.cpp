#include "base/registry.h"
#include "nn/losses/class_weights.h"
#include "nn/losses/loss_tools.h"

namespace mtlkit {
namespace {

struct LogitAdjustedOptions {
  double tau = 1;
  void Describe(Fields& fields) {
    fields("tau", tau, "the factor of the logs of the classes' shares",
           AtLeast(0));
  }
};

// Menon, Jayasumana, Rawat, Jain, Veit and Kumar, "Long-tail learning via logit
// adjustment", 2021: the cross-entropy of z_k + tau log share_k, so that z
// itself, which predictions are made of, treats all classes alike.
struct AdjustedRow {
  std::vector<Real> shift;  // of each class

  Real operator()(const Real* z, Index cols, Index label, Real* slopes) const {
    if (cols == 1) {
      const LogisticParts parts(z[0] + shift[1] - shift[0]);
      if (slopes != nullptr) {
        slopes[0] = parts.sigmoid - static_cast<Real>(label);
      }
      return label == 1 ? parts.softplus_minus : parts.softplus;
    }
    Real top = z[0] + shift[0];
    for (Index k = 1; k < cols; ++k) top = std::max(top, z[k] + shift[At(k)]);
    Real sum = 0;
    for (Index k = 0; k < cols; ++k) {
      sum += std::exp(z[k] + shift[At(k)] - top);
    }
    const Real log_sum = top + std::log(sum);
    for (Index k = 0; slopes != nullptr && k < cols; ++k) {
      slopes[k] = std::exp(z[k] + shift[At(k)] - log_sum) -
                  static_cast<Real>(k == label);
    }
    return log_sum - z[label] - shift[At(label)];
  }
};

class LogitAdjustedLoss : public ClassLoss<AdjustedRow> {
 public:
  LogitAdjustedLoss(const Task& task, const LogitAdjustedOptions& options)
      : ClassLoss({Shift(task, options.tau)}) {}

 private:
  static std::vector<Real> Shift(const Task& task, double tau) {
    const std::vector<double> rows = RowsOfClasses(task);
    double all = 0;
    for (const double count : rows) all += count;
    std::vector<Real> shift;
    for (const double count : rows) {
      shift.push_back(static_cast<Real>(tau * std::log(count / all)));
    }
    return shift;
  }
};

constexpr std::string_view kLogitAdjustedTypes[] = {"binary", "multiclass",
                                                    "tags"};

}  // namespace

extern const LossEntry kLogitAdjustedLoss;
const LossEntry kLogitAdjustedLoss = {
    MakeEntry<LogitAdjustedLoss, LogitAdjustedOptions>(
        "logit-adjusted",
        "cross-entropy of logits with the logs of the classes' shares added, "
        "for balanced error (Menon et al. 2021)"),
    kLogitAdjustedTypes};

}  // namespace mtlkit
