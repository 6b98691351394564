#pragma once

#include <cstdint>
#include <string_view>

#include "base/view.h"

namespace mtlkit {

// `width` bits (0 to 64) from bit `at` on, the lowest first. Bytes beyond the
// end count as 0.
std::uint64_t BitsAt(std::string_view bytes, std::uint64_t at, int width);

// Numbers of `width` bits (0 to 32) as runs of equal ones or packed in groups
// of 8, the hybrid encoding of Parquet's levels, indices and truth values. Any
// number can be asked for, whatever a run claims to hold: nothing is kept.
class BitRuns {
 public:
  BitRuns() = default;
  // `bytes` must outlive the runs.
  BitRuns(std::string_view bytes, int width) : bytes_(bytes), width_(width) {}

  // Throws kBadInput where the bytes end.
  std::uint32_t Next() {
    if (left_ == 0) StartRun();
    --left_;
    if (!is_packed_) return value_;
    const std::uint64_t at = bit_;
    bit_ += static_cast<unsigned>(width_);
    return static_cast<std::uint32_t>(BitsAt(packed_, at, width_));
  }

 private:
  void StartRun();

  std::string_view bytes_;  // behind the run
  int width_ = 0;
  std::uint64_t left_ = 0;  // of the run
  bool is_packed_ = false;
  std::uint32_t value_ = 0;
  std::string_view packed_;
  std::uint64_t bit_ = 0;  // of the next number in `packed_`
};

// A number of Thrift's and Parquet's variable length at the front of `bytes`,
// which it is taken from. Throws kBadInput where they end.
std::uint64_t TakeVarint(std::string_view* bytes);

// `count` bytes from the front of `bytes`. Throws kBadInput for too few.
std::string_view TakeBytes(std::string_view* bytes, std::uint64_t count);

}  // namespace mtlkit
