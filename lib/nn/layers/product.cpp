#include "base/error.h"
#include "nn/layers/layer_options.h"
#include "nn/layers/layers.h"

namespace mtlkit {
namespace {

class ProductLayer : public Layer {
 public:
  std::string_view kind() const override { return "product"; }
  LayerTraits traits() const override { return {}; }
  Index OutputCols(std::span<const Index> cols) const override {
    Require(cols[0] == cols[1], ErrorKind::kUsage,
            Str("inputs of ", cols[0], " and ", cols[1], " columns"),
            "they must be equal");
    return cols[0];
  }

  void Forward(const Pass& pass, const ForwardArgs& args) const override {
    pass.kernels->multiply(args.x[0].values.Row(args.first),
                           args.x[1].values.Row(args.first),
                           args.y.Row(args.first), args.count * args.y.cols);
  }
  void Backward(const Pass& pass, const BackwardArgs& args) const override {
    for (std::size_t i = 0; i < 2; ++i) {
      const Lanes& dx = args.dx[i];
      for (Index lane = 0; lane < dx.count && !dx.empty(); ++lane) {
        pass.kernels->multiply(args.dy.Lane(lane).Row(args.first),
                               args.x[1 - i].values.Row(args.first),
                               dx.Lane(lane).Row(args.first),
                               args.count * dx.cols);
      }
    }
  }
};

std::vector<LayerSample> ProductSamples() {
  return {{"two inputs", MakeProduct(), {5, 5}}};
}

}  // namespace

LayerPtr MakeProduct() {
  return std::make_shared<ProductLayer>();
}

extern const LayerEntry kProductLayer;
const LayerEntry kProductLayer = MakeLayerEntry<MakeProduct>(
    "product", "the product of its inputs, element by element", ProductSamples,
    2, 2);

}  // namespace mtlkit
