#include <algorithm>
#include <array>
#include <cmath>

#include "base/error.h"
#include "nn/layers/layer_options.h"
#include "nn/layers/layers.h"

namespace mtlkit {
namespace {

constexpr Index kGroupNormScale = 0;
constexpr Index kGroupNormShift = 1;
// Of a group at a time, so that sums have a place.
constexpr Index kMostGroupChannels = 1024;

struct GroupNormOptions {
  Index groups = 1;
  double epsilon = 1e-5;
  void Describe(Fields& fields) {
    fields("groups", groups, "of channels", Between(1, 65536));
    fields("epsilon", epsilon, "added to variances", MoreThan(0));
  }
};

// By the kernels of batch norm: an image is a batch of pixels, and the channels
// of a group have the same mean and deviation.
class GroupNormLayer : public Layer {
 public:
  explicit GroupNormLayer(const GroupNormOptions& options)
      : options_(options) {}

  std::string_view kind() const override { return "group-norm"; }
  LayerTraits traits() const override { return {.by_group = true}; }
  void Describe(Fields& fields) const override {
    GroupNormOptions(options_).Describe(fields);
  }
  Index OutputCols(std::span<const Index> cols) const override {
    Require(
        cols[0] % options_.groups == 0, ErrorKind::kUsage,
        Str(options_.groups, " groups do not divide ", cols[0], " channels"));
    Require(cols[0] / options_.groups <= kMostGroupChannels, ErrorKind::kUsage,
            Str("groups of more than ", kMostGroupChannels, " channels"),
            "give more groups");
    return cols[0];
  }
  Space OutputSpace(std::span<const Space> spaces) const override {
    Require(spaces[0].kind == SpaceKind::kGrid, ErrorKind::kUsage,
            Str("normalises images, but gets ", SpaceText(spaces[0])));
    return spaces[0];
  }
  std::vector<ParamSpec> Params(std::span<const Index> cols) const override {
    return {{.name = "scale", .cols = cols[0], .init = {.value = 1}},
            {.name = "shift", .cols = cols[0]}};
  }
  // Mean and inverse deviation of each channel of an image, then what a
  // gradient needs of each.
  Index ScratchSize(std::span<const Index> cols, Index) const override {
    return 5 * cols[0];
  }

  void Forward(const Pass& pass, const ForwardArgs& args) const override {
    for (Index row = args.first; row < args.first + args.count; ++row) {
      const ConstMatView x = ImageOf(args, row);
      Measure(pass, args, x);
      BatchNormArgs norm = Arguments(args, x);
      norm.shift = args.w[kGroupNormShift].data;
      norm.y = args.y.Row(args.x[0].extent.Begin(row));
      norm.y_stride = x.cols;
      pass.kernels->batch_norm(norm);
    }
  }

  void Backward(const Pass& pass, const BackwardArgs& args) const override {
    const Lanes& dx = args.dx[0];
    if (dx.empty()) return;
    for (Index row = args.first; row < args.first + args.count; ++row) {
      const ConstMatView x = ImageOf(args, row);
      Measure(pass, args, x);
      const Index begin = args.x[0].extent.Begin(row);
      for (Index lane = 0; lane < dx.count; ++lane) {
        InputGradient(pass, args, x, args.dy.Lane(lane).Row(begin),
                      dx.Lane(lane).Row(begin));
      }
    }
  }

  void BackwardParams(const Pass& pass, const ParamArgs& args) const override {
    std::ranges::fill(args.dw.flat(), Real(0));
    for (Index row = args.first; row < args.first + args.count; ++row) {
      const ConstMatView x = ImageOf(args, row);
      Measure(pass, args, x);
      Real* sums = args.scratch + 2 * x.cols;
      BatchNormArgs norm = Arguments(args, x);
      norm.dy = args.dy.Row(args.x[0].extent.Begin(row));
      norm.dy_stride = x.cols;
      norm.fixed = true;
      (args.param == kGroupNormScale ? norm.dscale : norm.dshift) = sums;
      pass.kernels->batch_norm_gradient(norm);
      pass.kernels->add(sums, args.dw.data, args.dw.data, x.cols);
    }
  }

 private:
  static ConstMatView ImageOf(const LayerArgs& args, Index row) {
    const Operand& x = args.x[0];
    const Index begin = x.extent.Begin(row);
    return x.values.Rows(begin, x.extent.Begin(row + 1) - begin);
  }

  static BatchNormArgs Arguments(const LayerArgs& args, ConstMatView x) {
    return {.x = x.data,
            .x_stride = x.cols,
            .rows = x.rows,
            .cols = x.cols,
            .mean = args.scratch,
            .inverse_deviation = args.scratch + x.cols,
            .scale = args.w[kGroupNormScale].data};
  }

  // A group's variance is the mean of its channels' and the variance of their
  // means.
  void Measure(const Pass& pass, const LayerArgs& args, ConstMatView x) const {
    std::array<double, kMostGroupChannels> mean{};
    std::array<double, kMostGroupChannels> variance{};
    const Index cols = x.cols / options_.groups;
    const double count = static_cast<double>(cols);
    for (Index first = 0; first < x.cols; first += cols) {
      pass.kernels->column_moments(x.data + first, x.cols, x.rows, cols,
                                   mean.data(), variance.data());
      double middle = 0;
      for (std::size_t i = 0; i < At(cols); ++i) middle += mean[i] / count;
      double spread = 0;
      for (std::size_t i = 0; i < At(cols); ++i) {
        const double off = mean[i] - middle;
        spread += (variance[i] + off * off) / count;
      }
      std::fill_n(args.scratch + first, cols, static_cast<Real>(middle));
      std::fill_n(args.scratch + x.cols + first, cols,
                  static_cast<Real>(1 / std::sqrt(spread + options_.epsilon)));
    }
  }

  // With n numbers in the group and x' = (x - mean) / deviation: dx = (scale dy
  // - the mean of scale dy - x' the mean of scale dy x') / deviation, which is
  // a dy + b x + c of each channel.
  void InputGradient(const Pass& pass, const LayerArgs& args, ConstMatView x,
                     const Real* dy, Real* dx) const {
    Real* a = args.scratch + 2 * x.cols;
    Real* b = a + x.cols;
    Real* c = b + x.cols;
    BatchNormArgs norm = Arguments(args, x);
    norm.dy = dy;
    norm.dy_stride = x.cols;
    norm.fixed = true;
    norm.dscale = b;
    norm.dshift = c;
    pass.kernels->batch_norm_gradient(norm);
    const Index cols = x.cols / options_.groups;
    const double count = static_cast<double>(cols * x.rows);
    for (Index first = 0; first < x.cols; first += cols) {
      double slope = 0;
      double mean = 0;
      for (Index i = first; i < first + cols; ++i) {
        const auto scale = static_cast<double>(norm.scale[i]);
        slope += scale * static_cast<double>(b[i]) / count;
        mean += scale * static_cast<double>(c[i]) / count;
      }
      const auto inverse = static_cast<double>(norm.inverse_deviation[first]);
      const auto middle = static_cast<double>(norm.mean[first]);
      for (Index i = first; i < first + cols; ++i) {
        a[i] = static_cast<Real>(inverse * static_cast<double>(norm.scale[i]));
        b[i] = static_cast<Real>(-inverse * inverse * slope);
        c[i] = static_cast<Real>(inverse * (inverse * slope * middle - mean));
      }
    }
    for (Index r = 0; r < x.rows; ++r) {
      const Index at = r * x.cols;
      for (Index i = 0; i < x.cols; ++i) {
        dx[at + i] = a[i] * dy[at + i] + (b[i] * x.data[at + i] + c[i]);
      }
    }
  }

  GroupNormOptions options_;
};

LayerPtr GroupNormFrom(const GroupNormOptions& options) {
  return MakeGroupNorm(options.groups, options.epsilon);
}

std::vector<LayerSample> GroupNormSamples() {
  const Space grid = {SpaceKind::kGrid, 3, 5, -1};
  return {{.name = "one group",
           .layer = MakeGroupNorm(1),
           .input_cols = {3},
           .spaces = {grid}},
          {.name = "groups",
           .layer = MakeGroupNorm(3),
           .input_cols = {6},
           .spaces = {grid}},
          {.name = "17 channels",
           .layer = MakeGroupNorm(17),
           .input_cols = {17},
           .spaces = {grid}}};
}

}  // namespace

LayerPtr MakeGroupNorm(Index groups, double epsilon) {
  Require(groups > 0, ErrorKind::kUsage, Str("a norm of ", groups, " groups"));
  return std::make_shared<GroupNormLayer>(GroupNormOptions{groups, epsilon});
}

extern const LayerEntry kGroupNormLayer;
const LayerEntry kGroupNormLayer =
    MakeLayerEntry<GroupNormFrom, GroupNormOptions>(
        "group-norm", "normalises groups of channels over each image",
        GroupNormSamples);

}  // namespace mtlkit
