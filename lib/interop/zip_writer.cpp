#include "interop/zip_writer.h"

#include <zlib.h>

#include <cstdint>

#include "base/error.h"
#include "base/view.h"
#include "h5/atomic_file.h"

namespace mtlkit {
namespace {

constexpr std::uint64_t kMostZip = 0xFFFF'FFFF;

std::string Little(std::uint64_t value, int bytes) {
  std::string text;
  for (int i = 0; i < bytes; ++i) {
    text += static_cast<char>(value >> (8 * i));
  }
  return text;
}

// What the entry of a member and that of the directory have in common: version
// 2.0, no flags, stored, 1 January 1980, sums and sizes (APPNOTE.TXT, 4.3.7).
std::string CommonHeader(const std::string& name, const std::string& content) {
  const auto crc = crc32_z(0, reinterpret_cast<const Bytef*>(content.data()),
                           content.size());
  return Little(20, 2) + Little(0, 2) + Little(0, 2) + Little(0, 2) +
         Little(0x21, 2) + Little(crc, 4) + Little(content.size(), 4) +
         Little(content.size(), 4) + Little(name.size(), 2) + Little(0, 2);
}

}  // namespace

void WriteZip(const std::vector<std::pair<std::string, std::string>>& members,
              const std::string& path) {
  std::uint64_t total = 0;
  for (const auto& [name, content] : members) {
    total += content.size() + 2 * name.size() + 100;
  }
  Require(total < kMostZip, ErrorKind::kUsage,
          Str("the model takes ", total >> 20,
              " MiB, and such a file holds 4095 MiB at most"),
          "train narrower layers");
  AtomicFile file(path);
  std::string directory;
  std::uint64_t at = 0;
  for (const auto& [name, content] : members) {
    const std::string common = CommonHeader(name, content);
    const std::string head = "PK\x03\x04" + common + name;
    directory += "PK\x01\x02" + Little(20, 2) + common + Little(0, 2) +
                 Little(0, 2) + Little(0, 2) + Little(0, 4) + Little(at, 4) +
                 name;
    file.Write(head);
    file.Write(content);
    at += head.size() + content.size();
  }
  file.Write(directory);
  file.Write("PK\x05\x06" + Little(0, 4) + Little(members.size(), 2) +
             Little(members.size(), 2) + Little(directory.size(), 4) +
             Little(at, 4) + Little(0, 2));
  file.Commit();
}

}  // namespace mtlkit
