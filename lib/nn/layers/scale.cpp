#include <algorithm>

#include "nn/layers/elementwise.h"
#include "nn/layers/layer_options.h"
#include "nn/layers/layers.h"

namespace mtlkit {
namespace {

struct ScaleOptions {
  double factor = 1;
  void Describe(Fields& fields) {
    fields("factor", factor, "by which elements are multiplied");
  }
};

class ScaleLayer : public ElementwiseLayer {
 public:
  explicit ScaleLayer(double factor) : factor_(factor) {}

  std::string_view kind() const override { return "scale"; }
  LayerTraits traits() const override {
    return {.reads_input = false, .in_place = true};
  }
  void Describe(Fields& fields) const override {
    ScaleOptions{factor_}.Describe(fields);
  }

 private:
  void Map(const Pass& pass, const LayerArgs&, ConstMatView x,
           MatView y) const override {
    pass.kernels->scale(static_cast<Real>(factor_), x.data, y.data, x.size());
  }
  void MapGradient(const Pass& pass, const LayerArgs&, ConstMatView,
                   ConstMatView dy, MatView dx) const override {
    pass.kernels->scale(static_cast<Real>(factor_), dy.data, dx.data,
                        dy.size());
  }

  double factor_;
};

// Plans ask it for no gradient.
class StopGradientLayer : public ElementwiseLayer {
 public:
  std::string_view kind() const override { return "stop-gradient"; }
  LayerTraits traits() const override {
    return {.reads_input = false, .stops_gradient = true};
  }

 private:
  void Map(const Pass&, const LayerArgs&, ConstMatView x,
           MatView y) const override {
    std::copy_n(x.data, x.size(), y.data);
  }
  void MapGradient(const Pass&, const LayerArgs&, ConstMatView, ConstMatView,
                   MatView dx) const override {
    std::ranges::fill(dx.flat(), Real(0));
  }
};

LayerPtr ScaleFrom(const ScaleOptions& options) {
  return MakeScale(options.factor);
}

std::vector<LayerSample> ScaleSamples() {
  return {{"twice", MakeScale(2), {4}}};
}

std::vector<LayerSample> StopGradientSamples() {
  return {{"four columns", MakeStopGradient(), {4}}};
}

}  // namespace

LayerPtr MakeScale(double factor) {
  return std::make_shared<ScaleLayer>(factor);
}

LayerPtr MakeStopGradient() {
  return std::make_shared<StopGradientLayer>();
}

extern const LayerEntry kScaleLayer;
const LayerEntry kScaleLayer = MakeLayerEntry<ScaleFrom, ScaleOptions>(
    "scale", "its input times a number", ScaleSamples);

extern const LayerEntry kStopGradientLayer;
const LayerEntry kStopGradientLayer = MakeLayerEntry<MakeStopGradient>(
    "stop-gradient", "its input, which learns nothing from what reads it here",
    StopGradientSamples);

}  // namespace mtlkit
