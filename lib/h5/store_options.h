#pragma once

namespace mtlkit {

// How an array is stored.
enum class Compress {
  // Contiguous: readers can map it into memory. For dense numbers (inputs,
  // parameters, predictions).
  kNone,
  // Above 4 KiB: chunks of whole rows, shuffle + gzip 1 + checksum. For
  // compressed rows, integer labels and codes.
  kAuto,
};

struct StoreOptions {
  Compress compress = Compress::kNone;
};

}  // namespace mtlkit
