#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

namespace mtlkit {

// SHA-256 (FIPS 180-4) of bytes that come piece by piece.
class Sha256 {
 public:
  Sha256();
  ~Sha256();
  Sha256(const Sha256&) = delete;
  Sha256& operator=(const Sha256&) = delete;

  void Update(const void* bytes, std::size_t count);
  void Update(std::string_view text) { Update(text.data(), text.size()); }
  // 64 lower-case hexadecimal digits. The object is then spent.
  std::string Finish();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

std::string Sha256Of(std::string_view bytes);
// Of a file's bytes, read in pieces; kMissingInput or kIo if it cannot be read.
std::string Sha256OfFile(const std::string& path);

}  // namespace mtlkit
