#include "nn/param_penalty.h"

#include <algorithm>
#include <cmath>

#include "base/error.h"
#include "base/text.h"
#include "kernels/kernels.h"

namespace mtlkit {
namespace {

struct NamedPenalty {
  std::string_view name;
  PenaltyKind kind;
};
constexpr NamedPenalty kPenaltyKinds[] = {
    {"mean", PenaltyKind::kMean},
    {"pairs", PenaltyKind::kPairs},
    {"orthogonal", PenaltyKind::kOrthogonal},
};

void CheckShapes(const ParamPenalty& penalty, const Layout& layout) {
  const std::vector<Index>& first = penalty.groups.front();
  for (const std::vector<Index>& group : penalty.groups) {
    Require(group.size() == first.size() && !group.empty(), ErrorKind::kUsage,
            Str("a penalty on groups of ", first.size(), " and ", group.size(),
                " parameters"));
    for (std::size_t i = 0; i < group.size(); ++i) {
      const ParamSpec& one = layout.slice(first[i]).spec;
      const ParamSpec& other = layout.slice(group[i]).spec;
      const bool any_columns = penalty.kind == PenaltyKind::kOrthogonal;
      Require(one.rows == other.rows && (any_columns || one.cols == other.cols),
              ErrorKind::kUsage,
              Str("a penalty on '", layout.slice(first[i]).name, "' and '",
                  layout.slice(group[i]).name, "', which have other shapes"));
    }
    // One below the other, they have the columns of the first.
    for (const Index slice : group) {
      Require(penalty.kind != PenaltyKind::kOrthogonal ||
                  layout.slice(slice).spec.cols ==
                      layout.slice(group.front()).spec.cols,
              ErrorKind::kUsage,
              Str("a penalty on '", layout.slice(slice).name,
                  "', which has other columns than what stands above it"));
    }
  }
}

// The largest slice, and the largest matrix of columns by columns.
std::size_t LargestSlice(std::span<const ParamPenalty> penalties,
                         const Layout& layout) {
  Index most = 0;
  for (const ParamPenalty& penalty : penalties) {
    for (const std::vector<Index>& group : penalty.groups) {
      for (const Index slice : group) {
        most = std::max(most, layout.slice(slice).size());
      }
    }
  }
  return At(most);
}

std::size_t LargestProduct(std::span<const ParamPenalty> penalties,
                           const Layout& layout) {
  Index most = 0;
  for (const ParamPenalty& penalty : penalties) {
    if (penalty.kind != PenaltyKind::kOrthogonal) continue;
    for (const std::vector<Index>& group : penalty.groups) {
      most = std::max(most, layout.slice(group.front()).spec.cols);
    }
  }
  return At(most * most);
}

}  // namespace

PenaltyKind ParsePenaltyKind(std::string_view name) {
  for (const NamedPenalty& known : kPenaltyKinds) {
    if (known.name == name) return known.kind;
  }
  Fail(ErrorKind::kUsage, Str("there is no penalty '", name, "'"),
       "known: mean, pairs, orthogonal");
}

std::string_view PenaltyKindName(PenaltyKind kind) {
  const auto* known =
      std::ranges::find(kPenaltyKinds, kind, &NamedPenalty::kind);
  return known->name;
}

void CheckPenalty(const ParamPenalty& penalty, const Layout& layout) {
  Require(std::isfinite(penalty.strength) && penalty.strength >= 0,
          ErrorKind::kUsage,
          Str("a penalty of strength ", penalty.strength, " is not 0 or more"));
  Require(penalty.groups.size() > 1, ErrorKind::kUsage,
          Str("a penalty on ", penalty.groups.size(), " groups of parameters"));
  CheckShapes(penalty, layout);
}

ParamPenalties::ParamPenalties(std::span<const ParamPenalty> penalties,
                               const Layout& layout,
                               const std::vector<bool>& frozen)
    : penalties_(penalties),
      frozen_(frozen),
      mean_(LargestSlice(penalties, layout)),
      difference_(mean_.size()),
      product_(LargestProduct(penalties, layout)) {
  if (penalties.empty()) return;
  for (const Slice& slice : layout.slices()) tasks_.push_back(slice.tasks);
}

bool ParamPenalties::Learns(Index slice, const Step& step) const {
  if (!frozen_.empty() && frozen_[At(slice)]) return false;
  return std::ranges::any_of(tasks_[At(slice)], [&](Index task) {
    return step.present[At(task)] != 0;
  });
}

double ParamPenalties::AddGradients(const Block& weights,
                                    std::span<const std::uint8_t> present,
                                    std::span<Real> gradient) {
  const Step step = {weights, present, gradient};
  double sum = 0;
  for (const ParamPenalty& penalty : penalties_) {
    sum += penalty.kind == PenaltyKind::kOrthogonal ? Products(penalty, step)
                                                    : Distances(penalty, step);
  }
  return sum;
}

void ParamPenalties::AddTo(Index slice, double factor, const Real* values,
                           const Step& step) {
  const Slice& place = step.weights.layout().slice(slice);
  ActiveKernels().axpy(static_cast<Real>(factor), values,
                       step.gradient.data() + place.offset, place.size());
}

// The sum over pairs is G times that of the distances from the mean. The
// mean's own gradient cancels in the sum over groups.
double ParamPenalties::Distances(const ParamPenalty& penalty,
                                 const Step& step) {
  const Kernels& kernels = ActiveKernels();
  const double groups = static_cast<double>(penalty.groups.size());
  const double strength =
      penalty.strength * (penalty.kind == PenaltyKind::kPairs ? groups : 1);
  double sum = 0;
  for (std::size_t i = 0; i < penalty.groups.front().size(); ++i) {
    const Index size =
        step.weights.layout().slice(penalty.groups.front()[i]).size();
    std::fill_n(mean_.begin(), size, Real(0));
    for (const std::vector<Index>& group : penalty.groups) {
      kernels.axpy(static_cast<Real>(1 / groups),
                   step.weights.At(group[i]).data, mean_.data(), size);
    }
    for (const std::vector<Index>& group : penalty.groups) {
      std::copy_n(step.weights.At(group[i]).data, size, difference_.begin());
      kernels.axpy(Real(-1), mean_.data(), difference_.data(), size);
      sum += kernels.dot(difference_.data(), difference_.data(), size);
      if (!Learns(group[i], step)) continue;
      AddTo(group[i], 2 * strength, difference_.data(), step);
    }
  }
  return strength * sum;
}

double ParamPenalties::Products(const ParamPenalty& penalty, const Step& step) {
  double sum = 0;
  for (std::size_t g = 0; g < penalty.groups.size(); ++g) {
    for (std::size_t h = g + 1; h < penalty.groups.size(); ++h) {
      sum +=
          Product(penalty.strength, penalty.groups[g], penalty.groups[h], step);
    }
  }
  return sum;
}

// With M = A^T B the gradients are 2 B M^T of A and 2 A M of B.
double ParamPenalties::Product(double strength, const std::vector<Index>& a,
                               const std::vector<Index>& b, const Step& step) {
  const Kernels& kernels = ActiveKernels();
  const Index rows = step.weights.layout().slice(a.front()).spec.cols;
  const Index cols = step.weights.layout().slice(b.front()).spec.cols;
  std::fill_n(product_.begin(), rows * cols, Real(0));
  for (std::size_t s = 0; s < a.size(); ++s) {
    const ConstMatView x = step.weights.At(a[s]);
    const ConstMatView y = step.weights.At(b[s]);
    for (Index row = 0; row < x.rows; ++row) {
      for (Index i = 0; i < rows; ++i) {
        kernels.axpy(x(row, i), y.Row(row), product_.data() + i * cols, cols);
      }
    }
  }
  const double square =
      kernels.dot(product_.data(), product_.data(), rows * cols);
  const auto factor = static_cast<Real>(2 * strength);
  for (std::size_t s = 0; s < a.size(); ++s) {
    const ConstMatView x = step.weights.At(a[s]);
    const ConstMatView y = step.weights.At(b[s]);
    Real* dx = step.gradient.data() + step.weights.layout().slice(a[s]).offset;
    Real* dy = step.gradient.data() + step.weights.layout().slice(b[s]).offset;
    const bool x_learns = Learns(a[s], step);
    const bool y_learns = Learns(b[s], step);
    for (Index row = 0; row < x.rows; ++row) {
      for (Index i = 0; i < rows; ++i) {
        const Real* of_i = product_.data() + i * cols;
        if (x_learns) {
          dx[row * rows + i] +=
              factor * static_cast<Real>(kernels.dot(y.Row(row), of_i, cols));
        }
        if (!y_learns) continue;
        kernels.axpy(factor * x(row, i), of_i, dy + row * cols, cols);
      }
    }
  }
  return strength * square;
}

}  // namespace mtlkit
