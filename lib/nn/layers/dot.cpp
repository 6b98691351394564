#include "base/error.h"
#include "nn/layers/layer_options.h"
#include "nn/layers/layers.h"

namespace mtlkit {
namespace {

struct DotOptions {
  double factor = 1;
  void Describe(Fields& fields) {
    fields("factor", factor, "by which it is multiplied");
  }
};

class DotLayer : public Layer {
 public:
  explicit DotLayer(double factor) : factor_(factor) {}

  std::string_view kind() const override { return "dot"; }
  LayerTraits traits() const override { return {}; }
  void Describe(Fields& fields) const override {
    DotOptions{factor_}.Describe(fields);
  }
  Index OutputCols(std::span<const Index> cols) const override {
    Require(cols[0] == cols[1], ErrorKind::kUsage,
            Str("inputs of ", cols[0], " and ", cols[1], " columns"),
            "they must be equal");
    return 1;
  }
  Index WorkPerRow(std::span<const Index> cols) const override {
    return cols[0];
  }

  void Forward(const Pass& pass, const ForwardArgs& args) const override {
    const ConstMatView a = args.x[0].values;
    const ConstMatView b = args.x[1].values;
    for (Index row = args.first; row < args.first + args.count; ++row) {
      args.y(row, 0) = static_cast<Real>(
          factor_ * pass.kernels->dot(a.Row(row), b.Row(row), a.cols));
    }
  }
  void Backward(const Pass& pass, const BackwardArgs& args) const override {
    for (std::size_t i = 0; i < 2; ++i) {
      const Lanes& dx = args.dx[i];
      const ConstMatView other = args.x[1 - i].values;
      for (Index lane = 0; lane < dx.count && !dx.empty(); ++lane) {
        const MatView dy = args.dy.Lane(lane);
        for (Index row = args.first; row < args.first + args.count; ++row) {
          pass.kernels->scale(static_cast<Real>(factor_) * dy(row, 0),
                              other.Row(row), dx.Lane(lane).Row(row),
                              other.cols);
        }
      }
    }
  }

 private:
  double factor_;
};

LayerPtr DotFrom(const DotOptions& options) {
  return MakeDot(options.factor);
}

std::vector<LayerSample> DotSamples() {
  return {{"two inputs", MakeDot(0.7), {5, 5}}};
}

}  // namespace

LayerPtr MakeDot(double factor) {
  return std::make_shared<DotLayer>(factor);
}

extern const LayerEntry kDotLayer;
const LayerEntry kDotLayer = MakeLayerEntry<DotFrom, DotOptions>(
    "dot", "the product of its inputs summed over columns", DotSamples, 2, 2);

}  // namespace mtlkit
