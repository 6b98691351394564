#include "nn/layers/layer_options.h"
#include "nn/layers/layers.h"

namespace mtlkit {
namespace {

constexpr Index kLayerNormScale = 0;
constexpr Index kLayerNormShift = 1;

struct LayerNormOptions {
  double epsilon = 1e-5;
  void Describe(Fields& fields) {
    fields("epsilon", epsilon, "added to variances", MoreThan(0));
  }
};

class LayerNormLayer : public Layer {
 public:
  explicit LayerNormLayer(double epsilon) : epsilon_(epsilon) {}

  std::string_view kind() const override { return "layer-norm"; }
  LayerTraits traits() const override { return {}; }
  void Describe(Fields& fields) const override {
    LayerNormOptions{epsilon_}.Describe(fields);
  }
  Index OutputCols(std::span<const Index> cols) const override {
    return cols[0];
  }
  std::vector<ParamSpec> Params(std::span<const Index> cols) const override {
    return {{.name = "scale", .cols = cols[0], .init = {.value = 1}},
            {.name = "shift", .cols = cols[0]}};
  }

  void Forward(const Pass& pass, const ForwardArgs& args) const override {
    LayerNormArgs norm =
        Arguments(args, args.x[0].values.Rows(args.first, args.count));
    norm.shift = args.w[kLayerNormShift].data;
    norm.y = args.y.Row(args.first);
    norm.y_stride = args.y.cols;
    pass.kernels->layer_norm(norm);
  }

  void Backward(const Pass& pass, const BackwardArgs& args) const override {
    if (args.dx[0].empty()) return;
    for (Index lane = 0; lane < args.dy.count; ++lane) {
      LayerNormArgs norm =
          Arguments(args, args.x[0].values.Rows(args.first, args.count));
      norm.dy = args.dy.Lane(lane).Row(args.first);
      norm.dy_stride = args.dy.cols;
      norm.dx = args.dx[0].Lane(lane).Row(args.first);
      norm.dx_stride = args.dy.cols;
      pass.kernels->layer_norm_gradient(norm);
    }
  }

  void BackwardParams(const Pass& pass, const ParamArgs& args) const override {
    LayerNormArgs norm =
        Arguments(args, args.x[0].values.Rows(args.first, args.count));
    norm.dy = args.dy.Row(args.first);
    norm.dy_stride = args.dy.cols;
    (args.param == kLayerNormScale ? norm.dscale : norm.dshift) = args.dw.data;
    pass.kernels->layer_norm_gradient(norm);
  }

 private:
  LayerNormArgs Arguments(const LayerArgs& args, ConstMatView x) const {
    return {.x = x.data,
            .x_stride = x.cols,
            .rows = x.rows,
            .cols = x.cols,
            .epsilon = static_cast<Real>(epsilon_),
            .scale = args.w[kLayerNormScale].data};
  }

  double epsilon_;
};

LayerPtr LayerNormFrom(const LayerNormOptions& options) {
  return MakeLayerNorm(options.epsilon);
}

std::vector<LayerSample> LayerNormSamples() {
  return {{"6 columns", MakeLayerNorm(), {6}},
          {"large epsilon", MakeLayerNorm(0.1), {19}}};
}

}  // namespace

LayerPtr MakeLayerNorm(double epsilon) {
  return std::make_shared<LayerNormLayer>(epsilon);
}

extern const LayerEntry kLayerNormLayer;
const LayerEntry kLayerNormLayer =
    MakeLayerEntry<LayerNormFrom, LayerNormOptions>(
        "layer-norm", "normalises each row over its columns", LayerNormSamples);

}  // namespace mtlkit
