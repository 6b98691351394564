#pragma once

#include <memory>
#include <span>
#include <string_view>
#include <vector>

#include "base/array.h"
#include "base/view.h"

namespace mtlkit {

// Bytes and what keeps them alive: memory, or the mapping of a file, which the
// system reads when it is asked for and may take back, so that memory does not
// grow with it. Such a file may be replaced meanwhile, not changed.
struct MappedBytes {
  std::string_view bytes;
  std::shared_ptr<const void> owner;
};

// The first `size` bytes of an open file, which may be closed then. kIo where
// they cannot be mapped; `name` is how messages call it.
MappedBytes MapFile(int fd, Index size, std::string_view name);

// Bytes that come piece by piece: few stay in memory, more go to a file without
// a name in ${MTLKIT_TMPDIR:-${TMPDIR:-/tmp}}. kIo where that is full.
class SpilledBytes {
 public:
  SpilledBytes();
  ~SpilledBytes();
  SpilledBytes(SpilledBytes&&) noexcept;
  SpilledBytes& operator=(SpilledBytes&&) noexcept;

  void Append(const void* bytes, Index count);
  Index size() const;
  // Once, at the end.
  MappedBytes Finish();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

// The same of the elements of an array.
template <class T>
class SpilledArray {
 public:
  void Append(std::span<const T> values) {
    bytes_.Append(values.data(), static_cast<Index>(values.size_bytes()));
  }
  Index size() const { return bytes_.size() / static_cast<Index>(sizeof(T)); }
  Array<T> Finish() {
    const Index count = size();
    MappedBytes kept = bytes_.Finish();
    return Array<T>({reinterpret_cast<const T*>(kept.bytes.data()),
                     static_cast<std::size_t>(count)},
                    std::move(kept.owner));
  }

 private:
  SpilledBytes bytes_;
};

}  // namespace mtlkit
