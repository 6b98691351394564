// Windows of a grid that become a number a channel.
#include <algorithm>
#include <limits>

#include "base/error.h"
#include "nn/layers/layer_options.h"
#include "nn/layers/layers.h"
#include "nn/window_loops.h"

namespace mtlkit {
namespace {

// Both have no parameters and keep the channels.
class WindowLayer : public Layer {
 public:
  WindowLayer(Sides grid, const Window& window)
      : grid_(grid), window_(window) {}
  Index OutputCols(std::span<const Index> cols) const override {
    return cols[0];
  }
  Space OutputSpace(std::span<const Space> spaces) const override {
    RequireGrid(spaces[0], grid_);
    return SmallSpace(window_, grid_);
  }

 protected:
  Index Made() const { return window_.Small(grid_).area(); }
  Sides grid_;
  Window window_;
};

struct MaxWindowOptions {
  Sides grid;
  Window window;
  void Describe(Fields& fields) { DescribeWindow(fields, &grid, &window); }
};

class MaxWindowLayer : public WindowLayer {
 public:
  using WindowLayer::WindowLayer;

  std::string_view kind() const override { return "max-window"; }
  LayerTraits traits() const override {
    return {.reads_output = true, .by_group = true};
  }
  void Describe(Fields& fields) const override {
    MaxWindowOptions{grid_, window_}.Describe(fields);
  }

  // NaN is passed on.
  void Forward(const Pass&, const ForwardArgs& args) const override {
    const Index cols = args.y.cols;
    for (Index row = args.first; row < args.first + args.count; ++row) {
      const Real* in = args.x[0].values.Row(row * grid_.area());
      Real* out = args.y.Row(row * Made());
      std::fill_n(out, Made() * cols, -std::numeric_limits<Real>::infinity());
      ForTaps(window_, grid_, [&](Index pixel, Index, Index from) {
        const Real* x = in + from * cols;
        Real* y = out + pixel * cols;
        for (Index i = 0; i < cols; ++i) y[i] = x[i] <= y[i] ? y[i] : x[i];
      });
    }
  }

  // To the first pixel that is the largest, which then has been found: the
  // gradient that is still to go waits in scratch.
  void Backward(const Pass&, const BackwardArgs& args) const override {
    const Lanes& dx = args.dx[0];
    const Index cols = args.dy.cols;
    for (Index lane = 0; lane < dx.count && !dx.empty(); ++lane) {
      for (Index row = args.first; row < args.first + args.count; ++row) {
        const Real* in = args.x[0].values.Row(row * grid_.area());
        const Real* largest = args.y.Row(row * Made());
        const Real* dy = args.dy.Lane(lane).Row(row * Made());
        Real* to = dx.Lane(lane).Row(row * grid_.area());
        std::fill_n(to, grid_.area() * cols, Real(0));
        Index at = -1;
        ForTaps(window_, grid_, [&](Index pixel, Index, Index from) {
          if (pixel != at) std::copy_n(dy + pixel * cols, cols, args.scratch);
          at = pixel;
          const Real* x = in + from * cols;
          const Real* y = largest + pixel * cols;
          for (Index i = 0; i < cols; ++i) {
            const Real share = x[i] == y[i] ? args.scratch[i] : Real(0);
            to[from * cols + i] += share;
            if (x[i] == y[i]) args.scratch[i] = 0;
          }
        });
      }
    }
  }

  Index ScratchSize(std::span<const Index> cols, Index) const override {
    return cols[0];
  }
};

struct MeanWindowOptions {
  Sides grid;
  Window window;
  bool counts_padding = false;
  void Describe(Fields& fields) {
    DescribeWindow(fields, &grid, &window);
    fields("counts-padding", counts_padding,
           "whether zeros around the grid count");
  }
};

class MeanWindowLayer : public WindowLayer {
 public:
  MeanWindowLayer(Sides grid, const Window& window, bool counts_padding)
      : WindowLayer(grid, window), counts_padding_(counts_padding) {}

  std::string_view kind() const override { return "mean-window"; }
  LayerTraits traits() const override {
    return {.reads_input = false, .by_group = true};
  }
  void Describe(Fields& fields) const override {
    MeanWindowOptions{grid_, window_, counts_padding_}.Describe(fields);
  }

  void Forward(const Pass& pass, const ForwardArgs& args) const override {
    const Index cols = args.y.cols;
    for (Index row = args.first; row < args.first + args.count; ++row) {
      const Real* in = args.x[0].values.Row(row * grid_.area());
      Real* out = args.y.Row(row * Made());
      std::fill_n(out, Made() * cols, Real(0));
      ForTaps(window_, grid_, [&](Index pixel, Index, Index from) {
        Real* y = out + pixel * cols;
        pass.kernels->add(in + from * cols, y, y, cols);
      });
      for (Index pixel = 0; pixel < Made(); ++pixel) {
        Real* y = out + pixel * cols;
        pass.kernels->scale(Share(pixel), y, y, cols);
      }
    }
  }

  void Backward(const Pass& pass, const BackwardArgs& args) const override {
    const Lanes& dx = args.dx[0];
    const Index cols = args.dy.cols;
    for (Index lane = 0; lane < dx.count && !dx.empty(); ++lane) {
      for (Index row = args.first; row < args.first + args.count; ++row) {
        const Real* dy = args.dy.Lane(lane).Row(row * Made());
        Real* to = dx.Lane(lane).Row(row * grid_.area());
        std::fill_n(to, grid_.area() * cols, Real(0));
        ForTaps(window_, grid_, [&](Index pixel, Index, Index from) {
          pass.kernels->axpy(Share(pixel), dy + pixel * cols, to + from * cols,
                             cols);
        });
      }
    }
  }

 private:
  static Index Inside(Index begin, Index kernel, Index dilation, Index side) {
    Index count = 0;
    for (Index k = 0; k < kernel; ++k) {
      const Index at = begin + k * dilation;
      if (at >= 0 && at < side) ++count;
    }
    return count;
  }
  // One over the numbers that a window is the mean of.
  Real Share(Index pixel) const {
    const Index width = window_.Small(grid_).width;
    const Index top =
        pixel / width * window_.stride.height - window_.padding.height;
    const Index left =
        pixel % width * window_.stride.width - window_.padding.width;
    const Index count = counts_padding_
                            ? window_.kernel.area()
                            : Inside(top, window_.kernel.height,
                                     window_.dilation.height, grid_.height) *
                                  Inside(left, window_.kernel.width,
                                         window_.dilation.width, grid_.width);
    return Real(1) / static_cast<Real>(std::max<Index>(count, 1));
  }

  bool counts_padding_;
};

LayerPtr MaxWindowFrom(const MaxWindowOptions& options) {
  return MakeMaxWindow(options.grid, options.window);
}
LayerPtr MeanWindowFrom(const MeanWindowOptions& options) {
  return MakeMeanWindow(options.grid, options.window, options.counts_padding);
}

constexpr Window kHalved = {.kernel = {2, 2}, .stride = {2, 2}};
constexpr Window kOverlapping = {
    .kernel = {3, 3}, .stride = {2, 2}, .padding = {1, 1}};

LayerSample WindowSample(std::string name, LayerPtr layer, Sides grid,
                         Index channels) {
  return {.name = std::move(name),
          .layer = std::move(layer),
          .input_cols = {channels},
          .spaces = {SpaceOf(grid)}};
}

std::vector<LayerSample> MaxWindowSamples() {
  return {WindowSample("halved", MakeMaxWindow({3, 2}, kHalved), {3, 2}, 17),
          WindowSample("overlapping", MakeMaxWindow({3, 5}, kOverlapping),
                       {3, 5}, 3),
          WindowSample("one channel", MakeMaxWindow({3, 4}, {.kernel = {2, 3}}),
                       {3, 4}, 1)};
}

std::vector<LayerSample> MeanWindowSamples() {
  return {WindowSample("halved", MakeMeanWindow({5, 4}, kHalved), {5, 4}, 17),
          WindowSample("overlapping", MakeMeanWindow({5, 7}, kOverlapping),
                       {5, 7}, 3),
          WindowSample("padding counts",
                       MakeMeanWindow({4, 5}, kOverlapping, true), {4, 5}, 1)};
}

}  // namespace

LayerPtr MakeMaxWindow(Sides grid, const Window& window) {
  window.Check();
  return std::make_shared<MaxWindowLayer>(grid, window);
}

LayerPtr MakeMeanWindow(Sides grid, const Window& window, bool counts_padding) {
  window.Check();
  Require(window.dilation == Sides{1, 1}, ErrorKind::kUsage,
          "the mean of a window with gaps");
  return std::make_shared<MeanWindowLayer>(grid, window, counts_padding);
}

extern const LayerEntry kMaxWindowLayer;
const LayerEntry kMaxWindowLayer =
    MakeLayerEntry<MaxWindowFrom, MaxWindowOptions>(
        "max-window", "the largest of each window of a grid", MaxWindowSamples);

extern const LayerEntry kMeanWindowLayer;
const LayerEntry kMeanWindowLayer =
    MakeLayerEntry<MeanWindowFrom, MeanWindowOptions>(
        "mean-window", "the mean of each window of a grid", MeanWindowSamples);

}  // namespace mtlkit
