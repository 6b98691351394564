#include "train/half_space_solver.h"

#include <algorithm>
#include <cmath>

#include "train/small_factor.h"

namespace mtlkit {

double Product(Mat<const double> gramian, std::span<const double> v,
               std::span<double> out) {
  std::fill(out.begin(), out.end(), 0.0);
  for (std::size_t j = 0; j < v.size(); ++j) {
    if (v[j] == 0) continue;
    // By rows, as they lie; it is symmetric.
    AddTimes(v[j], gramian.Row(static_cast<Index>(j)), v.size(), out.data());
  }
  return Dot(v.data(), out.data(), v.size());
}

HalfSpaceSolver::HalfSpaceSolver(Index most)
    : solver_(most),
      length_(At(most)),
      cosine_(At(most) * At(most)),
      b_(At(most)) {}

void HalfSpaceSolver::Begin(Mat<const double> gramian) {
  gramian_ = gramian;
  const std::size_t count = At(gramian.rows);
  for (std::size_t i = 0; i < count; ++i) {
    const Index row = static_cast<Index>(i);
    const double length = std::sqrt(std::max(0.0, gramian(row, row)));
    // What is 0 already is not divided.
    length_[i] = length > 0 ? length : 1;
  }
  for (std::size_t i = 0; i < count; ++i) {
    const double* row = gramian.Row(static_cast<Index>(i));
    for (std::size_t j = 0; j < count; ++j) {
      cosine_[i * count + j] = row[j] / length_[i] / length_[j];
    }
  }
}

// In multiples z_i = x_i |g_i| of unit vectors, with cosines C: min z'Cz / 2 -
// sum_i z_i (level - (Gu)_i) / |g_i| over z >= 0.
void HalfSpaceSolver::Solve(std::span<const double> u, double level,
                            std::span<double> x) {
  const std::size_t count = u.size();
  const Index size = static_cast<Index>(count);
  const std::span<double> b = {b_.data(), count};
  Product(gramian_, u, b);
  for (std::size_t i = 0; i < count; ++i) b[i] = (level - b[i]) / length_[i];
  solver_.Solve({cosine_.data(), size, size}, b, x);
  for (std::size_t i = 0; i < count; ++i) x[i] /= length_[i];
}

}  // namespace mtlkit
