// Replaces the global operator new of a test program by one that counts. (Not
// inlined: g++ 12 would take free() for a mismatch of new.)
#include "allocations.h"

#include <atomic>
#include <cstddef>
#include <cstdlib>
#include <new>

namespace mtlkit {
namespace {

std::atomic<long long> allocation_count{0};

void* Allocate(std::size_t size, std::size_t alignment) {
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

void* AllocateOrThrow(std::size_t size, std::size_t alignment) {
  void* block = Allocate(size, alignment);
  if (block == nullptr) throw std::bad_alloc();
  return block;
}

}  // namespace

long long AllocationCount() {
  return allocation_count.load();
}

}  // namespace mtlkit

[[gnu::noinline]] void* operator new(std::size_t size) {
  return mtlkit::AllocateOrThrow(size, 1);
}
[[gnu::noinline]] void* operator new[](std::size_t size) {
  return mtlkit::AllocateOrThrow(size, 1);
}
[[gnu::noinline]] void* operator new(std::size_t size,
                                     std::align_val_t alignment) {
  return mtlkit::AllocateOrThrow(size, static_cast<std::size_t>(alignment));
}
[[gnu::noinline]] void* operator new[](std::size_t size,
                                       std::align_val_t alignment) {
  return mtlkit::AllocateOrThrow(size, static_cast<std::size_t>(alignment));
}
[[gnu::noinline]] void* operator new(std::size_t size,
                                     const std::nothrow_t&) noexcept {
  return mtlkit::Allocate(size, 1);
}
[[gnu::noinline]] void* operator new(std::size_t size,
                                     std::align_val_t alignment,
                                     const std::nothrow_t&) noexcept {
  return mtlkit::Allocate(size, static_cast<std::size_t>(alignment));
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
