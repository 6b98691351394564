#include "train/gramian_factor.h"

#include <algorithm>
#include <cmath>

#include "train/small_factor.h"

namespace mtlkit {
namespace {

// A part below this share of a vector's length is rounding.
constexpr double kNothing = 1e-14;

}  // namespace

GramianFactor::GramianFactor(Index most)
    : columns_(At(most) * At(most)), left_(At(most)), squares_(At(most)) {
  pivots_.reserve(At(most));
}

void GramianFactor::Factorise(Mat<const double> gramian) {
  size_ = At(gramian.rows);
  pivots_.clear();
  is_diagonal_ = false;
  for (std::size_t i = 0; i < size_; ++i) {
    const Index row = static_cast<Index>(i);
    left_[i] = gramian(row, row);
  }
  for (std::size_t k = 0; k < size_; ++k) {
    const Index pivot = NextPivot(gramian);
    if (pivot < 0) return;
    double* column = Column(k);
    const double* row = gramian.Row(pivot);
    std::copy_n(row, size_, column);
    for (std::size_t j = 0; j < k; ++j) {
      const double* before = Column(j);
      AddTimes(-before[At(pivot)], before, size_, column);
    }
    // Rows that came before have nothing left.
    for (const std::size_t done : pivots_) column[done] = 0;
    const double root = std::sqrt(left_[At(pivot)]);
    for (std::size_t i = 0; i < size_; ++i) {
      column[i] /= root;
      left_[i] -= column[i] * column[i];
    }
    column[At(pivot)] = root;
    left_[At(pivot)] = 0;
    pivots_.push_back(At(pivot));
  }
}

Index GramianFactor::NextPivot(Mat<const double> gramian) const {
  Index pivot = -1;
  double most = 0;
  for (std::size_t i = 0; i < size_; ++i) {
    const Index row = static_cast<Index>(i);
    if (left_[i] > most && left_[i] > kDependent * gramian(row, row)) {
      most = left_[i];
      pivot = row;
    }
  }
  return pivot;
}

void GramianFactor::Solve(std::span<const double> b, std::span<double> x) {
  if (pivots_.size() == size_ && !is_diagonal_) {
    SolveTriangles(b, x);
    return;
  }
  Diagonalise();
  const double length = std::sqrt(Dot(b.data(), b.data(), size_));
  std::fill(x.begin(), x.end(), 0.0);
  for (std::size_t k = 0; k < pivots_.size(); ++k) {
    const double* axis = Column(k);
    const double part = Dot(axis, b.data(), size_);
    if (std::abs(part) <= kNothing * length * std::sqrt(squares_[k])) continue;
    const double times = part / squares_[k] / squares_[k];
    AddTimes(times, axis, size_, x.data());
  }
}

// Rows in the order of pivots make L a triangle.
void GramianFactor::SolveTriangles(std::span<const double> b,
                                   std::span<double> x) const {
  for (std::size_t k = 0; k < size_; ++k) {
    const std::size_t row = pivots_[k];
    double sum = b[row];
    for (std::size_t j = 0; j < k; ++j) sum -= Entry(row, j) * x[pivots_[j]];
    x[row] = sum / Entry(row, k);
  }
  for (std::size_t k = size_; k-- > 0;) {
    const std::size_t row = pivots_[k];
    double sum = x[row];
    for (std::size_t j = k + 1; j < size_; ++j) {
      sum -= Entry(pivots_[j], k) * x[pivots_[j]];
    }
    x[row] = sum / Entry(row, k);
  }
}

void GramianFactor::Diagonalise() {
  if (is_diagonal_) return;
  const std::size_t count = pivots_.size();
  // It converges quadratically after a few; the limit is for rounding alone.
  constexpr int kMostSweeps = 40;
  bool done = count < 2;
  for (int sweep = 0; sweep < kMostSweeps && !done; ++sweep) {
    done = true;
    for (std::size_t j = 0; j < count; ++j) {
      for (std::size_t k = j + 1; k < count; ++k) {
        if (!Straighten(j, k)) done = false;
      }
    }
  }
  for (std::size_t k = 0; k < count; ++k) {
    squares_[k] = Dot(Column(k), Column(k), size_);
  }
  is_diagonal_ = true;
}

bool GramianFactor::Straighten(std::size_t j, std::size_t k) {
  double* a = Column(j);
  double* b = Column(k);
  const double across = Dot(a, b, size_);
  const double square_a = Dot(a, a, size_);
  const double square_b = Dot(b, b, size_);
  constexpr double kRightAngle = 4e-15;
  if (std::abs(across) <= kRightAngle * std::sqrt(square_a * square_b)) {
    return true;
  }
  const double half = (square_b - square_a) / (2 * across);
  const double tangent =
      std::copysign(1 / (std::abs(half) + std::hypot(1, half)), half);
  const double cosine = 1 / std::sqrt(1 + tangent * tangent);
  const double sine = cosine * tangent;
  Rotate(cosine, sine, size_, a, b);
  return false;
}

}  // namespace mtlkit
