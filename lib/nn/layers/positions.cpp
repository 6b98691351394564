// Vaswani et al., "Attention is all you need", 2017, section 3.5.
#include <algorithm>
#include <cmath>

#include "base/error.h"
#include "nn/layers/layer_options.h"
#include "nn/layers/layers.h"

namespace mtlkit {
namespace {

// Places that are worked out once; those of longer sequences as they come.
constexpr Index kKnown = 512;

struct PositionsOptions {
  Index cols = 0;
  double factor = 1;
  void Describe(Fields& fields) {
    fields("cols", cols, "of the value", Between(1, 65536));
    fields("factor", factor, "of what the place is added to");
  }
};

class PositionsLayer : public Layer {
 public:
  PositionsLayer(Index cols, double factor)
      : cols_(cols), factor_(factor), known_(At(kKnown * cols)) {
    for (Index col = 0; col < cols; ++col) {
      const double rate = RateOf(col);
      for (Index time = 0; time < kKnown; ++time) {
        known_[At(time * cols + col)] = Wave(time, rate, col);
      }
    }
  }

  std::string_view kind() const override { return "positions"; }
  LayerTraits traits() const override {
    return {.reads_input = false, .in_place = true, .by_group = true};
  }
  void Describe(Fields& fields) const override {
    PositionsOptions{cols_, factor_}.Describe(fields);
  }
  Index OutputCols(std::span<const Index> cols) const override {
    Require(cols[0] == cols_, ErrorKind::kUsage,
            Str("for ", cols_, " columns, but gets ", cols[0]));
    return cols_;
  }

  void Forward(const Pass& pass, const ForwardArgs& args) const override {
    const Operand& x = args.x[0];
    const Real factor = static_cast<Real>(factor_);
    for (Index row = args.first; row < args.first + args.count; ++row) {
      const Index first = x.extent.Begin(row);
      const Index count = x.extent.Begin(row + 1) - first;
      Real* y = args.y.Row(first);
      pass.kernels->scale(factor, x.values.Row(first), y, count * cols_);
      const Index known = std::min(count, kKnown);
      pass.kernels->add(y, known_.data(), y, known * cols_);
      for (Index time = kKnown; time < count; ++time) {
        for (Index col = 0; col < cols_; ++col) {
          y[time * cols_ + col] += Wave(time, RateOf(col), col);
        }
      }
    }
  }

  void Backward(const Pass& pass, const BackwardArgs& args) const override {
    const Lanes& dx = args.dx[0];
    const Index first = args.x[0].extent.Begin(args.first);
    const Index end = args.x[0].extent.Begin(args.first + args.count);
    for (Index lane = 0; lane < dx.count && !dx.empty(); ++lane) {
      pass.kernels->scale(static_cast<Real>(factor_),
                          args.dy.Lane(lane).Row(first),
                          dx.Lane(lane).Row(first), (end - first) * cols_);
    }
  }

 private:
  double RateOf(Index col) const {
    return std::pow(
        1e4, -static_cast<double>(col / 2 * 2) / static_cast<double>(cols_));
  }
  static Real Wave(Index time, double rate, Index col) {
    const double angle = static_cast<double>(time) * rate;
    return static_cast<Real>(col % 2 == 0 ? std::sin(angle) : std::cos(angle));
  }

  Index cols_;
  double factor_;
  std::vector<Real> known_;
};

LayerPtr PositionsFrom(const PositionsOptions& options) {
  return MakePositions(options.cols, options.factor);
}

std::vector<LayerSample> PositionsSamples() {
  const Space tokens = {SpaceKind::kTokens, 1, 1, 0};
  return {{.name = "six columns",
           .layer = MakePositions(6),
           .input_cols = {6},
           .spaces = {tokens}},
          {.name = "odd",
           .layer = MakePositions(5, 2.5),
           .input_cols = {5},
           .spaces = {tokens}}};
}

}  // namespace

LayerPtr MakePositions(Index cols, double factor) {
  Require(cols > 0, ErrorKind::kUsage, Str("places of ", cols, " columns"));
  return std::make_shared<PositionsLayer>(cols, factor);
}

extern const LayerEntry kPositionsLayer;
const LayerEntry kPositionsLayer =
    MakeLayerEntry<PositionsFrom, PositionsOptions>(
        "positions", "adds waves that tell the place in a sequence",
        PositionsSamples);

}  // namespace mtlkit
