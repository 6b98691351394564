#include "nn/archs/parts.h"

#include <map>
#include <utility>

#include "base/error.h"
#include "data/block_kind.h"

namespace mtlkit {
namespace {

// He's rule for functions that are 0 on one side, Glorot's for the others.
Initializer KernelInit(Activation activation) {
  switch (activation) {
    case Activation::kIdentity:
    case Activation::kTanh:
    case Activation::kSigmoid:
      return {InitKind::kGlorotUniform, 0};
    default:
      return {InitKind::kHeUniform, 0};
  }
}

}  // namespace

NetworkParts::NetworkParts(const ArchArgs& args)
    : schema_(args.schema),
      options_(args.options),
      activation_(ParseActivation(args.options.activation)),
      layers_(ParseLayers(args.options.layers, "--layers")),
      head_layers_(ParseLayers(args.options.head_layers, "--head-layers")),
      builder_(args.schema.inputs,
               static_cast<Index>(args.schema.tasks.size())) {}

NetworkParts::Source NetworkParts::Inputs(const std::string& prefix) {
  Source source;
  std::vector<Value> dense;
  std::map<InputKind, Index> seen;
  for (std::size_t i = 0; i < schema_.inputs.size(); ++i) {
    const InputSpec& input = schema_.inputs[i];
    const Value value = builder_.Input(static_cast<Index>(i));
    if (TraitsOf(input.kind).is_compressed) {
      source.sparse.push_back(value);
      continue;
    }
    const Index before = seen[input.kind]++;
    const std::string number = before == 0 ? "" : Str("-", before);
    dense.push_back(AddStem(prefix, number, input, value));
  }
  source.has_value = !dense.empty();
  if (source.has_value) source.value = JoinDense(prefix + "inputs", dense);
  return source;
}

// What turns an input block into numbers, one row for each of the batch.
Value NetworkParts::AddStem(const std::string& prefix,
                            const std::string& number, const InputSpec& input,
                            Value value) {
  const BlockTraits& traits = TraitsOf(input.kind);
  const bool tokens = traits.rows == BlockRows::kTokens;
  if (traits.has_categories) {
    const std::string name = tokens ? "tokens" : "embedding";
    value = AddTables(prefix + name + number, input, value);
  }
  switch (traits.rows) {
    case BlockRows::kBatch:
      break;
    case BlockRows::kPixels:
      return builder_.Add(prefix + "flatten" + number,
                          MakeFlatten(input.height, input.width), {value});
    case BlockRows::kTokens:
      return builder_.Add(prefix + "pool" + number, MakePool(), {value});
  }
  return value;
}

Value NetworkParts::AddTables(const std::string& name, const InputSpec& input,
                              Value value) {
  std::vector<Index> codes;
  std::vector<Index> widths;
  for (const auto& categories : input.categories) {
    codes.push_back(static_cast<Index>(categories.size()) + 1);
    widths.push_back(options_.embedding > 0 ? options_.embedding
                                            : EmbeddingWidth(codes.back()));
  }
  return builder_.Add(name, MakeEmbedding(codes, widths), {value});
}

Value NetworkParts::JoinDense(const std::string& name,
                              const std::vector<Value>& values) {
  if (values.size() == 1) return values.front();
  return builder_.Add(name, MakeConcat(), values);
}

// One product for each kind of input; their sum where there are several.
Value NetworkParts::AddProduct(const std::string& name, const Source& source,
                               DenseOptions dense) {
  const std::size_t terms = source.sparse.size() + (source.has_value ? 1 : 0);
  const Activation activation = dense.activation;
  if (terms > 1) dense.activation = Activation::kIdentity;
  std::vector<Value> sum;
  if (source.has_value) {
    sum.push_back(builder_.Add(name, MakeDense(dense), {source.value}));
    dense.bias = false;
  }
  for (std::size_t i = 0; i < source.sparse.size(); ++i) {
    const std::string term = sum.empty() ? name : Str(name, ".sparse", i);
    sum.push_back(builder_.Add(term, MakeDense(dense), {source.sparse[i]}));
    dense.bias = false;
  }
  if (terms == 1) return sum.front();
  const Value value = builder_.Add(name + ".sum", MakeSum(), sum);
  if (activation == Activation::kIdentity) return value;
  return builder_.Add(name + ".activation", MakeActivation(activation),
                      {value});
}

Value NetworkParts::AddDense(const std::string& name, const Source& source,
                             Index units) {
  DenseOptions dense;
  dense.units = units;
  dense.kernel_init = {InitKind::kTorchLinear, 0};
  return AddProduct(name, source, dense);
}

Value NetworkParts::AddHidden(const std::string& name, const Source& source,
                              Index units) {
  DenseOptions dense;
  dense.units = units;
  dense.kernel_init = KernelInit(activation_);
  const bool plain = options_.norm == "none";
  if (plain) dense.activation = activation_;
  Value value = AddProduct(name, source, dense);
  if (!plain) {
    value = builder_.Add(
        name + ".norm",
        options_.norm == "batch" ? MakeBatchNorm() : MakeLayerNorm(), {value});
    if (activation_ != Activation::kIdentity) {
      value = builder_.Add(name + ".activation", MakeActivation(activation_),
                           {value});
    }
  }
  if (options_.dropout > 0) {
    value =
        builder_.Add(name + ".dropout", MakeDropout(options_.dropout), {value});
  }
  return value;
}

NetworkParts::Source NetworkParts::AddLayers(const std::string& prefix,
                                             const Source& source,
                                             const std::vector<Index>& widths) {
  Source last = source;
  for (std::size_t i = 0; i < widths.size(); ++i) {
    last = From(AddHidden(Str(prefix, ".", i), last, widths[i]));
  }
  return last;
}

void NetworkParts::AddHeads(const std::string& group, const Source& source,
                            const std::vector<Index>& tasks) {
  if (!head_layers_.empty() || tasks.size() == 1) {
    for (const Index i : tasks) {
      const std::string name = "head." + task(i).name;
      const Source top = AddLayers(name, source, head_layers_);
      const std::string last =
          head_layers_.empty() ? name : Str(name, ".", head_layers_.size());
      builder_.Output(i, AddDense(last, top, task(i).output_cols()));
    }
    return;
  }
  Index units = 0;
  for (const Index i : tasks) units += task(i).output_cols();
  const Value value = AddDense("heads." + group, source, units);
  Index first = 0;
  for (const Index i : tasks) {
    builder_.Output(i, value, first, task(i).output_cols());
    first += task(i).output_cols();
  }
}

void NetworkParts::AddPooledHead(const Source& source,
                                 const std::vector<Index>& tasks) {
  const Source top = AddLayers("head", source, head_layers_);
  const std::string name =
      head_layers_.empty() ? "head" : Str("head.", head_layers_.size());
  const Value value = AddDense(name, top, task(tasks.front()).output_cols());
  for (const Index i : tasks) builder_.Output(i, value);
}

Network NetworkParts::Build() && {
  return std::move(builder_).Build();
}

}  // namespace mtlkit
