#pragma once

#include <cstdint>

#include "base/rng.h"
#include "base/view.h"

namespace mtlkit {

// Bytes of a row of DropoutArgs::kept.
constexpr Index KeptBytes(Index cols) {
  return (cols + 31) / 32 * 4;
}

struct DropoutArgs {
  const Rng* random = nullptr;
  Index first_row = 0;  // of the numbers of `random`
  double rate = 0;
  const Real* x = nullptr;  // rows x cols
  Index x_stride = 0;
  Real* y = nullptr;
  Index y_stride = 0;
  Index rows = 0;
  Index cols = 0;
  std::uint8_t* kept = nullptr;  // rows x KeptBytes(cols): a bit a column
};

}  // namespace mtlkit
