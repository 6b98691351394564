#pragma once

#include <string>
#include <string_view>

#include "base/options.h"

namespace mtlkit {

// The JSON documents of a run (run.json, inputs.json, DONE.json). Each carries
// `schema`, and `sha256`: the digest of all its other members, so that no
// change of a byte passes.

// Adds `schema` and `sha256` to an object and writes it, whole or not at all.
void WriteRecord(Json json, const std::string& path);

// The members of a record but these two. A record of another schema, one whose
// digest does not hold, or whose text is not what WriteRecord makes of it, is
// kBadInput; `hint` says what to do about a damaged one. kMissingInput if it
// cannot be read.
Json ReadRecord(const std::string& path, std::string_view hint);

}  // namespace mtlkit
