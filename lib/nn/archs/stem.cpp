#include "nn/archs/stem.h"

#include <vector>

#include "base/error.h"
#include "base/text.h"
#include "data/block_kind.h"
#include "data/presence.h"
#include "nn/archs/images.h"
#include "nn/archs/numbers.h"
#include "nn/archs/texts.h"
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

Value AddEncoder(const InputPlace& place, const InputSpec& input, Value value,
                 NetworkBuilder* builder, Value* known_tokens) {
  const BlockTraits& traits = TraitsOf(input.kind);
  switch (traits.rows) {
    case BlockRows::kBatch:
      if (!traits.has_categories) {
        return AddNumbers(place, input, value, builder);
      }
      return AddTables(place.prefix + "embedding" + place.number, input,
                       place.options.embedding, value, builder);
    case BlockRows::kPixels:
      return AddImages(place, input, value, builder);
    case BlockRows::kTokens:
      break;
  }
  const TextForm form = ParseTexts(place.options.texts, "--texts");
  *known_tokens = AddTokens(place, input, form, value, builder);
  return AddTextPool(place, form, *known_tokens, builder);
}

// The block that says which rows have this one; -1: all have it.
Index PresenceOf(const Schema& schema, const InputSpec& input) {
  const std::string name = PresenceBlockOf(input.name);
  for (std::size_t i = 0; i < schema.inputs.size(); ++i) {
    const InputSpec& beside = schema.inputs[i];
    const bool is_flag = beside.kind == InputKind::kDense && beside.cols == 1;
    if (is_flag && beside.name == name) return static_cast<Index>(i);
  }
  return -1;
}

}  // namespace

Value AddStem(const InputPlace& place, const InputSpec& input, Value value,
              NetworkBuilder* builder, Value* tokens) {
  value = AddEncoder(place, input, value, builder, tokens);
  const Index presence = PresenceOf(place.schema, input);
  if (presence < 0) return value;
  // Blocks of several kinds are numbered apart.
  const std::string name =
      Str(place.prefix, "present.", EntryOf(input.kind).name, place.number);
  return builder->Add(name, MakeProduct(), {value, builder->Input(presence)});
}

}  // namespace mtlkit
