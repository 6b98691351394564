#pragma once

#include <cassert>
#include <cstddef>
#include <span>
#include <type_traits>

namespace mtlkit {

// Sizes and positions; signed, so that differences are safe.
using Index = std::ptrdiff_t;

// A size or position as containers of the library want it.
constexpr std::size_t At(Index i) {
  return static_cast<std::size_t>(i);
}

// The working precision of data and parameters. The only place that names it:
// the real64 preset makes it double, so that gradients can be checked to 1e-7.
#ifdef MTLKIT_REAL64
using Real = double;
#else
using Real = float;
#endif

// A row-major, contiguous matrix that belongs to somebody else.
template <class T>
struct Mat {
  T* data = nullptr;
  Index rows = 0;
  Index cols = 0;

  Index size() const { return rows * cols; }
  bool empty() const { return data == nullptr || size() == 0; }
  T* Row(Index row) const {
    assert(row >= 0 && row <= rows);
    return data + row * cols;
  }
  T& operator()(Index row, Index col) const {
    assert(row >= 0 && row < rows && col >= 0 && col < cols);
    return data[row * cols + col];
  }
  // Rows [first, first + count).
  Mat Rows(Index first, Index count) const {
    assert(first >= 0 && count >= 0 && first + count <= rows);
    return {data + first * cols, count, cols};
  }
  std::span<T> flat() const { return {data, At(size())}; }

  operator Mat<const T>() const requires(!std::is_const_v<T>) {
    return {data, rows, cols};
  }
};

using MatView = Mat<Real>;
using ConstMatView = Mat<const Real>;

// Gradients of several tasks at once: `count` blocks of rows x cols, stacked.
// One lane is ordinary backpropagation; K lanes carry the gradients of K tasks.
struct Lanes {
  Real* data = nullptr;
  Index count = 0;
  Index rows = 0;
  Index cols = 0;

  bool empty() const { return data == nullptr; }
  MatView Lane(Index lane) const {
    assert(lane >= 0 && lane < count);
    return {data + lane * rows * cols, rows, cols};
  }
  // All lanes as one tall matrix.
  MatView Stacked() const { return {data, count * rows, cols}; }
};

}  // namespace mtlkit
