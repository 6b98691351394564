#include "base/error.h"
#include "nn/layers/layer_options.h"
#include "nn/layers/layers.h"

namespace mtlkit {
namespace {

// The second input may have one column, by which whole rows are multiplied.
class ProductLayer : public Layer {
 public:
  std::string_view kind() const override { return "product"; }
  LayerTraits traits() const override { return {}; }
  Index OutputCols(std::span<const Index> cols) const override {
    Require(cols[0] == cols[1] || cols[1] == 1, ErrorKind::kUsage,
            Str("inputs of ", cols[0], " and ", cols[1], " columns"),
            "they must be equal, or the second 1");
    return cols[0];
  }

  void Forward(const Pass& pass, const ForwardArgs& args) const override {
    const ConstMatView x = args.x[0].values;
    const ConstMatView by = args.x[1].values;
    if (x.cols == by.cols) {
      pass.kernels->multiply(x.Row(args.first), by.Row(args.first),
                             args.y.Row(args.first), args.count * x.cols);
      return;
    }
    ScaleRows(pass, by, args.first, args.count, x, args.y);
  }
  void Backward(const Pass& pass, const BackwardArgs& args) const override {
    const ConstMatView x = args.x[0].values;
    const ConstMatView by = args.x[1].values;
    for (std::size_t i = 0; i < 2; ++i) {
      const Lanes& dx = args.dx[i];
      for (Index lane = 0; lane < dx.count && !dx.empty(); ++lane) {
        const ConstMatView dy = args.dy.Lane(lane);
        const MatView made = dx.Lane(lane);
        if (x.cols == by.cols) {
          pass.kernels->multiply(dy.Row(args.first),
                                 args.x[1 - i].values.Row(args.first),
                                 made.Row(args.first), args.count * dx.cols);
        } else if (i == 0) {
          ScaleRows(pass, by, args.first, args.count, dy, made);
        } else {
          DotRows(pass, args.first, args.count, x, dy, made);
        }
      }
    }
  }

 private:
  static void ScaleRows(const Pass& pass, ConstMatView by, Index first,
                        Index count, ConstMatView x, MatView y) {
    for (Index row = first; row < first + count; ++row) {
      pass.kernels->scale(*by.Row(row), x.Row(row), y.Row(row), x.cols);
    }
  }
  static void DotRows(const Pass& pass, Index first, Index count,
                      ConstMatView x, ConstMatView dy, MatView by) {
    for (Index row = first; row < first + count; ++row) {
      *by.Row(row) =
          static_cast<Real>(pass.kernels->dot(x.Row(row), dy.Row(row), x.cols));
    }
  }
};

std::vector<LayerSample> ProductSamples() {
  return {{"two inputs", MakeProduct(), {5, 5}},
          {"whole rows", MakeProduct(), {5, 1}}};
}

}  // namespace

LayerPtr MakeProduct() {
  return std::make_shared<ProductLayer>();
}

extern const LayerEntry kProductLayer;
const LayerEntry kProductLayer = MakeLayerEntry<MakeProduct>(
    "product",
    "the product of its inputs, element by element, or row by row where the "
    "second has one column",
    ProductSamples, 2, 2);

}  // namespace mtlkit
