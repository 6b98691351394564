#include "nn/archs/stem.h"

#include <vector>

#include "base/text.h"
#include "data/block_kind.h"
#include "nn/archs/images.h"
#include "nn/archs/numbers.h"
#include "nn/layers/layers.h"

namespace mtlkit {
namespace {

Value AddTables(const std::string& name, const InputSpec& input,
                Index embedding, Value value, NetworkBuilder* builder) {
  std::vector<Index> codes;
  std::vector<Index> widths;
  for (const auto& categories : input.categories) {
    codes.push_back(static_cast<Index>(categories.size()) + 1);
    widths.push_back(embedding > 0 ? embedding : EmbeddingWidth(codes.back()));
  }
  return builder->Add(name, MakeEmbedding(codes, widths), {value});
}

}  // namespace

Value AddStem(const InputPlace& place, const InputSpec& input, Value value,
              NetworkBuilder* builder) {
  const BlockTraits& traits = TraitsOf(input.kind);
  const bool tokens = traits.rows == BlockRows::kTokens;
  const auto name = [&](std::string_view layer) {
    return Str(place.prefix, layer, place.number);
  };
  if (traits.has_categories) {
    value = AddTables(name(tokens ? "tokens" : "embedding"), input,
                      place.options.embedding, value, builder);
  }
  switch (traits.rows) {
    case BlockRows::kBatch:
      if (traits.has_categories) return value;
      return AddNumbers(place, input, value, builder);
    case BlockRows::kPixels:
      return AddImages(place, input, value, builder);
    case BlockRows::kTokens:
      return builder->Add(name("pool"), MakePool(), {value});
  }
  return value;
}

}  // namespace mtlkit
