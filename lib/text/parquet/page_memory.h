#pragma once

#include <string_view>

#include "base/view.h"

namespace mtlkit {

// What the footer, pages and dictionaries of a file take at a time, against
// what --max-size grants. Not thread-safe.
class PageMemory {
 public:
  explicit PageMemory(Index most) : most_(most), left_(most) {}

  // Refuses (kBadInput) what would take more. `what` is the cause, as in "a
  // page".
  void Take(Index bytes, std::string_view what);
  void Give(Index bytes) { left_ += bytes; }

 private:
  Index most_;
  Index left_;
};

// Memory that is held as long as this lives.
class HeldMemory {
 public:
  explicit HeldMemory(PageMemory* memory) : memory_(memory) {}
  ~HeldMemory() { Reset(); }
  HeldMemory(const HeldMemory&) = delete;
  HeldMemory& operator=(const HeldMemory&) = delete;

  void Take(Index bytes, std::string_view what) {
    memory_->Take(bytes, what);
    bytes_ += bytes;
  }
  void Reset() {
    memory_->Give(bytes_);
    bytes_ = 0;
  }

 private:
  PageMemory* memory_;
  Index bytes_ = 0;
};

}  // namespace mtlkit
