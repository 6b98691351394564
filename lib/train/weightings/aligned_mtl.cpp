#include <algorithm>
#include <cmath>
#include <limits>
#include <string>
#include <vector>

#include "train/gramian_factor.h"
#include "train/gramian_weighting.h"

namespace mtlkit {
namespace {

struct AlignedMtlOptions {
  std::string scale = "min";

  void Describe(Fields& field) {
    field("scale", scale,
          "which of the eigenvalues of the Gramian all become: the least, the "
          "median or the mean (rmse)",
          {"min", "median", "rmse"});
  }
};

// The mean of gradients that were made orthogonal and of one length, by the
// nearest such system: the weights are sqrt(s) V L^(-1/2) V' p, with V and L
// the eigenvectors and eigenvalues of the Gramian, s one of these and p = 1 / K
// times task weights. Senushkin, Patakin, Kuznetsov and Konushin, "Independent
// component alignment for multi-task learning" (2023). Eigenvalues that are
// rounding are left out; without any, the weights are p.
class AlignedMtl : public GramianWeighting {
 public:
  AlignedMtl(std::span<const Task> tasks, const AlignedMtlOptions& options)
      : GramianWeighting(tasks),
        scale_(options.scale),
        factor_(static_cast<Index>(tasks.size())),
        gramian_(tasks.size() * tasks.size()) {
    values_.reserve(tasks.size());
  }

 protected:
  // Task weights say how much each aligned gradient counts; gradients are
  // aligned without them.
  void Solve(const PresentTasks& present, std::span<double> w) const override {
    const std::size_t count = w.size();
    const Index size = static_cast<Index>(count);
    const std::span<const double> weight = present.task_weight;
    const double share = 1 / static_cast<double>(count);
    for (std::size_t i = 0; i < count; ++i) {
      for (std::size_t j = 0; j < count; ++j) {
        gramian_[i * count + j] =
            present.gramian(static_cast<Index>(i), static_cast<Index>(j)) /
            (weight[i] * weight[j]);
      }
    }
    factor_.Factorise({gramian_.data(), size, size});
    if (factor_.rank() == 0) {
      std::fill(w.begin(), w.end(), share);
      return;
    }
    factor_.Diagonalise();
    const double least = SetValues(size);
    const double root = std::sqrt(Scale());
    std::fill(w.begin(), w.end(), 0.0);
    for (Index k = 0; k < factor_.rank(); ++k) {
      const double value = factor_.Eigenvalue(k);
      if (value < least) continue;
      const std::span<const double> axis = factor_.Axis(k);
      double part = 0;
      for (std::size_t i = 0; i < count; ++i) part += axis[i] * weight[i];
      part *= share * root / (value * std::sqrt(value));
      for (std::size_t i = 0; i < count; ++i) w[i] += part * axis[i];
    }
    for (std::size_t i = 0; i < count; ++i) w[i] /= weight[i];
  }

 private:
  // Of the eigenvalues that are not rounding; returns what these are at least.
  double SetValues(Index size) const {
    double largest = 0;
    for (Index k = 0; k < factor_.rank(); ++k) {
      largest = std::max(largest, factor_.Eigenvalue(k));
    }
    const double least = largest * static_cast<double>(size) *
                         std::numeric_limits<double>::epsilon();
    values_.clear();
    for (Index k = 0; k < factor_.rank(); ++k) {
      if (factor_.Eigenvalue(k) >= least) {
        values_.push_back(factor_.Eigenvalue(k));
      }
    }
    std::sort(values_.begin(), values_.end());
    return least;
  }

  // Of an even number of eigenvalues the lower median.
  double Scale() const {
    if (scale_ == "min") return values_.front();
    if (scale_ == "median") return values_[(values_.size() - 1) / 2];
    double sum = 0;
    for (const double value : values_) sum += value;
    return sum / static_cast<double>(values_.size());
  }

  std::string scale_;
  mutable GramianFactor factor_;
  mutable std::vector<double> gramian_;
  mutable std::vector<double> values_;
};

}  // namespace

extern const WeightingEntry kAlignedMtl;
const WeightingEntry kAlignedMtl = MakeEntry<AlignedMtl, AlignedMtlOptions>(
    "aligned-mtl",
    "gradients made orthogonal and of one length (Senushkin et al. 2023)");

}  // namespace mtlkit
