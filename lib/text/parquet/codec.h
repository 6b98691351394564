#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "text/decompress.h"

namespace mtlkit {

// Unpacks pages, of any column. Not thread-safe.
class PageCodec {
 public:
  // The bytes of a page, `size` of them: memory for them is taken as they come,
  // so that a header that lies costs nothing. Throws kBadInput where there are
  // more or fewer, they are damaged, or `codec` (parquet.thrift:
  // CompressionCodec) is not read.
  std::string Unpack(int codec, std::string_view packed, std::size_t size);

 private:
  // Made when first needed.
  std::unique_ptr<MemberDecoder> gzip_;
  std::unique_ptr<MemberDecoder> zstd_;
};

}  // namespace mtlkit
