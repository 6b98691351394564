#pragma once

#include "base/view.h"

namespace mtlkit {

// What numbers become in front of a network: rows x cols of them, and `count`
// outputs (waves: 2 count) for each, side by side, column after column.
struct PiecesArgs {
  const Real* x = nullptr;  // rows x cols
  Index x_stride = 0;
  Index rows = 0;
  Index cols = 0;
  Index count = 0;
  const Real* edges = nullptr;  // cols x (count + 1); the last is not read
  const Real* scale = nullptr;  // cols x count: one over the width of a piece
  Real* y = nullptr;
  Index y_stride = 0;
};

struct WavesArgs {
  const Real* x = nullptr;  // rows x cols
  Index x_stride = 0;
  Index rows = 0;
  Index cols = 0;
  Index count = 0;
  const Real* frequency = nullptr;  // cols x count
  // count sines and count cosines of each column.
  Real* y = nullptr;
  Index y_stride = 0;
};

struct WavesGradientArgs {
  const Real* x = nullptr;  // rows x cols
  Index x_stride = 0;
  Index rows = 0;
  Index cols = 0;
  Index count = 0;
  const Real* y = nullptr;  // as the forward pass left it
  Index y_stride = 0;
  const Real* dy = nullptr;
  Index dy_stride = 0;
  Real* dfrequency = nullptr;  // cols x count; set
};

struct NumberKernels {
  // y = min(max((x - edge) scale, 0), 1).
  void (*pieces)(const PiecesArgs& args) noexcept;
  // y = sin(2 pi c x), cos(2 pi c x), within a few roundings of c x.
  void (*waves)(const WavesArgs& args) noexcept;
  // Sums over rows, ascending.
  void (*waves_gradient)(const WavesGradientArgs& args) noexcept;
};

}  // namespace mtlkit
