#include <algorithm>

#include "base/error.h"
#include "nn/layers/elementwise.h"
#include "nn/layers/layer_options.h"
#include "nn/layers/layers.h"

namespace mtlkit {
namespace {

struct DropoutOptions {
  double rate = 0;
  void Describe(Fields& fields) {
    fields("rate", rate, "share of elements that become 0", BelowFrom(0, 1));
  }
};

class DropoutLayer : public ElementwiseLayer {
 public:
  explicit DropoutLayer(double rate) : rate_(rate) {}

  std::string_view kind() const override { return "dropout"; }
  LayerTraits traits() const override {
    return {.reads_input = false, .in_place = true, .random = true};
  }
  void Describe(Fields& fields) const override {
    DropoutOptions{rate_}.Describe(fields);
  }

 private:
  void Map(const Pass& pass, const LayerArgs& args, ConstMatView x,
           MatView y) const override {
    if (pass.mode == Mode::kTraining) {
      // The upper half of a row number tells the layers of a network apart.
      const Index first = (args.node << 32) + args.first;
      pass.kernels->dropout(pass.dropout, rate_, first, x.data, x.cols, y.data,
                            y.cols, x.rows, x.cols);
    } else if (y.data != x.data) {
      std::copy_n(x.data, x.size(), y.data);
    }
  }
  // The mask is made again: the gradient passes where the value did.
  void MapGradient(const Pass& pass, const LayerArgs& args, ConstMatView,
                   ConstMatView dy, MatView dx) const override {
    Map(pass, args, dy, dx);
  }

  double rate_;
};

LayerPtr DropoutFrom(const DropoutOptions& options) {
  return MakeDropout(options.rate);
}

std::vector<LayerSample> DropoutSamples() {
  return {{"half", MakeDropout(0.5), {6}},
          {"none", MakeDropout(0), {3}},
          {.name = "tokens",
           .layer = MakeDropout(0.4),
           .input_cols = {3},
           .spaces = {{SpaceKind::kTokens, 1, 1, 0}}}};
}

}  // namespace

LayerPtr MakeDropout(double rate) {
  Require(rate >= 0 && rate < 1, ErrorKind::kUsage,
          Str("a dropout rate of ", rate, " is not in [0, 1)"));
  return std::make_shared<DropoutLayer>(rate);
}

extern const LayerEntry kDropoutLayer;
const LayerEntry kDropoutLayer = MakeLayerEntry<DropoutFrom, DropoutOptions>(
    "dropout", "sets random elements to 0 in training", DropoutSamples);

}  // namespace mtlkit
