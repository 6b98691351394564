#pragma once

#include "nn/archs/numbers.h"

namespace mtlkit {

// What an input block becomes: one row for each of the batch, and of a text
// one for each of its tokens (id -1: it is none).
struct StemValues {
  Value rows;
  Value tokens = {};
};

// What turns an input block into numbers: categories through tables
// PREFIXembedding, images through AddImages, tokens through AddTokens and
// AddTextPool, numbers through AddNumbers. Where a block beside it says which
// rows have it (data/presence.h), what comes of the others is 0, by
// PREFIXpresent: they say nothing but that it is missing, which the other block
// says. A text that is missing has no token.
StemValues AddStem(const InputPlace& place, const InputSpec& input, Value value,
                   NetworkBuilder* builder);

}  // namespace mtlkit
