#include <algorithm>
#include <array>
#include <cmath>

#include "nn/layers/layer_options.h"
#include "nn/layers/layers.h"

namespace mtlkit {
namespace {

constexpr Index kBatchNormScale = 0;
constexpr Index kBatchNormShift = 1;
constexpr Index kRunningMean = 0;
constexpr Index kRunningVariance = 1;

struct DescribedBatchNorm : BatchNormOptions {
  void Describe(Fields& fields) {
    fields("momentum", momentum, "share of a batch in the running statistics",
           Between(0, 1));
    fields("epsilon", epsilon, "added to variances", MoreThan(0));
    fields("unbiased", unbiased, "whether the running variance is");
  }
};

class BatchNormLayer : public Layer {
 public:
  explicit BatchNormLayer(const BatchNormOptions& options)
      : options_(options) {}

  std::string_view kind() const override { return "batch-norm"; }
  LayerTraits traits() const override { return {.mixes_rows = true}; }
  void Describe(Fields& fields) const override {
    DescribedBatchNorm{options_}.Describe(fields);
  }
  Index OutputCols(std::span<const Index> cols) const override {
    return cols[0];
  }
  std::vector<ParamSpec> Params(std::span<const Index> cols) const override {
    return {{.name = "scale", .cols = cols[0], .init = {.value = 1}},
            {.name = "shift", .cols = cols[0]}};
  }
  std::vector<ParamSpec> Buffers(std::span<const Index> cols) const override {
    return {
        {.name = "running_mean", .cols = cols[0]},
        {.name = "running_variance", .cols = cols[0], .init = {.value = 1}}};
  }
  // Mean, then inverse deviation of each column.
  Index SavedSize(Index, std::span<const Index> cols) const override {
    return 2 * cols[0];
  }

  void Forward(const Pass& pass, const ForwardArgs& args) const override {
    const ConstMatView x = args.x[0].values.Rows(args.first, args.count);
    if (pass.mode == Mode::kTraining) {
      BatchStatistics(pass, args, x);
    } else {
      RunningStatistics(args);
    }
    BatchNormArgs norm = Arguments(args, x);
    norm.shift = args.w[kBatchNormShift].data;
    norm.y = args.y.Row(args.first);
    norm.y_stride = x.cols;
    pass.kernels->batch_norm(norm);
  }

  void Backward(const Pass& pass, const BackwardArgs& args) const override {
    if (args.dx[0].empty()) return;
    const ConstMatView x = args.x[0].values.Rows(args.first, args.count);
    for (Index lane = 0; lane < args.dy.count; ++lane) {
      BatchNormArgs norm = Arguments(args, x);
      norm.fixed = pass.mode == Mode::kInference;
      norm.dy = args.dy.Lane(lane).Row(args.first);
      norm.dy_stride = x.cols;
      norm.dx = args.dx[0].Lane(lane).Row(args.first);
      norm.dx_stride = x.cols;
      pass.kernels->batch_norm_gradient(norm);
    }
  }

  void BackwardParams(const Pass& pass, const ParamArgs& args) const override {
    BatchNormArgs norm =
        Arguments(args, args.x[0].values.Rows(args.first, args.count));
    norm.fixed = pass.mode == Mode::kInference;
    norm.dy = args.dy.Row(args.first);
    norm.dy_stride = args.dy.cols;
    (args.param == kBatchNormScale ? norm.dscale : norm.dshift) = args.dw.data;
    pass.kernels->batch_norm_gradient(norm);
  }

 private:
  static BatchNormArgs Arguments(const LayerArgs& args, ConstMatView x) {
    return {.x = x.data,
            .x_stride = x.cols,
            .rows = x.rows,
            .cols = x.cols,
            .mean = args.saved,
            .inverse_deviation = args.saved + x.cols,
            .scale = args.w[kBatchNormScale].data};
  }

  Real InverseDeviation(double variance) const {
    return static_cast<Real>(1 / std::sqrt(variance + options_.epsilon));
  }

  // Those of x, which also move the running ones.
  void BatchStatistics(const Pass& pass, const LayerArgs& args,
                       ConstMatView x) const {
    constexpr Index kColumns = 64;
    std::array<double, kColumns> mean{};
    std::array<double, kColumns> variance{};
    const double rows = static_cast<double>(x.rows);
    // There is no unbiased variance of a single row.
    const double unbias =
        options_.unbiased && x.rows > 1 ? rows / (rows - 1) : 1;
    const double share =
        pass.statistics_share > 0 ? pass.statistics_share : options_.momentum;
    for (Index first = 0; first < x.cols; first += kColumns) {
      const Index cols = std::min(kColumns, x.cols - first);
      pass.kernels->column_moments(x.data + first, x.cols, x.rows, cols,
                                   mean.data(), variance.data());
      for (Index i = 0; i < cols; ++i) {
        const auto at = At(i);
        args.saved[first + i] = static_cast<Real>(mean[at]);
        args.saved[x.cols + first + i] = InverseDeviation(variance[at]);
        if (args.buffers.empty()) continue;
        Move(share, mean[at], &args.buffers[kRunningMean](0, first + i));
        Move(share, variance[at] * unbias,
             &args.buffers[kRunningVariance](0, first + i));
      }
    }
  }

  static void Move(double share, double batch, Real* running) {
    *running = static_cast<Real>((1 - share) * static_cast<double>(*running) +
                                 share * batch);
  }

  void RunningStatistics(const LayerArgs& args) const {
    const MatView mean = args.buffers[kRunningMean];
    for (Index col = 0; col < mean.cols; ++col) {
      args.saved[col] = mean(0, col);
      args.saved[mean.cols + col] = InverseDeviation(
          static_cast<double>(args.buffers[kRunningVariance](0, col)));
    }
  }

  BatchNormOptions options_;
};

LayerPtr BatchNormFrom(const DescribedBatchNorm& options) {
  return MakeBatchNorm(options);
}

std::vector<LayerSample> BatchNormSamples() {
  return {{"5 columns", MakeBatchNorm(), {5}},
          {"70 columns", MakeBatchNorm(), {70}},
          {.name = "pixels",
           .layer = MakeBatchNorm(),
           .input_cols = {3},
           .spaces = {{SpaceKind::kGrid, 2, 2, -1}}}};
}

}  // namespace

LayerPtr MakeBatchNorm(const BatchNormOptions& options) {
  return std::make_shared<BatchNormLayer>(options);
}

extern const LayerEntry kBatchNormLayer;
const LayerEntry kBatchNormLayer =
    MakeLayerEntry<BatchNormFrom, DescribedBatchNorm>(
        "batch-norm", "normalises columns over the batch", BatchNormSamples);

}  // namespace mtlkit
