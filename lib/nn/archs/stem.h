#pragma once

#include "nn/archs/numbers.h"

namespace mtlkit {

// What turns an input block into numbers, one row for each of the batch:
// categories through tables PREFIXembedding, images through AddImages, tokens
// through AddTokens and AddTextPool, numbers through AddNumbers. Where
// a block beside it says which rows have it (data/presence.h), what comes of
// the others is 0, by PREFIXpresent: they say nothing but that it is missing,
// which the other block says.
//
// `tokens`: set to what is known of each token before these are pooled; left
// alone for other inputs.
Value AddStem(const InputPlace& place, const InputSpec& input, Value value,
              NetworkBuilder* builder, Value* tokens);

}  // namespace mtlkit
