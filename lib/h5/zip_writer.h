#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/view.h"
#include "h5/atomic_file.h"

namespace mtlkit {

// A ZIP archive of members as they are, without compression or time, whole or
// not at all; "-" is stdout. The same members give the same bytes.
class ZipWriter {
 public:
  // `remedy` is the advice of the error that says that it grew too large.
  ZipWriter(const std::string& path, std::string remedy);

  // A member; what is written until the next is its content.
  void Begin(std::string_view name);
  // Throws kUsage from 4 GiB on, which a plain archive cannot hold; kIo.
  void Write(std::string_view bytes);
  void Commit();

 private:
  struct Member {
    std::string name;
    Index at = 0;  // where its header begins
    Index size = 0;
    std::uint32_t crc = 0;

    std::string CommonHeader() const;
  };

  Index SizeOfDirectory() const;
  // Writes the header again, with what is known of the content now.
  void EndMember();

  AtomicFile file_;
  std::string remedy_;
  std::vector<Member> members_;
  Index size_ = 0;  // of what was written
};

// An archive of these members (name, content).
void WriteZip(const std::vector<std::pair<std::string, std::string>>& members,
              const std::string& path, const std::string& remedy);

}  // namespace mtlkit
