#include <algorithm>

#include "base/error.h"
#include "nn/layers/elementwise.h"
#include "nn/layers/layer_options.h"
#include "nn/layers/layers.h"

namespace mtlkit {
namespace {

struct DropPathOptions {
  double rate = 0;
  void Describe(Fields& fields) {
    fields("rate", rate, "share of rows that become 0", BelowFrom(0, 1));
  }
};

class DropPathLayer : public ElementwiseLayer {
 public:
  explicit DropPathLayer(double rate) : rate_(rate) {}

  std::string_view kind() const override { return "drop-path"; }
  LayerTraits traits() const override {
    return {.reads_input = false, .in_place = true, .random = true};
  }
  void Describe(Fields& fields) const override {
    DropPathOptions{rate_}.Describe(fields);
  }

 private:
  void Map(const Pass& pass, const LayerArgs& args, ConstMatView x,
           MatView y) const override {
    if (pass.mode != Mode::kTraining) {
      if (y.data != x.data) std::copy_n(x.data, x.size(), y.data);
      return;
    }
    const auto threshold = static_cast<std::uint32_t>(rate_ * 0x1p32);
    const Real factor = static_cast<Real>(1 / (1 - rate_));
    for (Index row = 0; row < x.rows; ++row) {
      // The upper half of a row number tells the layers of a network apart.
      const Index place = (args.node << 32) + args.first + row;
      const bool is_kept = pass.dropout.At(place, 0) >= threshold;
      pass.kernels->scale(is_kept ? factor : Real{0}, x.Row(row), y.Row(row),
                          x.cols);
    }
  }
  // The same rows are found again: the gradient passes where the value did.
  void MapGradient(const Pass& pass, const LayerArgs& args, ConstMatView,
                   ConstMatView dy, MatView dx) const override {
    Map(pass, args, dy, dx);
  }

  double rate_;
};

LayerPtr DropPathFrom(const DropPathOptions& options) {
  return MakeDropPath(options.rate);
}

std::vector<LayerSample> DropPathSamples() {
  return {{"half", MakeDropPath(0.5), {6}}, {"none", MakeDropPath(0), {3}}};
}

}  // namespace

LayerPtr MakeDropPath(double rate) {
  Require(rate >= 0 && rate < 1, ErrorKind::kUsage,
          Str("a share of ", rate, " is not in [0, 1)"));
  return std::make_shared<DropPathLayer>(rate);
}

extern const LayerEntry kDropPathLayer;
const LayerEntry kDropPathLayer = MakeLayerEntry<DropPathFrom, DropPathOptions>(
    "drop-path", "sets random rows to 0 in training", DropPathSamples);

}  // namespace mtlkit
