#include "nn/window.h"

#include "base/error.h"

namespace mtlkit {
namespace {

constexpr double kMostSide = 65536;

Index SmallSide(Index large, Index kernel, Index stride, Index padding,
                Index dilation) {
  const Index rest = large + 2 * padding - dilation * (kernel - 1) - 1;
  return rest < 0 ? 0 : rest / stride + 1;
}

void CheckSide(const char* side, Index kernel, Index stride, Index padding,
               Index dilation) {
  Require(kernel > 0 && stride > 0 && dilation > 0 && padding >= 0,
          ErrorKind::kUsage,
          Str("a window of ", side, " ", kernel, ", stride ", stride,
              ", dilation ", dilation, " and padding ", padding));
  Require(padding <= dilation * (kernel - 1), ErrorKind::kUsage,
          Str("a window of ", side, " ", kernel, " may lie in a padding of ",
              padding, " alone"),
          "give less padding");
}

}  // namespace

Sides Window::Small(const Sides& large) const {
  return {SmallSide(large.height, kernel.height, stride.height, padding.height,
                    dilation.height),
          SmallSide(large.width, kernel.width, stride.width, padding.width,
                    dilation.width)};
}

void Window::Check() const {
  CheckSide("height", kernel.height, stride.height, padding.height,
            dilation.height);
  CheckSide("width", kernel.width, stride.width, padding.width, dilation.width);
}

void DescribeWindow(Fields& fields, Sides* grid, Window* window) {
  const Range side = Between(1, kMostSide);
  fields("height", grid->height, "of the grid", side);
  fields("width", grid->width, "of the grid", side);
  fields("kernel-height", window->kernel.height, "of the window", side);
  fields("kernel-width", window->kernel.width, "of the window", side);
  fields("stride-height", window->stride.height, "lines between windows", side);
  fields("stride-width", window->stride.width, "columns between them", side);
  const Range most = Between(0, kMostSide);
  fields("padding-height", window->padding.height,
         "lines of zeros above and below", most);
  fields("padding-width", window->padding.width,
         "columns of zeros left and right", most);
  fields("dilation-height", window->dilation.height,
         "lines between those of a window", side);
  fields("dilation-width", window->dilation.width,
         "columns between those of a window", side);
}

Space SpaceOf(const Sides& grid) {
  return {SpaceKind::kGrid, grid.height, grid.width, -1};
}

void RequireGrid(const Space& space, const Sides& grid) {
  Require(space == SpaceOf(grid), ErrorKind::kUsage,
          Str("works on ", SpaceText(SpaceOf(grid)), ", but gets ",
              SpaceText(space)));
}

Space SmallSpace(const Window& window, const Sides& grid) {
  const Sides small = window.Small(grid);
  Require(small.height > 0 && small.width > 0, ErrorKind::kUsage,
          Str("a window of ", window.kernel.height, " x ", window.kernel.width,
              " does not fit into ", SpaceText(SpaceOf(grid))),
          "give a smaller window, or more padding");
  return SpaceOf(small);
}

}  // namespace mtlkit
