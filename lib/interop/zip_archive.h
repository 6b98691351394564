#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/view.h"
#include "h5/mapped_bytes.h"

namespace mtlkit {

// A file in an archive, as the central directory describes it.
struct ZipMember {
  std::string name;
  bool deflated = false;  // otherwise stored as it is
  std::uint32_t crc = 0;  // of its content
  Index packed = 0;       // bytes in the archive
  Index size = 0;         // bytes of its content
  Index header = 0;       // where its local header begins
};

// A ZIP archive in memory (APPNOTE 6.3.10), zip64 included: NumPy's .npz,
// PyTorch's .pt, Keras's .keras. Only the central directory is believed: local
// headers of streamed archives lack sizes. Encrypted, divided and otherwise
// compressed members are refused. Read-only; threads may share it.
class ZipArchive {
 public:
  // `bytes` must outlive it. kBadInput for what is no archive, or damaged:
  // members that overlap or lie outside, two of one name.
  explicit ZipArchive(std::string_view bytes);

  std::span<const ZipMember> members() const { return members_; }
  // Null where there is none.
  const ZipMember* Find(std::string_view name) const;
  // The content, held to its CRC and length. A member of more than `most` bytes
  // is refused before it is unpacked. kBadInput, naming it.
  std::string Read(const ZipMember& member, Index most) const;
  // The same, where it lies in the archive, or spilled. What is stored lives as
  // long as the archive's bytes.
  MappedBytes Map(const ZipMember& member, Index most) const;

 private:
  // What is kept of a member, whose sizes can be true.
  std::string_view Packed(const ZipMember& member, Index most) const;
  void ReadDirectory();
  void RequireApart() const;
  std::string_view PackedBytes(const ZipMember& member) const;

  std::string_view bytes_;
  std::vector<ZipMember> members_;  // in the directory's order
  Index directory_ = 0;             // where it begins
};

}  // namespace mtlkit
