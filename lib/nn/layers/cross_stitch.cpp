#include <algorithm>
#include <utility>

#include "base/error.h"
#include "nn/layers/layer_options.h"
#include "nn/layers/layers.h"

namespace mtlkit {
namespace {

Index EqualCols(std::span<const Index> cols) {
  for (const Index other : cols) {
    Require(other == cols[0], ErrorKind::kUsage,
            Str("inputs of ", cols[0], " and ", other, " columns"),
            "they must be equal");
  }
  return cols[0];
}

// y = sum over j of a_j x_j, for the rows of args.
template <class Factor>
void WeightedSum(const Pass& pass, const ForwardArgs& args, Factor factor) {
  const Kernels& kernels = *pass.kernels;
  const MatView y = args.y.Rows(args.first, args.count);
  for (std::size_t j = 0; j < args.x.size(); ++j) {
    const Real* x = args.x[j].values.Row(args.first);
    if (j == 0) {
      kernels.scale(factor(j), x, y.data, y.size());
    } else {
      kernels.axpy(factor(j), x, y.data, y.size());
    }
  }
}

// dx_j = a_j dy.
template <class Factor>
void ScaledGradients(const Pass& pass, const BackwardArgs& args,
                     Factor factor) {
  for (std::size_t j = 0; j < args.dx.size(); ++j) {
    const Lanes& dx = args.dx[j];
    for (Index lane = 0; lane < dx.count && !dx.empty(); ++lane) {
      pass.kernels->scale(factor(j), args.dy.Lane(lane).Row(args.first),
                          dx.Lane(lane).Row(args.first), args.count * dx.cols);
    }
  }
}

struct CrossStitchOptions {
  Index own = 0;
  double same = 0.9;
  void Describe(Fields& fields) {
    fields("own", own, "number of the input that is the task's own",
           AtLeast(0));
    fields("same", same, "its share at the start", Between(0, 1));
  }
};

class CrossStitchLayer : public Layer {
 public:
  CrossStitchLayer(Index own, double same) : own_(own), same_(same) {}

  std::string_view kind() const override { return "cross-stitch"; }
  LayerTraits traits() const override { return {}; }
  Index OutputCols(std::span<const Index> cols) const override {
    Require(own_ >= 0 && own_ < std::ssize(cols), ErrorKind::kUsage,
            Str("input ", own_, " is to be its own; it has ", cols.size()));
    return EqualCols(cols);
  }
  void Describe(Fields& fields) const override {
    CrossStitchOptions{own_, same_}.Describe(fields);
  }
  std::vector<ParamSpec> Params(std::span<const Index> cols) const override {
    return {{.name = "alpha",
             .cols = std::ssize(cols),
             .init = {InitKind::kStitch, same_},
             .fan_in = std::ssize(cols),
             .fan_out = own_}};
  }

  void Forward(const Pass& pass, const ForwardArgs& args) const override {
    WeightedSum(pass, args, [&](std::size_t j) { return args.w[0].data[j]; });
  }
  void Backward(const Pass& pass, const BackwardArgs& args) const override {
    ScaledGradients(pass, args,
                    [&](std::size_t j) { return args.w[0].data[j]; });
  }
  void BackwardParams(const Pass& pass, const ParamArgs& args) const override {
    for (std::size_t j = 0; j < args.x.size(); ++j) {
      args.dw.data[j] = static_cast<Real>(pass.kernels->dot(
          args.dy.Row(args.first), args.x[j].values.Row(args.first),
          args.count * args.dy.cols));
    }
  }

 private:
  Index own_;
  double same_;
};

class SumLayer : public Layer {
 public:
  std::string_view kind() const override { return "sum"; }
  LayerTraits traits() const override { return {.reads_input = false}; }
  Index OutputCols(std::span<const Index> cols) const override {
    return EqualCols(cols);
  }
  void Forward(const Pass& pass, const ForwardArgs& args) const override {
    WeightedSum(pass, args, [](std::size_t) { return Real(1); });
  }
  void Backward(const Pass& pass, const BackwardArgs& args) const override {
    ScaledGradients(pass, args, [](std::size_t) { return Real(1); });
  }
};

LayerPtr CrossStitchFrom(const CrossStitchOptions& options) {
  return MakeCrossStitch(options.own, options.same);
}

std::vector<LayerSample> StitchSamples() {
  return {{"first of two", MakeCrossStitch(0), {4, 4}},
          {"last of three", MakeCrossStitch(2, 0.5), {3, 3, 3}}};
}

std::vector<LayerSample> SumSamples() {
  return {{"two inputs", MakeSum(), {3, 3}}, {"one input", MakeSum(), {2}}};
}

}  // namespace

LayerPtr MakeCrossStitch(Index own, double same) {
  return std::make_shared<CrossStitchLayer>(own, same);
}

LayerPtr MakeSum() {
  return std::make_shared<SumLayer>();
}

extern const LayerEntry kCrossStitchLayer;
const LayerEntry kCrossStitchLayer =
    MakeLayerEntry<CrossStitchFrom, CrossStitchOptions>(
        "cross-stitch", "a learned linear mix of the tasks' layers",
        StitchSamples, 1, 0);

extern const LayerEntry kSumLayer;
const LayerEntry kSumLayer =
    MakeLayerEntry<MakeSum>("sum", "the sum of its inputs", SumSamples, 1, 0);

}  // namespace mtlkit
