#include <algorithm>

#include "nn/layers/layer_options.h"
#include "nn/layers/layers.h"
#include "nn/window_loops.h"

namespace mtlkit {
namespace {

constexpr Index kDepthwiseKernel = 0;
constexpr Index kDepthwiseBias = 1;

struct DepthwiseOptions {
  Sides grid;
  Window window;
  bool bias = true;
  void Describe(Fields& fields) {
    DescribeWindow(fields, &grid, &window);
    fields("bias", bias, "whether there is one");
  }
};

// z += x y, number by number: two roundings each, on every processor.
void AddProducts(const Real* x, const Real* y, Index size, Real* z) {
  for (Index i = 0; i < size; ++i) z[i] += x[i] * y[i];
}

class DepthwiseConvLayer : public Layer {
 public:
  explicit DepthwiseConvLayer(const DepthwiseOptions& options)
      : options_(options) {}

  std::string_view kind() const override { return "depthwise-conv"; }
  LayerTraits traits() const override { return {.by_group = true}; }
  void Describe(Fields& fields) const override {
    DepthwiseOptions(options_).Describe(fields);
  }
  Index OutputCols(std::span<const Index> cols) const override {
    return cols[0];
  }
  Space OutputSpace(std::span<const Space> spaces) const override {
    RequireGrid(spaces[0], options_.grid);
    return SmallSpace(options_.window, options_.grid);
  }
  std::vector<ParamSpec> Params(std::span<const Index> cols) const override {
    const Index taps = options_.window.kernel.area();
    std::vector<ParamSpec> specs = {{.name = "kernel",
                                     .rows = taps,
                                     .cols = cols[0],
                                     .init = {InitKind::kHeNormal, 0},
                                     .fan_in = taps,
                                     .fan_out = taps,
                                     .decay = true}};
    if (options_.bias) specs.push_back({.name = "bias", .cols = cols[0]});
    return specs;
  }
  Index WorkPerRow(std::span<const Index> cols) const override {
    return std::max<Index>(1, options_.window.kernel.area() * cols[0] * Made() /
                                  options_.grid.area());
  }

  void Forward(const Pass&, const ForwardArgs& args) const override {
    const ConstMatView x = args.x[0].values;
    const ConstMatView kernel = args.w[kDepthwiseKernel];
    for (Index row = args.first; row < args.first + args.count; ++row) {
      const Real* in = x.Row(row * options_.grid.area());
      Real* out = args.y.Row(row * Made());
      for (Index pixel = 0; pixel < Made(); ++pixel) {
        Real* to = out + pixel * x.cols;
        if (options_.bias) {
          std::copy_n(args.w[kDepthwiseBias].data, x.cols, to);
        } else {
          std::fill_n(to, x.cols, Real(0));
        }
      }
      ForTaps(options_.window, options_.grid,
              [&](Index pixel, Index tap, Index from) {
                AddProducts(in + from * x.cols, kernel.Row(tap), x.cols,
                            out + pixel * x.cols);
              });
    }
  }

  void Backward(const Pass&, const BackwardArgs& args) const override {
    const Lanes& dx = args.dx[0];
    const ConstMatView kernel = args.w[kDepthwiseKernel];
    for (Index lane = 0; lane < dx.count && !dx.empty(); ++lane) {
      for (Index row = args.first; row < args.first + args.count; ++row) {
        const Real* dy = args.dy.Lane(lane).Row(row * Made());
        Real* to = dx.Lane(lane).Row(row * options_.grid.area());
        std::fill_n(to, options_.grid.area() * dx.cols, Real(0));
        ForTaps(options_.window, options_.grid,
                [&](Index pixel, Index tap, Index from) {
                  AddProducts(dy + pixel * dx.cols, kernel.Row(tap), dx.cols,
                              to + from * dx.cols);
                });
      }
    }
  }

  void BackwardParams(const Pass& pass, const ParamArgs& args) const override {
    const ConstMatView dy = args.dy;
    if (args.param == kDepthwiseBias) {
      pass.kernels->column_sums(dy.Row(args.first * Made()), dy.cols,
                                args.count * Made(), dy.cols, args.dw.data);
      return;
    }
    std::ranges::fill(args.dw.flat(), Real(0));
    for (Index row = args.first; row < args.first + args.count; ++row) {
      const Real* in = args.x[0].values.Row(row * options_.grid.area());
      const Real* out = dy.Row(row * Made());
      ForTaps(options_.window, options_.grid,
              [&](Index pixel, Index tap, Index from) {
                const Index at = tap - args.first_row;
                if (at < 0 || at >= args.row_count) return;
                AddProducts(in + from * dy.cols, out + pixel * dy.cols, dy.cols,
                            args.dw.Row(at));
              });
    }
  }

 private:
  Index Made() const { return options_.window.Small(options_.grid).area(); }

  DepthwiseOptions options_;
};

LayerPtr DepthwiseFrom(const DepthwiseOptions& options) {
  return MakeDepthwiseConv(options.grid, options.window, options.bias);
}

std::vector<LayerSample> DepthwiseSamples() {
  const auto sample = [](std::string name, Sides grid, const Window& window,
                         Index channels, bool bias) -> LayerSample {
    return {.name = std::move(name),
            .layer = MakeDepthwiseConv(grid, window, bias),
            .input_cols = {channels},
            .spaces = {SpaceOf(grid)}};
  };
  return {
      sample("same", {3, 5}, {.padding = {1, 1}}, 17, true),
      sample("strides", {5, 4}, {.stride = {2, 2}, .padding = {1, 1}}, 3, true),
      sample("one channel", {4, 3}, {.kernel = {2, 3}}, 1, false)};
}

}  // namespace

LayerPtr MakeDepthwiseConv(Sides grid, const Window& window, bool bias) {
  window.Check();
  return std::make_shared<DepthwiseConvLayer>(
      DepthwiseOptions{grid, window, bias});
}

extern const LayerEntry kDepthwiseConvLayer;
const LayerEntry kDepthwiseConvLayer =
    MakeLayerEntry<DepthwiseFrom, DepthwiseOptions>(
        "depthwise-conv", "a convolution of each channel by itself",
        DepthwiseSamples);

}  // namespace mtlkit
