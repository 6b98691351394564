#pragma once

#include <algorithm>
#include <span>
#include <vector>

#include "base/view.h"
#include "kernels/kernels.h"

namespace mtlkit {

// A combination of task gradients, sum over k of c_k g_k, known by its
// coefficients and by its inner products with all of them: both follow from
// their Gramian, of which adding a term takes one row. So what a method does to
// one gradient after another costs tasks^2 at most, whatever their length.
class CombinedGradient {
 public:
  explicit CombinedGradient(std::size_t most_tasks)
      : coefficients_(most_tasks), products_(most_tasks) {}

  // It is g_i.
  void Begin(Mat<const double> gramian, Index i) {
    gramian_ = gramian;
    std::fill(coefficients_.begin(), coefficients_.end(), 0.0);
    coefficients_[At(i)] = 1;
    std::copy_n(gramian.Row(i), gramian.cols, products_.begin());
  }
  // Its inner product with g_j.
  double Product(Index j) const { return products_[At(j)]; }
  // Adds c g_j.
  void Add(Index j, double c) {
    coefficients_[At(j)] += c;
    kernels_.axpy_double(c, gramian_.Row(j), products_.data(), gramian_.cols);
  }
  std::span<const double> coefficients() const {
    return std::span(coefficients_).first(At(gramian_.cols));
  }

 private:
  const Kernels& kernels_ = ActiveKernels();
  Mat<const double> gramian_;
  std::vector<double> coefficients_;
  std::vector<double> products_;
};

}  // namespace mtlkit
