// One row for each row of the batch, of all that belong to it.
#include <algorithm>

#include "nn/layers/layer_options.h"
#include "nn/layers/layers.h"

namespace mtlkit {
namespace {

class PoolLayer : public Layer {
 public:
  std::string_view kind() const override { return "pool"; }
  LayerTraits traits() const override {
    return {.reads_input = false, .by_group = true};
  }
  Index OutputCols(std::span<const Index> cols) const override {
    return cols[0];
  }
  Space OutputSpace(std::span<const Space>) const override { return {}; }

  void Forward(const Pass& pass, const ForwardArgs& args) const override {
    const ConstMatView x = args.x[0].values;
    for (Index row = args.first; row < args.first + args.count; ++row) {
      const Index first = args.x[0].extent.Begin(row);
      const Index count = args.x[0].extent.Begin(row + 1) - first;
      Real* y = args.y.Row(row);
      if (count == 0) {
        std::fill_n(y, x.cols, Real(0));
        continue;
      }
      pass.kernels->column_sums(x.Row(first), x.cols, count, x.cols, y);
      pass.kernels->scale(Share(count), y, y, x.cols);
    }
  }

  void Backward(const Pass& pass, const BackwardArgs& args) const override {
    const Lanes& dx = args.dx[0];
    for (Index lane = 0; lane < dx.count && !dx.empty(); ++lane) {
      Spread(pass, args, args.dy.Lane(lane), dx.Lane(lane));
    }
  }

 private:
  static Real Share(Index count) { return Real(1) / static_cast<Real>(count); }

  static void Spread(const Pass& pass, const BackwardArgs& args, MatView dy,
                     MatView dx) {
    for (Index row = args.first; row < args.first + args.count; ++row) {
      const Index first = args.x[0].extent.Begin(row);
      const Index end = args.x[0].extent.Begin(row + 1);
      if (first == end) continue;
      const Real* share = dx.Row(first);
      pass.kernels->scale(Share(end - first), dy.Row(row), dx.Row(first),
                          dx.cols);
      for (Index i = first + 1; i < end; ++i) {
        std::copy_n(share, dx.cols, dx.Row(i));
      }
    }
  }
};

class MaxPoolLayer : public Layer {
 public:
  std::string_view kind() const override { return "max-pool"; }
  LayerTraits traits() const override {
    return {.reads_output = true, .by_group = true};
  }
  Index OutputCols(std::span<const Index> cols) const override {
    return cols[0];
  }
  Space OutputSpace(std::span<const Space>) const override { return {}; }
  Index ScratchSize(std::span<const Index> cols, Index) const override {
    return cols[0];
  }

  // NaN is passed on.
  void Forward(const Pass&, const ForwardArgs& args) const override {
    const Operand& x = args.x[0];
    const Index cols = args.y.cols;
    for (Index row = args.first; row < args.first + args.count; ++row) {
      const Index first = x.extent.Begin(row);
      const Index end = x.extent.Begin(row + 1);
      Real* y = args.y.Row(row);
      if (first == end) std::fill_n(y, cols, Real(0));
      for (Index i = first; i < end; ++i) {
        const Real* from = x.values.Row(i);
        for (Index c = 0; c < cols; ++c) {
          y[c] = i > first && from[c] <= y[c] ? y[c] : from[c];
        }
      }
    }
  }

  // What is still to go to the first that is the largest waits in scratch.
  void Backward(const Pass&, const BackwardArgs& args) const override {
    const Operand& x = args.x[0];
    const Lanes& dx = args.dx[0];
    const Index cols = args.dy.cols;
    for (Index lane = 0; lane < dx.count && !dx.empty(); ++lane) {
      for (Index row = args.first; row < args.first + args.count; ++row) {
        const Real* y = args.y.Row(row);
        std::copy_n(args.dy.Lane(lane).Row(row), cols, args.scratch);
        for (Index i = x.extent.Begin(row); i < x.extent.Begin(row + 1); ++i) {
          const Real* from = x.values.Row(i);
          Real* to = dx.Lane(lane).Row(i);
          for (Index c = 0; c < cols; ++c) {
            to[c] = from[c] == y[c] ? args.scratch[c] : Real(0);
            if (from[c] == y[c]) args.scratch[c] = 0;
          }
        }
      }
    }
  }
};

class LastPoolLayer : public Layer {
 public:
  std::string_view kind() const override { return "last-pool"; }
  LayerTraits traits() const override {
    return {.reads_input = false, .by_group = true};
  }
  Index OutputCols(std::span<const Index> cols) const override {
    return cols[0];
  }
  Space OutputSpace(std::span<const Space>) const override { return {}; }

  void Forward(const Pass&, const ForwardArgs& args) const override {
    const Operand& x = args.x[0];
    for (Index row = args.first; row < args.first + args.count; ++row) {
      const Index end = x.extent.Begin(row + 1);
      Real* y = args.y.Row(row);
      if (end == x.extent.Begin(row)) {
        std::fill_n(y, args.y.cols, Real(0));
      } else {
        std::copy_n(x.values.Row(end - 1), args.y.cols, y);
      }
    }
  }

  void Backward(const Pass&, const BackwardArgs& args) const override {
    const Extent& extent = args.x[0].extent;
    const Lanes& dx = args.dx[0];
    for (Index lane = 0; lane < dx.count && !dx.empty(); ++lane) {
      for (Index row = args.first; row < args.first + args.count; ++row) {
        const Index first = extent.Begin(row);
        const Index end = extent.Begin(row + 1);
        if (first == end) continue;
        std::fill(dx.Lane(lane).Row(first), dx.Lane(lane).Row(end - 1),
                  Real(0));
        std::copy_n(args.dy.Lane(lane).Row(row), dx.cols,
                    dx.Lane(lane).Row(end - 1));
      }
    }
  }
};

std::vector<LayerSample> SamplesOf(LayerPtr (*make)()) {
  const Space tokens = {SpaceKind::kTokens, 1, 1, 0};
  const Space grid = {SpaceKind::kGrid, 2, 3, -1};
  const Space members = {SpaceKind::kMembers, 1, 4, -1};
  return {
      {.name = "tokens",
       .layer = make(),
       .input_cols = {5},
       .spaces = {tokens}},
      {.name = "pixels", .layer = make(), .input_cols = {3}, .spaces = {grid}},
      {.name = "members",
       .layer = make(),
       .input_cols = {2},
       .spaces = {members}}};
}

std::vector<LayerSample> PoolSamples() {
  return SamplesOf(MakePool);
}
std::vector<LayerSample> MaxPoolSamples() {
  return SamplesOf(MakeMaxPool);
}
std::vector<LayerSample> LastPoolSamples() {
  return SamplesOf(MakeLastPool);
}

}  // namespace

LayerPtr MakePool() {
  return std::make_shared<PoolLayer>();
}

LayerPtr MakeMaxPool() {
  return std::make_shared<MaxPoolLayer>();
}

LayerPtr MakeLastPool() {
  return std::make_shared<LastPoolLayer>();
}

extern const LayerEntry kPoolLayer;
const LayerEntry kPoolLayer = MakeLayerEntry<MakePool>(
    "pool", "the mean of a row's tokens, pixels or members", PoolSamples);

extern const LayerEntry kMaxPoolLayer;
const LayerEntry kMaxPoolLayer = MakeLayerEntry<MakeMaxPool>(
    "max-pool", "the largest of a row's tokens, pixels or members",
    MaxPoolSamples);

extern const LayerEntry kLastPoolLayer;
const LayerEntry kLastPoolLayer = MakeLayerEntry<MakeLastPool>(
    "last-pool", "the last of a row's tokens, pixels or members",
    LastPoolSamples);

}  // namespace mtlkit
