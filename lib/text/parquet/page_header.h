#pragma once

#include <cstdint>
#include <string_view>

#include "base/view.h"

namespace mtlkit {

enum class PageKind { kData = 0, kIndex = 1, kDictionary = 2, kDataV2 = 3 };

// What stands in front of a page (parquet.thrift: PageHeader).
struct PageHeader {
  Index header_size = 0;  // of these bytes themselves
  PageKind kind = PageKind::kData;
  Index size = 0;      // of the page as it is stored
  Index unpacked = 0;  // all of it, unpacked
  Index values = 0;    // nulls included
  int encoding = 0;
  int level_encoding = 3;  // of kData
  // Of kDataV2, whose levels stand in front and are not packed.
  Index level_bytes = 0;
  Index repetition_bytes = 0;
  bool is_packed = true;
  bool has_checksum = false;
  std::uint32_t checksum = 0;  // CRC-32 of the page as it is stored
};

// Reads a header at the front of `bytes`. Throws kBadInput where they end or
// hold none.
PageHeader ReadPageHeader(std::string_view bytes);

}  // namespace mtlkit
