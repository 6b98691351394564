// What architectures read: input blocks as numbers, one row each of the batch.
#include <map>

#include "base/error.h"
#include "base/text.h"
#include "data/block_kind.h"
#include "nn/archs/numbers.h"
#include "nn/archs/parts.h"

namespace mtlkit {

NetworkParts::Source NetworkParts::Inputs(const std::string& prefix) {
  return Inputs(prefix, SelectInputs(schema_.inputs, {}));
}

NetworkParts::Source NetworkParts::Inputs(const std::string& prefix,
                                          const std::vector<Index>& blocks) {
  Source source;
  std::vector<Value> dense;
  std::map<InputKind, Index> seen;
  for (const Index block : blocks) {
    const InputSpec& input = schema_.inputs[At(block)];
    const Value value = builder_.Input(block);
    if (TraitsOf(input.kind).is_compressed) {
      source.sparse.push_back(value);
      continue;
    }
    const Index before = seen[input.kind]++;
    const std::string number = before == 0 ? "" : Str("-", before);
    dense.push_back(AddStem(prefix, number, input, value));
  }
  source.has_value = !dense.empty();
  source.is_input = true;
  if (!source.has_value) return source;
  source.value = JoinDense(prefix + "inputs", dense);
  if (has_members()) {
    source.value =
        AddScale(prefix + "members", source.value, InitKind::kSigns, false);
  }
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
      if (traits.has_categories) return value;
      return AddNumbers({schema_, options_, prefix, number}, input, value,
                        &builder_);
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

}  // namespace mtlkit
