#pragma once

#include <algorithm>

#include "base/view.h"
#include "nn/window.h"

namespace mtlkit {

// Calls work(pixel of the small grid, tap, pixel of the large grid) for all
// taps of the windows that lie in the large grid: pixel by pixel, each tap by
// tap.
template <class Work>
void ForTaps(const Window& window, const Sides& large, Work work) {
  const Sides small = window.Small(large);
  Index pixel = 0;
  for (Index l = 0; l < small.height; ++l) {
    for (Index q = 0; q < small.width; ++q, ++pixel) {
      const Index top = l * window.stride.height - window.padding.height;
      const Index left = q * window.stride.width - window.padding.width;
      for (Index ky = 0; ky < window.kernel.height; ++ky) {
        const Index y = top + ky * window.dilation.height;
        if (y < 0 || y >= large.height) continue;
        for (Index kx = 0; kx < window.kernel.width; ++kx) {
          const Index x = left + kx * window.dilation.width;
          if (x < 0 || x >= large.width) continue;
          work(pixel, ky * window.kernel.width + kx, y * large.width + x);
        }
      }
    }
  }
}

}  // namespace mtlkit
