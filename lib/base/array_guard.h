#pragma once

#include <atomic>
#include <vector>

#include "base/view.h"

namespace mtlkit {

// Watches over bytes that are too many to be checked before any is used, those
// of a large file: a chunk of them is checked when the first of it is needed.
// Any number of threads may use it.
class ArrayGuard {
 public:
  virtual ~ArrayGuard() = default;
  ArrayGuard(const ArrayGuard&) = delete;
  ArrayGuard& operator=(const ArrayGuard&) = delete;

  // Throws unless the bytes [first, first + count) are what they should be.
  void Require(Index first, Index count) {
    if (count <= 0) return;
    const Index last = (first + count - 1) / chunk_bytes_;
    for (Index chunk = first / chunk_bytes_; chunk <= last; ++chunk) {
      if (is_checked_[static_cast<std::size_t>(chunk)].load(
              std::memory_order_acquire)) {
        continue;
      }
      Check(chunk);
      is_checked_[static_cast<std::size_t>(chunk)].store(
          true, std::memory_order_release);
    }
  }

 protected:
  ArrayGuard(Index chunk_bytes, Index chunks)
      : chunk_bytes_(chunk_bytes),
        is_checked_(static_cast<std::size_t>(chunks)) {}
  // Throws unless the chunk is good. May run twice for one.
  virtual void Check(Index chunk) = 0;

 private:
  Index chunk_bytes_;
  std::vector<std::atomic<bool>> is_checked_;
};

}  // namespace mtlkit
