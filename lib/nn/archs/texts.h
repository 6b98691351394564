#pragma once

#include "nn/archs/numbers.h"
#include "nn/text_form.h"

namespace mtlkit {

// What --texts makes of a block of tokens: a value of each, from a table
// PREFIXtokens, by the network PREFIXtext where there is one. A task that has a
// label for each token reads it.
Value AddTokens(const InputPlace& place, const InputSpec& input,
                const TextForm& form, Value value, NetworkBuilder* builder);

// One row for each text of what is said of its tokens: of a bag their mean
// PREFIXpool, of a network as the form says, PREFIXtext.pooled.
Value AddTextPool(const InputPlace& place, const TextForm& form, Value tokens,
                  NetworkBuilder* builder);

}  // namespace mtlkit
