#include <algorithm>
#include <numbers>
#include <utility>
#include <vector>

#include "base/error.h"
#include "nn/layers/chosen_columns.h"
#include "nn/layers/layer_options.h"
#include "nn/layers/layers.h"

namespace mtlkit {
namespace {

struct DescribedPeriodic {
  Index count = 1;
  double scale = 0.1;
  std::vector<Index> columns = {};
  void Describe(Fields& fields) {
    fields("count", count, "frequencies of each column", Between(1, 1 << 20));
    fields("scale", scale, "deviation of frequencies in the beginning",
           MoreThan(0));
    fields("columns", columns, "that have waves; all where none is named");
  }
};

// Sines and cosines are kept for the gradient of the frequencies, which does
// not see y.
class PeriodicLayer : public Layer {
 public:
  PeriodicLayer(Index count, double scale, std::vector<Index> columns)
      : count_(count), scale_(scale), chosen_{std::move(columns)} {}

  std::string_view kind() const override { return "periodic"; }
  LayerTraits traits() const override { return {}; }
  void Describe(Fields& fields) const override {
    DescribedPeriodic{count_, scale_, chosen_.columns}.Describe(fields);
  }
  Index OutputCols(std::span<const Index> cols) const override {
    return 2 * count_ * chosen_.Count(cols[0]);
  }
  std::vector<ParamSpec> Params(std::span<const Index> cols) const override {
    return {{.name = "frequencies",
             .rows = chosen_.Count(cols[0]),
             .cols = count_,
             .init = {InitKind::kNormal, scale_},
             .fan_in = 1,
             .fan_out = 2 * count_}};
  }
  // The chosen numbers of a row.
  Index ScratchSize(std::span<const Index> cols, Index) const override {
    return chosen_.Count(cols[0]);
  }
  Index SavedSize(Index rows, std::span<const Index> cols) const override {
    return rows * OutputCols(cols);
  }

  void Forward(const Pass& pass, const ForwardArgs& args) const override {
    const ConstMatView x = args.x[0].values;
    WavesArgs waves = {.x = x.Row(args.first),
                       .x_stride = x.cols,
                       .rows = args.count,
                       .cols = args.w[0].rows,
                       .count = count_,
                       .frequency = args.w[0].data,
                       .y = args.y.Row(args.first),
                       .y_stride = args.y.cols};
    if (chosen_.are_all()) {
      pass.kernels->waves(waves);
    } else {
      waves.rows = 1;
      for (Index row = args.first; row < args.first + args.count; ++row) {
        waves.x = chosen_.Take(x.Row(row), args.scratch);
        waves.y = args.y.Row(row);
        pass.kernels->waves(waves);
      }
    }
    std::copy_n(args.y.Row(args.first), args.count * args.y.cols,
                args.saved + args.first * args.y.cols);
  }

  void Backward(const Pass&, const BackwardArgs& args) const override {
    if (args.dx[0].empty()) return;
    const ConstMatView frequencies = args.w[0];
    for (Index lane = 0; lane < args.dy.count; ++lane) {
      for (Index row = args.first; row < args.first + args.count; ++row) {
        const Real* dy = args.dy.Lane(lane).Row(row);
        const Real* y = args.saved + row * args.dy.cols;
        Real* dx = args.dx[0].Lane(lane).Row(row);
        std::fill_n(dx, args.dx[0].cols, Real(0));
        for (Index col = 0; col < frequencies.rows; ++col) {
          const Index at = 2 * count_ * col;
          dx[chosen_[col]] = SlopeOf(frequencies.Row(col), y + at, dy + at);
        }
      }
    }
  }

  void BackwardParams(const Pass& pass, const ParamArgs& args) const override {
    const ConstMatView x = args.x[0].values;
    // Column by column, as the chosen ones need not be beside each other.
    for (Index i = 0; i < args.row_count; ++i) {
      const Index col = args.first_row + i;
      const Index at = 2 * count_ * col;
      pass.kernels->waves_gradient(
          {.x = x.Row(args.first) + chosen_[col],
           .x_stride = x.cols,
           .rows = args.count,
           .cols = 1,
           .count = count_,
           .y = args.saved + args.first * args.dy.cols + at,
           .y_stride = args.dy.cols,
           .dy = args.dy.Row(args.first) + at,
           .dy_stride = args.dy.cols,
           .dfrequency = args.dw.Row(i)});
    }
  }

 private:
  Real SlopeOf(const Real* frequency, const Real* y, const Real* dy) const {
    Real sum = 0;
    for (Index k = 0; k < count_; ++k) {
      const Real sine = y[k];
      const Real cosine = y[count_ + k];
      sum += frequency[k] * (dy[k] * cosine - dy[count_ + k] * sine);
    }
    return static_cast<Real>(2 * std::numbers::pi) * sum;
  }

  Index count_;
  double scale_;
  ChosenColumns chosen_;
};

LayerPtr PeriodicFrom(const DescribedPeriodic& options) {
  return MakePeriodic(options.count, options.scale, options.columns);
}

std::vector<LayerSample> PeriodicSamples() {
  return {{"three columns", MakePeriodic(4, 0.5), {3}},
          {"of some columns", MakePeriodic(3, 0.5, {0, 2}), {4}},
          {"many frequencies", MakePeriodic(19, 0.1), {2}}};
}

}  // namespace

LayerPtr MakePeriodic(Index count, double scale, std::vector<Index> columns) {
  Require(count > 0, ErrorKind::kUsage, Str(count, " frequencies"));
  return std::make_shared<PeriodicLayer>(count, scale, std::move(columns));
}

extern const LayerEntry kPeriodicLayer;
const LayerEntry kPeriodicLayer =
    MakeLayerEntry<PeriodicFrom, DescribedPeriodic>(
        "periodic",
        "sines and cosines of learned frequencies (Gorishniy et al. 2022)",
        PeriodicSamples);

}  // namespace mtlkit
