#pragma once

#include "base/view.h"

namespace mtlkit {

// What solvers of small problems share.

// Below this part of its own square, what is left of a variable beside others
// is rounding.
inline constexpr double kDependent = 1e-13;
// A gradient below this part of what it is the difference of is rounding.
inline constexpr double kStationary = 1e-14;

// The lower half of a symmetric matrix, or its factor, row by row.
struct Triangle {
  double* data = nullptr;
  Index count = 0;
  Index stride = 0;  // from row to row

  double* Row(Index i) const { return data + i * stride; }
};

// Makes of a matrix its factor L, the matrix being LL': of the rows from `from`
// on; those before are of the factor already. False where row i depends on
// those before it: what stands in rows from i on is then undefined.
bool Factorise(Index from, const Triangle& matrix);

// x = (LL')^-1 x.
void SolveFactored(const Triangle& factor, double* x);

double Dot(const double* a, const double* b, std::size_t size);
// out += times * a.
void AddTimes(double times, const double* a, std::size_t size, double* out);
// Sets (a, b) to (cosine a - sine b, sine a + cosine b); cosine above 0.
void Rotate(double cosine, double sine, std::size_t size, double* a, double* b);

}  // namespace mtlkit
