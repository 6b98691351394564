#include "base/error.h"
#include "nn/layers/conv.h"
#include "nn/layers/layer_options.h"
#include "nn/layers/layers.h"

namespace mtlkit {
namespace {

struct DescribedTransposedConv : ConvOptions {
  Sides more = {0, 0};
  void Describe(Fields& fields) {
    DescribeWindow(fields, &grid, &window);
    fields("units", units, "channels of the output", Between(1, 65536));
    fields("groups", groups, "of channels", Between(1, 65536));
    fields("bias", bias, "whether there is one");
    fields("more-height", more.height, "lines below the last window",
           Between(0, 65536));
    fields("more-width", more.width, "columns right of it", Between(0, 65536));
  }
};

class TransposedConvLayer : public ConvBase {
 public:
  TransposedConvLayer(const ConvOptions& options, Sides more)
      : ConvBase(options.bias, false), options_(options), more_(more) {}

  std::string_view kind() const override { return "transposed-conv"; }
  void Describe(Fields& fields) const override {
    DescribedTransposedConv{{options_}, more_}.Describe(fields);
  }
  Index OutputCols(std::span<const Index> cols) const override {
    CheckGroups(cols[0], options_);
    return options_.units;
  }
  Space OutputSpace(std::span<const Space> spaces) const override {
    RequireGrid(spaces[0], options_.grid);
    const Sides large = Large();
    Require(large.height > 0 && large.width > 0, ErrorKind::kUsage,
            "nothing is left of the grid but padding", "give less padding");
    return SpaceOf(large);
  }
  std::vector<ParamSpec> Params(std::span<const Index> cols) const override {
    return Specs(ConvolutionOf(cols[0]));
  }
  Index WorkPerRow(std::span<const Index> cols) const override {
    return ConvolutionOf(cols[0]).shape().depth() * cols[0];
  }

  // For the way up, then for the way down.
  Index PreparedSize(std::span<const Index> cols,
                     bool backward) const override {
    const Convolution convolution = ConvolutionOf(cols[0]);
    return PaddedSize(convolution.UpSize()) +
           (backward ? convolution.DownSize() : 0);
  }
  void Prepare(const Pass& pass, std::span<const ConstMatView> w, bool backward,
               Real* prepared) const override {
    const ConstMatView kernel = w[kKernelParam];
    const Convolution convolution = ConvolutionOf(kernel.cols);
    convolution.PrepareUp(*pass.kernels, kernel.data, prepared);
    if (!backward) return;
    convolution.PrepareDown(*pass.kernels, kernel.data,
                            prepared + PaddedSize(convolution.UpSize()));
  }

  void Forward(const Pass& pass, const ForwardArgs& args) const override {
    const ConstMatView x = args.x[0].values;
    const Convolution convolution = ConvolutionOf(x.cols);
    for (Index row = args.first; row < args.first + args.count; ++row) {
      convolution.Up(*pass.kernels, x.Row(row * options_.grid.area()),
                     BiasOf(args), args.prepared,
                     args.y.Row(row * Large().area()), args.scratch);
    }
  }

  void Backward(const Pass& pass, const BackwardArgs& args) const override {
    const Lanes& dx = args.dx[0];
    if (dx.empty()) return;
    const Convolution convolution = ConvolutionOf(dx.cols);
    const Real* prepared = args.prepared + PaddedSize(convolution.UpSize());
    for (Index lane = 0; lane < dx.count; ++lane) {
      for (Index row = args.first; row < args.first + args.count; ++row) {
        convolution.Down(
            *pass.kernels, args.dy.Lane(lane).Row(row * Large().area()),
            nullptr, prepared, dx.Lane(lane).Row(row * options_.grid.area()),
            args.scratch);
      }
    }
  }

 private:
  static Index LargeSide(Index small, Index kernel, Index stride, Index padding,
                         Index dilation, Index more) {
    return (small - 1) * stride - 2 * padding + dilation * (kernel - 1) + 1 +
           more;
  }
  Sides Large() const {
    const Window& w = options_.window;
    return {LargeSide(options_.grid.height, w.kernel.height, w.stride.height,
                      w.padding.height, w.dilation.height, more_.height),
            LargeSide(options_.grid.width, w.kernel.width, w.stride.width,
                      w.padding.width, w.dilation.width, more_.width)};
  }
  Convolution ConvolutionOf(Index cols) const override {
    return Convolution({.large = Large(),
                        .channels = options_.units,
                        .units = cols,
                        .window = options_.window,
                        .groups = options_.groups});
  }

  ConvOptions options_;
  Sides more_;
};

LayerPtr TransposedConvFrom(const DescribedTransposedConv& options) {
  return MakeTransposedConv(options, options.more);
}

std::vector<LayerSample> TransposedConvSamples() {
  const auto sample = [](std::string name, const ConvOptions& options,
                         Index channels, Sides more) -> LayerSample {
    return {.name = std::move(name),
            .layer = MakeTransposedConv(options, more),
            .input_cols = {channels},
            .spaces = {SpaceOf(options.grid)}};
  };
  const Window doubled = {.kernel = {2, 2}, .stride = {2, 2}};
  const Window wide = {.kernel = {3, 3}, .stride = {2, 2}, .padding = {1, 1}};
  return {sample("doubled", {{3, 2}, 3, doubled}, 17, {0, 0}),
          sample("more", {{3, 2}, 2, wide, 1, false}, 3, {1, 1}),
          sample("no strides",
                 {{3, 4}, 2, {.kernel = {3, 3}, .padding = {1, 1}}}, 1, {0, 0}),
          sample("groups",
                 {{2, 3},
                  2,
                  {.kernel = {3, 2},
                   .stride = {1, 2},
                   .padding = {1, 0},
                   .dilation = {1, 2}},
                  2},
                 4, {0, 0})};
}

}  // namespace

LayerPtr MakeTransposedConv(const ConvOptions& options, Sides more) {
  ConvBase::CheckOptions(options);
  const Sides stride = options.window.stride;
  Require(more.height >= 0 && more.height < stride.height && more.width >= 0 &&
              more.width < stride.width,
          ErrorKind::kUsage,
          Str(more.height, " more lines and ", more.width,
              " more columns, which have to be less than a stride"));
  return std::make_shared<TransposedConvLayer>(options, more);
}

extern const LayerEntry kTransposedConvLayer;
const LayerEntry kTransposedConvLayer =
    MakeLayerEntry<TransposedConvFrom, DescribedTransposedConv>(
        "transposed-conv", "the transpose of a convolution, to a larger grid",
        TransposedConvSamples);

}  // namespace mtlkit
