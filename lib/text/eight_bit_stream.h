#pragma once

#include <memory>

#include "text/byte_stream.h"

namespace mtlkit {

// Text of one byte a letter as UTF-8: Latin-1, or with `is_windows` code page
// 1252. `input` must outlive the result. Reading throws kBadInput, with the
// line, for a byte that is no letter.
std::unique_ptr<ByteStream> MakeEightBitStream(ByteStream* input,
                                               bool is_windows);

}  // namespace mtlkit
