#pragma once

#include "base/view.h"

namespace mtlkit {

struct LayerNormArgs {
  const Real* x = nullptr;  // rows x cols
  Index x_stride = 0;
  Index rows = 0;
  Index cols = 0;
  Real epsilon = 0;             // inside the root, on the biased variance
  const Real* scale = nullptr;  // cols; null: 1
  const Real* shift = nullptr;  // cols; null: 0
  // Forward only.
  Real* y = nullptr;
  Index y_stride = 0;
  // Backward only. dx may be dy; dscale and dshift are set (not added to) from
  // all rows of the call; null: not wanted.
  const Real* dy = nullptr;
  Index dy_stride = 0;
  Real* dx = nullptr;
  Index dx_stride = 0;
  Real* dscale = nullptr;
  Real* dshift = nullptr;
};

struct BatchNormArgs {
  const Real* x = nullptr;  // rows x cols
  Index x_stride = 0;
  Index rows = 0;
  Index cols = 0;
  const Real* mean = nullptr;               // cols
  const Real* inverse_deviation = nullptr;  // cols: 1 / sqrt(variance + eps)
  const Real* scale = nullptr;              // cols; null: 1
  const Real* shift = nullptr;              // cols; null: 0
  Real* y = nullptr;  // forward: (x - mean) inverse_deviation scale + shift
  Index y_stride = 0;
  // Backward. fixed: the statistics are constants (evaluation), else those of
  // this batch, and the gradient goes through them. dx may be dy; outputs may
  // be null.
  bool fixed = false;
  const Real* dy = nullptr;
  Index dy_stride = 0;
  Real* dx = nullptr;
  Index dx_stride = 0;
  Real* dscale = nullptr;
  Real* dshift = nullptr;
};

}  // namespace mtlkit
