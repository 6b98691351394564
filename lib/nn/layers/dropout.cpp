#include <algorithm>
#include <cstdint>

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
  // The bits of what was kept, so that random numbers are made once.
  Index SavedSize(Index rows, std::span<const Index> cols) const override {
    return rows * KeptBytes(cols[0]) / static_cast<Index>(sizeof(float));
  }

  DropoutArgs ArgsOf(const LayerArgs& args, ConstMatView x, MatView y) const {
    DropoutArgs dropout;
    dropout.rate = rate_;
    dropout.x = x.data;
    dropout.x_stride = x.cols;
    dropout.y = y.data;
    dropout.y_stride = y.cols;
    dropout.rows = x.rows;
    dropout.cols = x.cols;
    dropout.kept = reinterpret_cast<std::uint8_t*>(args.saved) +
                   args.first * KeptBytes(x.cols);
    return dropout;
  }

  void Map(const Pass& pass, const LayerArgs& args, ConstMatView x,
           MatView y) const override {
    if (pass.mode == Mode::kTraining) {
      DropoutArgs dropout = ArgsOf(args, x, y);
      dropout.random = &pass.dropout;
      // The upper half of a row number tells the layers of a network apart.
      dropout.first_row = (args.node << 32) + args.first;
      pass.kernels->dropout(dropout);
    } else if (y.data != x.data) {
      std::copy_n(x.data, x.size(), y.data);
    }
  }
  // The gradient passes where the value did.
  void MapGradient(const Pass& pass, const LayerArgs& args, ConstMatView,
                   ConstMatView dy, MatView dx) const override {
    if (pass.mode == Mode::kTraining) {
      pass.kernels->dropout_again(ArgsOf(args, dy, dx));
    } else if (dx.data != dy.data) {
      std::copy_n(dy.data, dy.size(), dx.data);
    }
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
