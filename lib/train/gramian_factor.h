#pragma once

#include <span>
#include <vector>

#include "base/view.h"

namespace mtlkit {

// A Gramian G as LL' with as many columns as rows are independent: by Cholesky
// with pivoting. A row counts as dependent where less than 1e-13 of its own
// square is left beside the others, so that neither the scale of rows nor
// differences of scale between them matter. Memory is made once. Not
// thread-safe.
class GramianFactor {
 public:
  explicit GramianFactor(Index most);

  void Factorise(Mat<const double> gramian);
  Index rank() const { return static_cast<Index>(pivots_.size()); }
  // Sets x = G^+ b: of the x for which Gx comes nearest to b, the shortest.
  void Solve(std::span<const double> b, std::span<double> x);

  // Turns the columns of L into eigenvectors of G, each as long as the square
  // root of its eigenvalue: by rotations of two columns at a time (one-sided
  // Jacobi), which keep small eigenvalues exact.
  void Diagonalise();
  // Of `rank` ones, in no order; after Diagonalise.
  double Eigenvalue(Index k) const { return squares_[At(k)]; }
  std::span<const double> Axis(Index k) const {
    return {columns_.data() + At(k) * size_, size_};
  }

 private:
  double* Column(std::size_t k) { return columns_.data() + k * size_; }
  double Entry(std::size_t row, std::size_t k) const {
    return columns_[k * size_ + row];
  }
  // The row most of which is left, or -1 where all are dependent.
  Index NextPivot(Mat<const double> gramian) const;
  void SolveTriangles(std::span<const double> b, std::span<double> x) const;
  // Turns two columns to right angles; whether they were already.
  bool Straighten(std::size_t j, std::size_t k);

  std::size_t size_ = 0;
  std::vector<std::size_t> pivots_;  // the row that each column began with
  std::vector<double> columns_;      // of L, one after the other
  std::vector<double> left_;         // of the square of each row
  std::vector<double> squares_;
  bool is_diagonal_ = false;
};

}  // namespace mtlkit
