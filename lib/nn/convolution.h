#pragma once

#include "base/view.h"
#include "kernels/kernels.h"
#include "nn/window.h"

namespace mtlkit {

// A convolution between a large grid of `channels` a pixel and a small one of
// `units`: the kernel has a row for each (ky, kx, channel of a group) and a
// column for each unit. Group g of the channels meets group g of the units.
struct ConvShape {
  Sides large;
  Index channels = 1;
  Index units = 1;
  Window window;
  Index groups = 1;

  Sides small() const { return window.Small(large); }
  Index depth() const { return window.kernel.area() * (channels / groups); }
};

// The products of one image (cross-correlation, as networks call convolution),
// of the product kernels alone: in the layout of pixels by channels, channels
// and taps of a line lie side by side, so that a line of output is one product
// for each line of the kernel, and nothing is gathered. Where windows are
// dilated or in groups, or lines are short, patches of some pixels are gathered
// (never of a whole image). Both ways make one chain of multiply-adds for each
// number, in the order of the kernel's rows: the same bits.
//
// Methods take what they need of the caller: `scratch` of ScratchSize numbers.
class Convolution {
 public:
  explicit Convolution(const ConvShape& shape);

  const ConvShape& shape() const { return shape_; }
  Index ScratchSize() const;

  // From large to small: y = W x (+ bias, one a unit, or null).
  Index DownSize() const;  // of `prepared`
  void PrepareDown(const Kernels& kernels, const Real* kernel,
                   Real* prepared) const;
  void Down(const Kernels& kernels, const Real* large, const Real* bias,
            const Real* prepared, Real* small, Real* scratch) const;

  // From small to large, by the transpose of W: the gradient of Down's input,
  // and what is called a transposed convolution (bias: one a channel, or null).
  Index UpSize() const;
  void PrepareUp(const Kernels& kernels, const Real* kernel,
                 Real* prepared) const;
  void Up(const Kernels& kernels, const Real* small, const Real* bias,
          const Real* prepared, Real* large, Real* scratch) const;

  // Rows [first_row, first_row + dw.rows) of the kernel's gradient; the chains
  // go on from what dw holds, with `add`.
  void KernelGradient(const Kernels& kernels, const Real* large,
                      const Real* small, Index first_row, MatView dw, bool add,
                      Real* scratch) const;

 private:
  // Some pixels of the small grid, in its order, and some rows of the kernel.
  struct Patch {
    Index first_pixel = 0;
    Index pixels = 0;
    Index first_row = 0;
    Index rows = 0;
    Index group = 0;
  };

  Sides padded() const;
  Index padded_size() const;
  Index strip_pixels() const;
  Index group_units() const { return shape_.units / shape_.groups; }
  Index group_channels() const { return shape_.channels / shape_.groups; }
  bool reads_lines() const;  // no gathering on the way down
  bool sums_lines() const;   // nor in gradients of the kernel
  bool is_mirrored() const;  // Up is a Down of the turned kernel
  ConvShape Mirrored() const;

  const Real* Pad(const Real* large, Real* padded) const;
  void DownByLines(const Kernels& kernels, const Real* padded, const Real* bias,
                   const Real* prepared, Real* small) const;
  void DownByPatches(const Kernels& kernels, const Real* padded,
                     const Real* bias, const Real* prepared, Real* small,
                     Real* strip) const;
  void GradientByLines(const Kernels& kernels, const Real* padded,
                       const Real* small, Index first_row, MatView dw, bool add,
                       Real* scratch) const;
  // Calls visit(place in the strip, place in the padded grid, count) for each
  // run of numbers of a patch that lies side by side in both.
  template <class Visit>
  void ForRuns(const Patch& patch, Visit visit) const;

  ConvShape shape_;
  Sides small_;
};

}  // namespace mtlkit
