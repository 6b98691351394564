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

// The decoder of a transformer (form.kind) that NAME says: of the embedded
// tokens of a text that is written, a value for each that knows those up to it
// and all of `source`, which the tokens of another text have become. What comes
// next follows by a product with the table (MakeTied).
Value AddTextDecoder(const TextForm& form, const std::string& name, Value x,
                     Value source, NetworkBuilder* builder);

}  // namespace mtlkit
