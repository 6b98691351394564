#pragma once

#include <zlib.h>

#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

// Files of other frameworks, made byte by byte by what their formats say, for
// the tests. References of the frameworks themselves are in tests/golden.
namespace mtlkit {

template <class T>
std::string Raw(T value) {
  std::string bytes(sizeof(T), '\0');
  std::memcpy(bytes.data(), &value, sizeof(T));
  return bytes;
}

inline std::string Floats(const std::vector<float>& values) {
  std::string bytes;
  for (const float value : values) bytes += Raw(value);
  return bytes;
}

inline std::string SafetensorsOf(std::string_view header,
                                 std::string_view data) {
  return Raw(static_cast<std::uint64_t>(header.size())) + std::string(header) +
         std::string(data);
}

inline std::string NpyOf(std::string_view header, std::string_view data) {
  return "\x93NUMPY" + std::string("\x01\x00", 2) +
         Raw(static_cast<std::uint16_t>(header.size())) + std::string(header) +
         std::string(data);
}

inline std::string NpyOf(std::string_view shape,
                         const std::vector<float>& values) {
  return NpyOf("{'descr': '<f4', 'fortran_order': False, 'shape': (" +
                   std::string(shape) + "), }\n",
               Floats(values));
}

inline std::string Deflated(std::string_view content) {
  std::string packed(compressBound(content.size()) + 16, '\0');
  z_stream zlib = {};
  deflateInit2(&zlib, 9, Z_DEFLATED, -MAX_WBITS, 8, Z_DEFAULT_STRATEGY);
  zlib.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(content.data()));
  zlib.avail_in = static_cast<uInt>(content.size());
  zlib.next_out = reinterpret_cast<Bytef*>(packed.data());
  zlib.avail_out = static_cast<uInt>(packed.size());
  deflate(&zlib, Z_FINISH);
  packed.resize(zlib.total_out);
  deflateEnd(&zlib);
  return packed;
}

// A ZIP archive; `deflate` compresses all members.
inline std::string ZipOf(
    const std::vector<std::pair<std::string, std::string>>& members,
    bool deflate = false) {
  std::string file;
  std::string directory;
  for (const auto& [name, content] : members) {
    const std::string packed = deflate ? Deflated(content) : content;
    const auto crc = static_cast<std::uint32_t>(crc32_z(
        0, reinterpret_cast<const Bytef*>(content.data()), content.size()));
    const std::string common =
        Raw<std::uint16_t>(20) + Raw<std::uint16_t>(0) +
        Raw<std::uint16_t>(deflate ? 8 : 0) + Raw<std::uint32_t>(0) + Raw(crc) +
        Raw(static_cast<std::uint32_t>(packed.size())) +
        Raw(static_cast<std::uint32_t>(content.size())) +
        Raw(static_cast<std::uint16_t>(name.size())) + Raw<std::uint16_t>(0);
    directory += "PK\x01\x02" + Raw<std::uint16_t>(20) + common +
                 std::string(2 + 2 + 2 + 4, '\0') +
                 Raw(static_cast<std::uint32_t>(file.size())) + name;
    file += "PK\x03\x04" + common + name + packed;
  }
  const auto count = static_cast<std::uint16_t>(members.size());
  return file + directory + "PK\x05\x06" + std::string(4, '\0') + Raw(count) +
         Raw(count) + Raw(static_cast<std::uint32_t>(directory.size())) +
         Raw(static_cast<std::uint32_t>(file.size())) + std::string(2, '\0');
}

}  // namespace mtlkit
