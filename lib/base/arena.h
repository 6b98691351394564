#pragma once

#include <cassert>
#include <cstddef>
#include <memory>
#include <span>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include "base/view.h"

namespace mtlkit {

// Where an array of T lies in an arena.
template <class T>
struct ArenaSlot {
  Index offset = 0;  // bytes, a multiple of 64
  Index count = 0;   // elements
};

// Collects the arrays that one arena will hold. Each begins at a multiple of
// 64 bytes, so that no two share a cache line and vector loads are aligned.
class ArenaPlan {
 public:
  // `name` is for Describe; needs count >= 0.
  template <class T>
  ArenaSlot<T> Add(std::string name, Index count) {
    static_assert(std::is_trivially_destructible_v<T>);
    return {Reserve(std::move(name), count * static_cast<Index>(sizeof(T))),
            count};
  }

  // Bytes of the whole arena.
  Index bytes() const { return bytes_; }

  // One line an array, "name offset bytes", in the order of Add.
  std::string Describe() const;

 private:
  struct Entry {
    std::string name;
    Index offset;
    Index bytes;
  };
  Index Reserve(std::string name, Index bytes);

  std::vector<Entry> entries_;
  Index bytes_ = 0;
};

// One block of memory, aligned to 64 bytes and set to zero, made by a single
// allocation. Movable: moving does not move the memory.
class Arena {
 public:
  Arena() = default;
  // Throws ErrorKind::kIo that names the size when memory runs out.
  explicit Arena(Index bytes);
  explicit Arena(const ArenaPlan& plan) : Arena(plan.bytes()) {}

  Index bytes() const { return bytes_; }

  // The array of a slot of the plan that this arena was made from.
  template <class T>
  std::span<T> At(const ArenaSlot<T>& slot) const {
    assert(slot.offset + slot.count * static_cast<Index>(sizeof(T)) <= bytes_);
    return {reinterpret_cast<T*>(block_.get() + slot.offset),
            static_cast<std::size_t>(slot.count)};
  }
  // The memory from a byte on; `offset` must suit the alignment of T.
  template <class T>
  T* At(Index offset) const {
    assert(offset >= 0 && offset <= bytes_);
    return reinterpret_cast<T*>(block_.get() + offset);
  }

 private:
  struct Free {
    void operator()(std::byte* block) const;
  };
  std::unique_ptr<std::byte[], Free> block_;
  Index bytes_ = 0;
};

}  // namespace mtlkit
