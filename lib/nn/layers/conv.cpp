#include "nn/layers/conv.h"

#include "base/error.h"
#include "nn/layers/layer_options.h"
#include "nn/layers/layers.h"

namespace mtlkit {

// Image after image, each going on from the sums of those before it.
void ConvBase::BackwardParams(const Pass& pass, const ParamArgs& args) const {
  const ConstMatView x = args.x[0].values;
  const Index pixels = args.x[0].extent.space.per_row();
  const Index made = args.dy.rows / (x.rows / pixels);
  if (args.param == kBiasParam) {
    pass.kernels->column_sums(args.dy.Row(args.first * made), args.dy.cols,
                              args.count * made, args.dy.cols, args.dw.data);
    return;
  }
  const Convolution convolution = ConvolutionOf(x.cols);
  for (Index row = args.first; row < args.first + args.count; ++row) {
    const Real* in = x.Row(row * pixels);
    const Real* out = args.dy.Row(row * made);
    convolution.KernelGradient(*pass.kernels, reads_large_ ? in : out,
                               reads_large_ ? out : in, args.first_row, args.dw,
                               row > args.first, args.scratch);
  }
}

std::vector<ParamSpec> ConvBase::Specs(const Convolution& convolution) const {
  const ConvShape& shape = convolution.shape();
  const Index taps = shape.window.kernel.area();
  // What one number of the output is summed over, and what one of the input
  // goes into.
  Index into = shape.depth();
  Index from = taps * (shape.units / shape.groups);
  if (!reads_large_) std::swap(into, from);
  std::vector<ParamSpec> specs = {{.name = "kernel",
                                   .rows = shape.depth(),
                                   .cols = shape.units,
                                   .init = {InitKind::kHeNormal, 0},
                                   .fan_in = into,
                                   .fan_out = from,
                                   .decay = true}};
  if (has_bias_) {
    specs.push_back(
        {.name = "bias", .cols = reads_large_ ? shape.units : shape.channels});
  }
  return specs;
}

void ConvBase::CheckGroups(Index channels, const ConvOptions& options) {
  Require(channels % options.groups == 0 && options.units % options.groups == 0,
          ErrorKind::kUsage,
          Str(options.groups, " groups do not divide ", channels,
              " channels and ", options.units, " units"));
}

void ConvBase::CheckOptions(const ConvOptions& options) {
  Require(options.units > 0 && options.groups > 0, ErrorKind::kUsage,
          Str("a convolution to ", options.units, " units in ", options.groups,
              " groups"));
  options.window.Check();
}

namespace {

struct DescribedConv : ConvOptions {
  void Describe(Fields& fields) {
    DescribeWindow(fields, &grid, &window);
    fields("units", units, "channels of the output", Between(1, 65536));
    fields("groups", groups, "of channels", Between(1, 65536));
    fields("bias", bias, "whether there is one");
  }
};

class ConvLayer : public ConvBase {
 public:
  explicit ConvLayer(const ConvOptions& options)
      : ConvBase(options.bias, true), options_(options) {}

  std::string_view kind() const override { return "conv"; }
  void Describe(Fields& fields) const override {
    DescribedConv{options_}.Describe(fields);
  }
  Index OutputCols(std::span<const Index> cols) const override {
    CheckGroups(cols[0], options_);
    return options_.units;
  }
  Space OutputSpace(std::span<const Space> spaces) const override {
    RequireGrid(spaces[0], options_.grid);
    return SmallSpace(options_.window, options_.grid);
  }
  std::vector<ParamSpec> Params(std::span<const Index> cols) const override {
    return Specs(ConvolutionOf(cols[0]));
  }
  Index WorkPerRow(std::span<const Index> cols) const override {
    const ConvShape shape = ConvolutionOf(cols[0]).shape();
    return std::max<Index>(1, shape.depth() * shape.units *
                                  shape.small().area() / shape.large.area());
  }

  // For the way down, then for the way up.
  Index PreparedSize(std::span<const Index> cols,
                     bool backward) const override {
    const Convolution convolution = ConvolutionOf(cols[0]);
    return PaddedSize(convolution.DownSize()) +
           (backward ? convolution.UpSize() : 0);
  }
  void Prepare(const Pass& pass, std::span<const ConstMatView> w, bool backward,
               Real* prepared) const override {
    const ConstMatView kernel = w[kKernelParam];
    const Convolution convolution = ConvolutionOf(
        kernel.rows / options_.window.kernel.area() * options_.groups);
    convolution.PrepareDown(*pass.kernels, kernel.data, prepared);
    if (!backward) return;
    convolution.PrepareUp(*pass.kernels, kernel.data,
                          prepared + PaddedSize(convolution.DownSize()));
  }

  void Forward(const Pass& pass, const ForwardArgs& args) const override {
    const ConstMatView x = args.x[0].values;
    const Convolution convolution = ConvolutionOf(x.cols);
    const Index made = convolution.shape().small().area();
    for (Index row = args.first; row < args.first + args.count; ++row) {
      convolution.Down(*pass.kernels, x.Row(row * options_.grid.area()),
                       BiasOf(args), args.prepared, args.y.Row(row * made),
                       args.scratch);
    }
  }

  void Backward(const Pass& pass, const BackwardArgs& args) const override {
    const Lanes& dx = args.dx[0];
    if (dx.empty()) return;
    const Convolution convolution = ConvolutionOf(dx.cols);
    const Index made = convolution.shape().small().area();
    const Real* prepared = args.prepared + PaddedSize(convolution.DownSize());
    for (Index lane = 0; lane < dx.count; ++lane) {
      for (Index row = args.first; row < args.first + args.count; ++row) {
        convolution.Up(*pass.kernels, args.dy.Lane(lane).Row(row * made),
                       nullptr, prepared,
                       dx.Lane(lane).Row(row * options_.grid.area()),
                       args.scratch);
      }
    }
  }

 private:
  Convolution ConvolutionOf(Index cols) const override {
    return Convolution({.large = options_.grid,
                        .channels = cols,
                        .units = options_.units,
                        .window = options_.window,
                        .groups = options_.groups});
  }

  ConvOptions options_;
};

LayerPtr ConvFrom(const DescribedConv& options) {
  return MakeConv(options);
}

LayerSample ConvSample(std::string name, const ConvOptions& options,
                       Index channels) {
  return {.name = std::move(name),
          .layer = MakeConv(options),
          .input_cols = {channels},
          .spaces = {SpaceOf(options.grid)}};
}

// Of both ways through each of the products, and what they have not in common.
std::vector<LayerSample> ConvSamples() {
  const Window same = {.kernel = {3, 3}, .padding = {1, 1}};
  Window strided = same;
  strided.stride = {2, 2};
  return {
      ConvSample("lines", {{3, 15}, 5, same}, 17),
      ConvSample("lines with strides", {{5, 31}, 3, strided}, 8),
      ConvSample("three channels", {{5, 7}, 4, same}, 3),
      ConvSample("one channel", {{4, 5}, 17, same}, 1),
      ConvSample("strides", {{5, 7}, 3, strided}, 3),
      ConvSample("one by one with strides",
                 {{5, 3}, 4, {.kernel = {1, 1}, .stride = {2, 2}}, 1, false},
                 3),
      ConvSample("five by five",
                 {{6, 5}, 2, {.kernel = {5, 5}, .padding = {2, 2}}}, 2),
      ConvSample("without padding", {{4, 16}, 3, {.kernel = {2, 3}}}, 9),
      ConvSample("dilated",
                 {{7, 6},
                  3,
                  {.kernel = {3, 2}, .padding = {2, 1}, .dilation = {2, 3}}},
                 2),
      ConvSample("groups", {{3, 4}, 6, strided, 2}, 4),
  };
}

}  // namespace

LayerPtr MakeConv(const ConvOptions& options) {
  ConvBase::CheckOptions(options);
  return std::make_shared<ConvLayer>(options);
}

extern const LayerEntry kConvLayer;
const LayerEntry kConvLayer = MakeLayerEntry<ConvFrom, DescribedConv>(
    "conv", "a convolution of a grid", ConvSamples);

}  // namespace mtlkit
