#include "nn/convolution.h"

#include <algorithm>

#include "nn/params.h"

namespace mtlkit {
namespace {

// Lines of fewer pixels fill the tiles of the product badly.
constexpr Index kLeastLine = 14;
// Fewer channels make sums too short for a call of their own.
constexpr Index kLeastChannels = 8;
// Numbers of gathered patches: what the second level of caches holds.
constexpr Index kStripNumbers = 32768;
constexpr Index kLeastStrip = 24;
constexpr Index kMostStrip = 256;

}  // namespace

Convolution::Convolution(const ConvShape& shape)
    : shape_(shape), small_(shape.small()) {}

Sides Convolution::padded() const {
  return {shape_.large.height + 2 * shape_.window.padding.height,
          shape_.large.width + 2 * shape_.window.padding.width};
}

Index Convolution::padded_size() const {
  return padded().area() * shape_.channels;
}

Index Convolution::strip_pixels() const {
  return std::min(small_.area(), std::clamp(kStripNumbers / shape_.depth(),
                                            kLeastStrip, kMostStrip));
}

bool Convolution::reads_lines() const {
  return shape_.groups == 1 && shape_.window.dilation.width == 1 &&
         shape_.channels >= kLeastChannels && small_.width >= kLeastLine;
}

bool Convolution::sums_lines() const {
  return shape_.groups == 1 && shape_.window.dilation.width == 1 &&
         shape_.channels >= kLeastChannels &&
         shape_.window.stride == Sides{1, 1};
}

bool Convolution::is_mirrored() const {
  return shape_.groups == 1 && shape_.window.stride == Sides{1, 1};
}

ConvShape Convolution::Mirrored() const {
  const Window& w = shape_.window;
  ConvShape turned = shape_;
  turned.large = small_;
  turned.channels = shape_.units;
  turned.units = shape_.channels;
  turned.window.padding = {
      w.dilation.height * (w.kernel.height - 1) - w.padding.height,
      w.dilation.width * (w.kernel.width - 1) - w.padding.width};
  return turned;
}

Index Convolution::ScratchSize() const {
  const Index strip = strip_pixels() * shape_.depth();
  const Index lines = small_.height * padded().width * shape_.units;
  const Index own = PaddedSize(padded_size()) +
                    PaddedSize(std::max(strip, lines)) + kWeightGradientScratch;
  if (!is_mirrored()) return own;
  const Convolution turned(Mirrored());
  return std::max(
      own, PaddedSize(turned.padded_size()) +
               PaddedSize(turned.strip_pixels() * turned.shape_.depth()));
}

// --- Patches -----------------------------------------------------------------

const Real* Convolution::Pad(const Real* large, Real* padded_grid) const {
  const Sides padding = shape_.window.padding;
  if (padding == Sides{0, 0}) return large;
  const Index line = shape_.large.width * shape_.channels;
  const Index side = padding.width * shape_.channels;
  const Index border = padding.height * (line + 2 * side);
  Real* to = std::fill_n(padded_grid, border, Real(0));
  for (Index y = 0; y < shape_.large.height; ++y) {
    to = std::fill_n(to, side, Real(0));
    to = std::copy_n(large + y * line, line, to);
    to = std::fill_n(to, side, Real(0));
  }
  std::fill_n(to, border, Real(0));
  return padded_grid;
}

template <class Visit>
void Convolution::ForRuns(const Patch& patch, Visit visit) const {
  const Window& w = shape_.window;
  const Index channels = group_channels();
  // Taps that lie side by side are one run.
  const bool joined = shape_.groups == 1 && w.dilation.width == 1;
  const Index run = joined ? w.kernel.width * channels : channels;
  const Index line = padded().width * shape_.channels;
  const Index end = patch.first_row + patch.rows;
  for (Index i = 0; i < patch.pixels; ++i) {
    const Index pixel = patch.first_pixel + i;
    const Index corner =
        pixel / small_.width * w.stride.height * line +
        pixel % small_.width * w.stride.width * shape_.channels +
        patch.group * channels;
    Index row = patch.first_row;
    while (row < end) {
      const Index tap = row / channels;
      const Index ky = tap / w.kernel.width;
      const Index kx = tap % w.kernel.width;
      const Index count = std::min(end, (row / run + 1) * run) - row;
      visit(i * patch.rows + row - patch.first_row,
            corner + ky * w.dilation.height * line +
                kx * w.dilation.width * shape_.channels + row % channels,
            count);
      row += count;
    }
  }
}

// --- Down --------------------------------------------------------------------

Index Convolution::DownSize() const {
  return shape_.groups * PackedSize(shape_.depth(), group_units());
}

void Convolution::PrepareDown(const Kernels& kernels, const Real* kernel,
                              Real* prepared) const {
  const Index units = shape_.units;
  if (reads_lines()) {
    // A line of the kernel after the other.
    const Index depth = shape_.depth() / shape_.window.kernel.height;
    for (Index ky = 0; ky < shape_.window.kernel.height; ++ky) {
      kernels.pack(kernel + ky * depth * units, units, depth, units,
                   prepared + ky * PackedSize(depth, units));
    }
    return;
  }
  for (Index g = 0; g < shape_.groups; ++g) {
    kernels.pack(kernel + g * group_units(), units, shape_.depth(),
                 group_units(),
                 prepared + g * PackedSize(shape_.depth(), group_units()));
  }
}

void Convolution::Down(const Kernels& kernels, const Real* large,
                       const Real* bias, const Real* prepared, Real* small,
                       Real* scratch) const {
  const Real* padded_grid = Pad(large, scratch);
  if (reads_lines()) {
    DownByLines(kernels, padded_grid, bias, prepared, small);
  } else {
    DownByPatches(kernels, padded_grid, bias, prepared, small,
                  scratch + PaddedSize(padded_size()));
  }
}

void Convolution::DownByLines(const Kernels& kernels, const Real* padded_grid,
                              const Real* bias, const Real* prepared,
                              Real* small) const {
  const Window& w = shape_.window;
  const Index units = shape_.units;
  const Index line = padded().width * shape_.channels;
  const Index depth = shape_.depth() / w.kernel.height;
  for (Index l = 0; l < small_.height; ++l) {
    for (Index ky = 0; ky < w.kernel.height; ++ky) {
      const bool is_last = ky + 1 == w.kernel.height;
      const Index y = l * w.stride.height + ky * w.dilation.height;
      kernels.product({.a = padded_grid + y * line,
                       .a_stride = w.stride.width * shape_.channels,
                       .b = prepared + ky * PackedSize(depth, units),
                       .c = small + l * small_.width * units,
                       .c_stride = units,
                       .rows = small_.width,
                       .depth = depth,
                       .cols = units,
                       .add = ky > 0,
                       .bias = is_last ? bias : nullptr});
    }
  }
}

void Convolution::DownByPatches(const Kernels& kernels, const Real* padded_grid,
                                const Real* bias, const Real* prepared,
                                Real* small, Real* strip) const {
  const Index depth = shape_.depth();
  const Index units = group_units();
  const Index most = strip_pixels();
  for (Index first = 0; first < small_.area(); first += most) {
    const Index pixels = std::min(most, small_.area() - first);
    for (Index g = 0; g < shape_.groups; ++g) {
      ForRuns({first, pixels, 0, depth, g},
              [&](Index to, Index from, Index count) {
                std::copy_n(padded_grid + from, count, strip + to);
              });
      kernels.product({.a = strip,
                       .a_stride = depth,
                       .b = prepared + g * PackedSize(depth, units),
                       .c = small + first * shape_.units + g * units,
                       .c_stride = shape_.units,
                       .rows = pixels,
                       .depth = depth,
                       .cols = units,
                       .bias = bias == nullptr ? nullptr : bias + g * units});
    }
  }
}

// --- Up ----------------------------------------------------------------------

Index Convolution::UpSize() const {
  if (is_mirrored()) {
    // With the turned kernel itself behind what is made of it.
    return Convolution(Mirrored()).DownSize() +
           shape_.window.kernel.area() * shape_.channels * shape_.units;
  }
  return shape_.groups * PackedSize(group_units(), shape_.depth());
}

void Convolution::PrepareUp(const Kernels& kernels, const Real* kernel,
                            Real* prepared) const {
  const Index units = shape_.units;
  if (!is_mirrored()) {
    for (Index g = 0; g < shape_.groups; ++g) {
      kernels.pack_transposed(
          kernel + g * group_units(), units, group_units(), shape_.depth(),
          prepared + g * PackedSize(group_units(), shape_.depth()));
    }
    return;
  }
  // Row (ky, kx, unit) of the turned kernel is column `unit` of the rows of the
  // tap opposite to (ky, kx).
  const Convolution turned(Mirrored());
  const Index channels = shape_.channels;
  const Index taps = shape_.window.kernel.area();
  Real* opposite = prepared + turned.DownSize();
  for (Index tap = 0; tap < taps; ++tap) {
    const Real* from = kernel + (taps - 1 - tap) * channels * units;
    Real* to = opposite + tap * units * channels;
    for (Index u = 0; u < units; ++u) {
      for (Index c = 0; c < channels; ++c) {
        to[u * channels + c] = from[c * units + u];
      }
    }
  }
  turned.PrepareDown(kernels, opposite, prepared);
}

void Convolution::Up(const Kernels& kernels, const Real* small,
                     const Real* bias, const Real* prepared, Real* large,
                     Real* scratch) const {
  if (is_mirrored()) {
    Convolution(Mirrored())
        .Down(kernels, small, bias, prepared, large, scratch);
    return;
  }
  const Index depth = shape_.depth();
  const Index units = group_units();
  const Index most = strip_pixels();
  Real* sums = scratch;
  Real* strip = scratch + PaddedSize(padded_size());
  for (Index at = 0; at < padded_size(); at += shape_.channels) {
    if (bias == nullptr) {
      std::fill_n(sums + at, shape_.channels, Real(0));
    } else {
      std::copy_n(bias, shape_.channels, sums + at);
    }
  }
  for (Index first = 0; first < small_.area(); first += most) {
    const Index pixels = std::min(most, small_.area() - first);
    for (Index g = 0; g < shape_.groups; ++g) {
      kernels.product({.a = small + first * shape_.units + g * units,
                       .a_stride = shape_.units,
                       .b = prepared + g * PackedSize(units, depth),
                       .c = strip,
                       .c_stride = depth,
                       .rows = pixels,
                       .depth = units,
                       .cols = depth});
      ForRuns({first, pixels, 0, depth, g},
              [&](Index from, Index to, Index count) {
                kernels.add(strip + from, sums + to, sums + to, count);
              });
    }
  }
  const Sides padding = shape_.window.padding;
  const Index line = shape_.large.width * shape_.channels;
  for (Index y = 0; y < shape_.large.height; ++y) {
    const Index begin = (y + padding.height) * padded().width + padding.width;
    std::copy_n(sums + begin * shape_.channels, line, large + y * line);
  }
}

// --- The gradient of the kernel ----------------------------------------------

void Convolution::KernelGradient(const Kernels& kernels, const Real* large,
                                 const Real* small, Index first_row, MatView dw,
                                 bool add, Real* scratch) const {
  const Real* padded_grid = Pad(large, scratch);
  Real* own = scratch + PaddedSize(padded_size());
  if (sums_lines()) {
    GradientByLines(kernels, padded_grid, small, first_row, dw, add, own);
    return;
  }
  const Index units = group_units();
  const Index most = strip_pixels();
  for (Index first = 0; first < small_.area(); first += most) {
    const Index pixels = std::min(most, small_.area() - first);
    for (Index g = 0; g < shape_.groups; ++g) {
      ForRuns({first, pixels, first_row, dw.rows, g},
              [&](Index to, Index from, Index count) {
                std::copy_n(padded_grid + from, count, own + to);
              });
      kernels.weight_gradient(
          {.x = own,
           .x_stride = dw.rows,
           .dy = small + first * shape_.units + g * units,
           .dy_stride = shape_.units,
           .dw = dw.data + g * units,
           .dw_stride = dw.cols,
           .rows = pixels,
           .inputs = dw.rows,
           .outputs = units,
           .add = add || first > 0,
           .scratch = own + PaddedSize(most * shape_.depth())});
    }
  }
}

// Lines of the small grid are made as long as the padded ones of the large
// grid, by zeros: pixels of several lines then lie at the same distance in
// both.
void Convolution::GradientByLines(const Kernels& kernels,
                                  const Real* padded_grid, const Real* small,
                                  Index first_row, MatView dw, bool add,
                                  Real* scratch) const {
  const Index width = padded().width;
  const Index units = shape_.units;
  const Index channels = shape_.channels;
  const Index run = shape_.window.kernel.width * channels;
  Real* to = scratch;
  for (Index l = 0; l < small_.height; ++l) {
    to =
        std::copy_n(small + l * small_.width * units, small_.width * units, to);
    to = std::fill_n(to, (width - small_.width) * units, Real(0));
  }
  const Index lines = std::max<Index>(1, kMostStrip / width);
  const Index end = first_row + dw.rows;
  for (Index l = 0; l < small_.height; l += lines) {
    const Index count = std::min(lines, small_.height - l);
    for (Index row = first_row; row < end;) {
      const Index ky = row / run;
      const Index inputs = std::min(end, (ky + 1) * run) - row;
      const Index y = l + ky * shape_.window.dilation.height;
      kernels.weight_gradient(
          {.x = padded_grid + y * width * channels + row % run,
           .x_stride = channels,
           .dy = scratch + l * width * units,
           .dy_stride = units,
           .dw = dw.Row(row - first_row),
           .dw_stride = dw.cols,
           .rows = (count - 1) * width + small_.width,
           .inputs = inputs,
           .outputs = units,
           .add = add || l > 0,
           .scratch = scratch + PaddedSize(small_.height * width * units)});
      row += inputs;
    }
  }
}

}  // namespace mtlkit
