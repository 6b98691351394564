#include <cmath>

#include "nn/layers/layer_options.h"
#include "nn/layers/layers.h"

namespace mtlkit {
namespace {

struct RmsNormOptions {
  double epsilon = 1e-6;
  void Describe(Fields& fields) {
    fields("epsilon", epsilon, "added to mean squares", MoreThan(0));
  }
};

// y = x r scale with r = 1 / sqrt(mean(x^2) + epsilon). With g = dy scale, dx =
// r (g - x r^2 mean(g x)).
class RmsNormLayer : public Layer {
 public:
  explicit RmsNormLayer(double epsilon) : epsilon_(epsilon) {}

  std::string_view kind() const override { return "rms-norm"; }
  LayerTraits traits() const override { return {}; }
  void Describe(Fields& fields) const override {
    RmsNormOptions{epsilon_}.Describe(fields);
  }
  Index OutputCols(std::span<const Index> cols) const override {
    return cols[0];
  }
  std::vector<ParamSpec> Params(std::span<const Index> cols) const override {
    return {{.name = "scale", .cols = cols[0], .init = {.value = 1}}};
  }

  void Forward(const Pass& pass, const ForwardArgs& args) const override {
    const Real* scale = args.w[0].data;
    for (Index row = args.first; row < args.first + args.count; ++row) {
      const Real* x = args.x[0].values.Row(row);
      Real* y = args.y.Row(row);
      const Real by = InverseRoot(pass, x, args.y.cols);
      for (Index c = 0; c < args.y.cols; ++c) y[c] = x[c] * by * scale[c];
    }
  }

  void Backward(const Pass& pass, const BackwardArgs& args) const override {
    if (args.dx[0].empty()) return;
    const Index cols = args.dy.cols;
    for (Index lane = 0; lane < args.dy.count; ++lane) {
      for (Index row = args.first; row < args.first + args.count; ++row) {
        const Real* x = args.x[0].values.Row(row);
        const Real* dy = args.dy.Lane(lane).Row(row);
        Real* dx = args.dx[0].Lane(lane).Row(row);
        const Real by = InverseRoot(pass, x, cols);
        pass.kernels->multiply(dy, args.w[0].data, dx, cols);
        const double along = pass.kernels->dot(dx, x, cols);
        const auto share = static_cast<Real>(along / static_cast<double>(cols) *
                                             static_cast<double>(by) *
                                             static_cast<double>(by));
        for (Index c = 0; c < cols; ++c) dx[c] = by * (dx[c] - share * x[c]);
      }
    }
  }

  void BackwardParams(const Pass& pass, const ParamArgs& args) const override {
    Real* dscale = args.dw.data;
    std::fill_n(dscale, args.dy.cols, Real{0});
    for (Index row = args.first; row < args.first + args.count; ++row) {
      const Real* x = args.x[0].values.Row(row);
      const Real* dy = args.dy.Row(row);
      const Real by = InverseRoot(pass, x, args.dy.cols);
      for (Index c = 0; c < args.dy.cols; ++c) dscale[c] += dy[c] * (x[c] * by);
    }
  }

 private:
  Real InverseRoot(const Pass& pass, const Real* x, Index cols) const {
    const double square =
        pass.kernels->dot(x, x, cols) / static_cast<double>(cols);
    return static_cast<Real>(1 / std::sqrt(square + epsilon_));
  }

  double epsilon_;
};

LayerPtr RmsNormFrom(const RmsNormOptions& options) {
  return MakeRmsNorm(options.epsilon);
}

std::vector<LayerSample> RmsNormSamples() {
  return {{"6 columns", MakeRmsNorm(), {6}},
          {"large epsilon", MakeRmsNorm(0.1), {19}}};
}

}  // namespace

LayerPtr MakeRmsNorm(double epsilon) {
  return std::make_shared<RmsNormLayer>(epsilon);
}

extern const LayerEntry kRmsNormLayer;
const LayerEntry kRmsNormLayer = MakeLayerEntry<RmsNormFrom, RmsNormOptions>(
    "rms-norm", "divides each row by the root of its mean square",
    RmsNormSamples);

}  // namespace mtlkit
