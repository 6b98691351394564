#include "train/small_factor.h"

#include <Eigen/Core>
#include <cmath>

namespace mtlkit {
namespace {

using Vector = Eigen::Map<Eigen::VectorXd>;
using ConstVector = Eigen::Map<const Eigen::VectorXd>;
using Lower = Eigen::Map<
    Eigen::Matrix<double, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>, 0,
    Eigen::OuterStride<>>;

}  // namespace

bool Factorise(Index from, const Triangle& matrix) {
  for (Index i = from; i < matrix.count; ++i) {
    double* row = matrix.Row(i);
    for (Index j = 0; j < i; ++j) {
      const double* other = matrix.Row(j);
      row[j] = (row[j] - Dot(row, other, At(j))) / other[j];
    }
    const double left = row[i] - Dot(row, row, At(i));
    if (!(left > kDependent * row[i])) return false;
    row[i] = std::sqrt(left);
  }
  return true;
}

void SolveFactored(const Triangle& factor, double* x) {
  const Lower lower(factor.data, factor.count, factor.count,
                    Eigen::OuterStride<>(factor.stride));
  Vector solution(x, factor.count);
  lower.triangularView<Eigen::Lower>().solveInPlace(solution);
  lower.transpose().triangularView<Eigen::Upper>().solveInPlace(solution);
}

double Dot(const double* a, const double* b, std::size_t size) {
  const Index count = static_cast<Index>(size);
  return ConstVector(a, count).dot(ConstVector(b, count));
}

void AddTimes(double times, const double* a, std::size_t size, double* out) {
  const Index count = static_cast<Index>(size);
  Vector(out, count) += times * ConstVector(a, count);
}

// b' = s a + c b, then a' = (a - s b') / c, since c^2 + s^2 = 1: no third
// vector is needed.
void Rotate(double cosine, double sine, std::size_t size, double* a,
            double* b) {
  const Index count = static_cast<Index>(size);
  Vector from(a, count);
  Vector to(b, count);
  to = sine * from + cosine * to;
  from = (from - sine * to) / cosine;
}

}  // namespace mtlkit
