#pragma once

#include "nn/archs/numbers.h"

namespace mtlkit {

// What turns an input block into numbers, one row for each of the batch:
// categories through tables PREFIXembedding, images through AddImages, tokens
// through PREFIXtokens and PREFIXpool, numbers through AddNumbers.
Value AddStem(const InputPlace& place, const InputSpec& input, Value value,
              NetworkBuilder* builder);

}  // namespace mtlkit
