#pragma once

#include <atomic>
#include <cstddef>
#include <cstdlib>
#include <new>

// Counts heap allocations of the whole test program. Include it in exactly one
// source file of a program: it replaces the global operator new. (Not inlined:
// g++ 12 would take free() for a mismatch of new.)

namespace mtlkit {

inline std::atomic<long long> allocation_count{0};

// Allocations by any thread since the program began.
inline long long AllocationCount() {
  return allocation_count.load();
}

namespace allocations_detail {

inline void* Allocate(std::size_t size, std::size_t alignment) {
  allocation_count.fetch_add(1, std::memory_order_relaxed);
  void* block = nullptr;
  // Sanitizers end the program where others return null.
  if (size > std::size_t{1} << 40) return nullptr;
  if (alignment <= alignof(std::max_align_t)) {
    block = std::malloc(size == 0 ? 1 : size);
  } else if (posix_memalign(&block, alignment, size == 0 ? 1 : size) != 0) {
    block = nullptr;
  }
  return block;
}

inline void* AllocateOrThrow(std::size_t size, std::size_t alignment) {
  void* block = Allocate(size, alignment);
  if (block == nullptr) throw std::bad_alloc();
  return block;
}

}  // namespace allocations_detail
}  // namespace mtlkit

[[gnu::noinline]] void* operator new(std::size_t size) {
  return mtlkit::allocations_detail::AllocateOrThrow(size, 1);
}
[[gnu::noinline]] void* operator new[](std::size_t size) {
  return mtlkit::allocations_detail::AllocateOrThrow(size, 1);
}
[[gnu::noinline]] void* operator new(std::size_t size,
                                     std::align_val_t alignment) {
  return mtlkit::allocations_detail::AllocateOrThrow(
      size, static_cast<std::size_t>(alignment));
}
[[gnu::noinline]] void* operator new[](std::size_t size,
                                       std::align_val_t alignment) {
  return mtlkit::allocations_detail::AllocateOrThrow(
      size, static_cast<std::size_t>(alignment));
}
[[gnu::noinline]] void* operator new(std::size_t size,
                                     const std::nothrow_t&) noexcept {
  return mtlkit::allocations_detail::Allocate(size, 1);
}
[[gnu::noinline]] void* operator new(std::size_t size,
                                     std::align_val_t alignment,
                                     const std::nothrow_t&) noexcept {
  return mtlkit::allocations_detail::Allocate(
      size, static_cast<std::size_t>(alignment));
}
[[gnu::noinline]] void operator delete(void* block) noexcept {
  std::free(block);
}
[[gnu::noinline]] void operator delete[](void* block) noexcept {
  std::free(block);
}
[[gnu::noinline]] void operator delete(void* block, std::size_t) noexcept {
  std::free(block);
}
[[gnu::noinline]] void operator delete[](void* block, std::size_t) noexcept {
  std::free(block);
}
[[gnu::noinline]] void operator delete(void* block, std::align_val_t) noexcept {
  std::free(block);
}
[[gnu::noinline]] void operator delete[](void* block,
                                         std::align_val_t) noexcept {
  std::free(block);
}
[[gnu::noinline]] void operator delete(void* block, std::size_t,
                                       std::align_val_t) noexcept {
  std::free(block);
}
[[gnu::noinline]] void operator delete[](void* block, std::size_t,
                                         std::align_val_t) noexcept {
  std::free(block);
}
