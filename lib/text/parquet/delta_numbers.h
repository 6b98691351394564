#pragma once

#include <cstdint>
#include <string_view>

#include "base/view.h"

namespace mtlkit {

// Whole numbers as differences in blocks of packed bits
// (DELTA_BINARY_PACKED). Nothing is kept but the block, whatever the number of
// values that its head claims.
class DeltaNumbers {
 public:
  DeltaNumbers() = default;
  // `bytes` must outlive the numbers. Throws kBadInput for a damaged head.
  explicit DeltaNumbers(std::string_view bytes);

  // Modulo 2^64. Throws kBadInput where there are no more.
  std::int64_t Next();

  // How many there are, as the head says.
  std::uint64_t count() const { return count_; }
  // What stands behind the last block. Passes over all of them.
  std::string_view Behind() const;

 private:
  void StartMiniblock();
  void StartBlock();

  std::string_view bytes_;  // behind what was started
  // In the order of the head: numbers of a block, its miniblocks, all numbers,
  // the one read last.
  std::uint64_t block_ = 0;
  std::uint64_t miniblocks_ = 0;
  std::uint64_t count_ = 0;
  std::uint64_t value_ = 0;
  std::uint64_t per_miniblock_ = 0;
  std::uint64_t read_ = 0;

  std::uint64_t least_ = 0;  // difference of the block
  std::string_view widths_;  // of the miniblocks to come
  std::string_view packed_;  // the miniblock
  int width_ = 0;
  std::uint64_t in_miniblock_ = 0;  // numbers left
  std::uint64_t bit_ = 0;
};

}  // namespace mtlkit
