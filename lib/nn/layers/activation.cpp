#include <algorithm>

#include "base/error.h"
#include "base/text.h"
#include "nn/layers/elementwise.h"
#include "nn/layers/layer_options.h"
#include "nn/layers/layers.h"

namespace mtlkit {
namespace {

struct NamedActivation {
  std::string_view name;
  Activation activation;
};
constexpr NamedActivation kActivations[] = {
    {"none", Activation::kIdentity},
    {"relu", Activation::kRelu},
    {"leaky-relu", Activation::kLeakyRelu},
    {"gelu", Activation::kGelu},
    {"tanh", Activation::kTanh},
    {"sigmoid", Activation::kSigmoid},
    {"silu", Activation::kSilu},
    {"elu", Activation::kElu},
    {"softplus", Activation::kSoftplus},
};

struct ActivationOptions {
  std::string function = "relu";
  double shape = 0;
  void Describe(Fields& fields) {
    fields("function", function, "which", ActivationNames());
    fields("shape", shape, "a parameter of it, such as a slope");
  }
};

class ActivationLayer : public ElementwiseLayer {
 public:
  ActivationLayer(Activation activation, Real shape)
      : activation_(activation), shape_(shape) {}

  std::string_view kind() const override { return "activation"; }
  LayerTraits traits() const override { return {}; }
  void Describe(Fields& fields) const override {
    ActivationOptions{std::string(ActivationName(activation_)),
                      static_cast<double>(shape_)}
        .Describe(fields);
  }

 private:
  void Map(const Pass& pass, const LayerArgs&, ConstMatView x,
           MatView y) const override {
    pass.kernels->activate(activation_, shape_, x.data, y.data, x.size());
  }
  void MapGradient(const Pass& pass, const LayerArgs&, ConstMatView x,
                   ConstMatView dy, MatView dx) const override {
    pass.kernels->activate_gradient(activation_, shape_, x.data, dy.data,
                                    dx.data, x.size());
  }

  Activation activation_;
  Real shape_;
};

LayerPtr ActivationFrom(const ActivationOptions& options) {
  return MakeActivation(ParseActivation(options.function),
                        static_cast<Real>(options.shape));
}

std::vector<LayerSample> ActivationSamples() {
  std::vector<LayerSample> samples;
  for (const NamedActivation& known : kActivations) {
    samples.push_back(
        {std::string(known.name), MakeActivation(known.activation), {5}});
  }
  return samples;
}

}  // namespace

Activation ParseActivation(std::string_view name) {
  for (const NamedActivation& known : kActivations) {
    if (known.name == name) return known.activation;
  }
  Fail(ErrorKind::kUsage, Str("there is no activation '", name, "'"),
       Str("known: ", Join(ActivationNames(), ", ")));
}

std::string_view ActivationName(Activation activation) {
  const auto known =
      std::ranges::find(kActivations, activation, &NamedActivation::activation);
  assert(known != std::end(kActivations));
  return known->name;
}

std::vector<std::string> ActivationNames() {
  std::vector<std::string> names;
  for (const NamedActivation& known : kActivations) {
    names.emplace_back(known.name);
  }
  return names;
}

Real ActivationShape(Activation activation) {
  if (activation == Activation::kLeakyRelu) return Real(0.01);
  return activation == Activation::kElu ? Real(1) : Real(0);
}

LayerPtr MakeActivation(Activation activation) {
  return MakeActivation(activation, ActivationShape(activation));
}

LayerPtr MakeActivation(Activation activation, Real shape) {
  return std::make_shared<ActivationLayer>(activation, shape);
}

extern const LayerEntry kActivationLayer;
const LayerEntry kActivationLayer =
    MakeLayerEntry<ActivationFrom, ActivationOptions>(
        "activation", "a function of each element: ReLU, tanh and others",
        ActivationSamples);

}  // namespace mtlkit
