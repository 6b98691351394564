#include "nn/archs/texts.h"

#include <cmath>
#include <vector>

#include "base/error.h"
#include "nn/layers/layers.h"

namespace mtlkit {
namespace {

// Layers over the tokens of each text, called NAME.0, NAME.1, ...
class TextEncoder {
 public:
  TextEncoder(const TextForm& form, std::string name, NetworkBuilder* builder)
      : form_(form), name_(std::move(name)), builder_(*builder) {}

  Value Add(Value x) {
    return form_.kind == TextForm::Kind::kTransformer ? AddTransformer(x)
                                                      : AddRecurrent(x);
  }

 private:
  Value AddDense(const std::string& name, Value x, Index units,
                 InitKind init = InitKind::kGlorotUniform,
                 Activation activation = Activation::kIdentity) {
    return builder_.Add(name,
                        MakeDense({.units = units,
                                   .activation = activation,
                                   .kernel_init = {init, 0}}),
                        {x});
  }

  Value AddDropout(const std::string& name, Value x) {
    if (form_.dropout == 0) return x;
    return builder_.Add(name + ".dropout", MakeDropout(form_.dropout), {x});
  }

  // Graves and Schmidhuber, "Framewise phoneme classification with
  // bidirectional LSTM", 2005: what all gates of both ways get of the input by
  // one product for all tokens.
  Value AddRecurrent(Value x) {
    const bool is_lstm = form_.kind == TextForm::Kind::kBiLstm;
    x = AddDropout(name_, x);
    for (Index layer = 0; layer < form_.layers; ++layer) {
      const std::string name = Str(name_, ".", layer);
      const Index gates = 2 * (is_lstm ? 4 : 3) * form_.width;
      const Value z =
          AddDense(name + ".gates", x, gates, InitKind::kTorchLinear);
      x = builder_.Add(name, is_lstm ? MakeLstm({.both = true}) : MakeGru(true),
                       {z});
      x = AddDropout(name, x);
    }
    return x;
  }

  // Vaswani et al., "Attention is all you need", 2017, with the norms in front
  // (Xiong et al., "On layer normalization in the transformer architecture",
  // 2020).
  Value AddTransformer(Value x) {
    const Index width = form_.width;
    const double factor = std::sqrt(static_cast<double>(width));
    x = builder_.Add(name_ + ".positions", MakePositions(width, factor), {x});
    x = AddDropout(name_, x);
    for (Index layer = 0; layer < form_.layers; ++layer) {
      const std::string name = Str(name_, ".", layer);
      Value y = builder_.Add(name + ".norm", MakeLayerNorm(), {x});
      y = AddDense(name + ".queries", y, 3 * width);
      y = builder_.Add(
          name + ".attention",
          MakeAttention({.heads = form_.heads, .causal = form_.causal}), {y});
      x = AddBranch(name, x, AddDense(name + ".out", y, width));
      const std::string ff = name + ".ff";
      y = builder_.Add(ff + ".norm", MakeLayerNorm(), {x});
      y = AddDense(ff + ".0", y, form_.ff, InitKind::kHeUniform,
                   Activation::kRelu);
      x = AddBranch(ff, x,
                    AddDense(ff + ".1", AddDropout(ff + ".0", y), width));
    }
    return builder_.Add(name_ + ".norm", MakeLayerNorm(), {x});
  }

  Value AddBranch(const std::string& name, Value x, Value branch) {
    return builder_.Add(name + ".sum", MakeSum(),
                        {x, AddDropout(name, branch)});
  }

  const TextForm& form_;
  std::string name_;
  NetworkBuilder& builder_;
};

}  // namespace

Value AddTokens(const InputPlace& place, const InputSpec& input,
                const TextForm& form, Value value, NetworkBuilder* builder) {
  const Index codes = static_cast<Index>(input.categories[0].size()) + 1;
  Index width = form.embedding;
  if (width == 0) width = place.options.embedding;
  if (width == 0) width = EmbeddingWidth(codes);
  value = builder->Add(place.prefix + "tokens" + place.number,
                       MakeEmbedding({codes}, {width}, form.unknown), {value});
  if (form.kind == TextForm::Kind::kBag) return value;
  return TextEncoder(form, place.prefix + "text" + place.number, builder)
      .Add(value);
}

Value AddTextPool(const InputPlace& place, const TextForm& form, Value tokens,
                  NetworkBuilder* builder) {
  if (form.kind == TextForm::Kind::kBag) {
    return builder->Add(place.prefix + "pool" + place.number, MakePool(),
                        {tokens});
  }
  const std::string name = place.prefix + "text" + place.number;
  if (form.pool == "last") {
    return builder->Add(name + ".last", MakeLastPool(), {tokens});
  }
  std::vector<Value> pooled;
  if (form.pool != "max") {
    pooled.push_back(builder->Add(name + ".mean", MakePool(), {tokens}));
  }
  if (form.pool != "mean") {
    pooled.push_back(builder->Add(name + ".max", MakeMaxPool(), {tokens}));
  }
  if (pooled.size() == 1) return pooled[0];
  return builder->Add(name + ".pooled", MakeConcat(), pooled);
}

}  // namespace mtlkit
