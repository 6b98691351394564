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
    x = AddPositions(x);
    for (Index layer = 0; layer < form_.layers; ++layer) {
      const std::string name = Str(name_, ".", layer);
      x = AddSelfAttention(name, x, form_.causal);
      x = AddForward(name + ".ff", x);
    }
    return AddNorm(name_, x);
  }

 public:
  // The same, where each layer also looks at `source`, by queries of its own.
  Value AddDecoder(Value x, Value source) {
    x = AddPositions(x);
    for (Index layer = 0; layer < form_.layers; ++layer) {
      const std::string name = Str(name_, ".", layer);
      x = AddSelfAttention(name, x, true);
      const std::string cross = name + ".source";
      const Value q =
          AddDense(cross + ".queries", AddNorm(cross, x), form_.width);
      const Value kv = AddDense(cross + ".keys", source, 2 * form_.width);
      x = AddAttention(cross, x, {q, kv}, false);
      x = AddForward(name + ".ff", x);
    }
    return AddNorm(name_, x);
  }

 private:
  Value AddPositions(Value x) {
    const double factor = std::sqrt(static_cast<double>(form_.width));
    x = builder_.Add(name_ + ".positions", MakePositions(form_.width, factor),
                     {x});
    return AddDropout(name_, x);
  }

  Value AddNorm(const std::string& name, Value x) {
    return builder_.Add(name + ".norm", MakeLayerNorm(), {x});
  }

  Value AddSelfAttention(const std::string& name, Value x, bool causal) {
    const Value qkv =
        AddDense(name + ".queries", AddNorm(name, x), 3 * form_.width);
    return AddAttention(name, x, {qkv}, causal);
  }

  Value AddAttention(const std::string& name, Value x,
                     const std::vector<Value>& reads, bool causal) {
    const Value y = builder_.Add(
        name + ".attention",
        MakeAttention({.heads = form_.heads, .causal = causal}), reads);
    return AddBranch(name, x, AddDense(name + ".out", y, form_.width));
  }

  Value AddForward(const std::string& name, Value x) {
    const Value y = AddDense(name + ".0", AddNorm(name, x), form_.ff,
                             InitKind::kHeUniform, Activation::kRelu);
    return AddBranch(
        name, x,
        AddDense(name + ".1", AddDropout(name + ".0", y), form_.width));
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

Value AddTextDecoder(const TextForm& form, const std::string& name, Value x,
                     Value source, NetworkBuilder* builder) {
  Require(form.kind == TextForm::Kind::kTransformer, ErrorKind::kUsage,
          "only a transformer has a decoder");
  return TextEncoder(form, name, builder).AddDecoder(x, source);
}

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
