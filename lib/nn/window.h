#pragma once

#include <string>

#include "base/options.h"
#include "base/view.h"
#include "nn/space.h"

namespace mtlkit {

// Height and width of a grid, or steps along them.
struct Sides {
  Index height = 1;
  Index width = 1;
  Index area() const { return height * width; }
  friend bool operator==(const Sides&, const Sides&) = default;
};

// How a window goes over a grid: pixel (l, q) of the smaller grid belongs to
// the pixels l stride - padding + i dilation (i < kernel) of the larger one.
struct Window {
  Sides kernel = {3, 3};
  Sides stride = {1, 1};
  Sides padding = {0, 0};
  Sides dilation = {1, 1};

  // The smaller grid; 0 or less where the window does not fit.
  Sides Small(const Sides& large) const;
  // Refuses sides that are none, and a padding that holds a whole window
  // (kUsage).
  void Check() const;
};

// A window as an option of a layer, and the grid that it goes over: "height",
// "kernel-height", "stride-height", ...
void DescribeWindow(Fields& fields, Sides* grid, Window* window);

// The space of a grid, and the demand (kUsage) that a layer for `grid` gets it.
Space SpaceOf(const Sides& grid);
void RequireGrid(const Space& space, const Sides& grid);
// The grid that a layer makes; kUsage where no window fits into what it reads.
Space SmallSpace(const Window& window, const Sides& grid);

}  // namespace mtlkit
