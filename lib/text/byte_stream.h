#pragma once

#include <cstddef>

namespace mtlkit {

// The bytes of an input that can be read more than once: a file, or what came
// through a pipe, which is spilled to an unlinked temporary file. Not
// thread-safe.
class ByteStream {
 public:
  virtual ~ByteStream() = default;
  // Up to `size` bytes; 0 at the end only. Throws kBadInput where compressed
  // data are damaged or cut, kIo where the device fails.
  virtual std::size_t Read(char* to, std::size_t size) = 0;
  // Back to the first byte.
  virtual void Rewind() = 0;
};

}  // namespace mtlkit
