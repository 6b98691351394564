#include "interop/zip_archive.h"

#include <zlib.h>

#include <algorithm>
#include <limits>
#include <set>
#include <vector>

#include "base/error.h"
#include "interop/byte_reader.h"

namespace mtlkit {
namespace {

constexpr std::uint32_t kLocalHeader = 0x04034b50;
constexpr std::uint32_t kCentralHeader = 0x02014b50;
constexpr std::uint32_t kEnd = 0x06054b50;
constexpr std::uint32_t kEnd64 = 0x06064b50;
constexpr std::uint32_t kEnd64Locator = 0x07064b50;
constexpr Index kEndSize = 22;
constexpr Index kEnd64LocatorSize = 20;
constexpr Index kMostComment = 0xffff;
constexpr std::uint16_t kZip64Extra = 1;
constexpr std::uint16_t kStored = 0;
constexpr std::uint16_t kDeflated = 8;
// Deflate makes at most 1,032 bytes of one.
constexpr Index kMostExpansion = 1032;

[[noreturn]] void FailZip(std::string_view why) {
  Fail(ErrorKind::kBadInput, Str("damaged ZIP archive: ", why),
       "copy or write the file again");
}

struct Directory {
  Index offset = 0;
  Index size = 0;
  Index count = 0;
};

Index Whole(std::uint64_t value) {
  if (value > static_cast<std::uint64_t>(std::numeric_limits<Index>::max())) {
    FailZip("a size has no sense");
  }
  return static_cast<Index>(value);
}

// Where the record of the end begins: the last place that reads as one with a
// comment up to the end of the file.
Index FindEnd(std::string_view bytes) {
  const auto size = static_cast<Index>(bytes.size());
  const Index last = size - kEndSize;
  for (Index at = last; at >= std::max<Index>(0, last - kMostComment); --at) {
    ByteReader in(bytes, "a ZIP archive");
    in.Seek(at);
    if (in.Number<std::uint32_t>() != kEnd) continue;
    in.Seek(at + kEndSize - 2);
    if (in.Number<std::uint16_t>() == in.left()) return at;
  }
  FailZip("its directory is missing");
}

Directory ReadEnd64(std::string_view bytes, Index end) {
  ByteReader in(bytes, "a ZIP archive");
  in.Seek(end - kEnd64LocatorSize);
  if (in.Number<std::uint32_t>() != kEnd64Locator) {
    FailZip("its zip64 record is missing");
  }
  in.Number<std::uint32_t>();  // the part that it is in
  in.Seek(Whole(in.Number<std::uint64_t>()));
  if (in.Number<std::uint32_t>() != kEnd64) {
    FailZip("its zip64 record is missing");
  }
  constexpr Index kUpToCounts = 8 + 2 + 2 + 4 + 4 + 8;
  in.Bytes(kUpToCounts);
  Directory directory;
  directory.count = Whole(in.Number<std::uint64_t>());
  directory.size = Whole(in.Number<std::uint64_t>());
  directory.offset = Whole(in.Number<std::uint64_t>());
  return directory;
}

Directory FindDirectory(std::string_view bytes) {
  const Index end = FindEnd(bytes);
  ByteReader in(bytes, "a ZIP archive");
  in.Seek(end + 4);
  const auto part = in.Number<std::uint16_t>();
  const auto first_part = in.Number<std::uint16_t>();
  in.Number<std::uint16_t>();  // members in this part
  Directory directory;
  directory.count = in.Number<std::uint16_t>();
  directory.size = in.Number<std::uint32_t>();
  directory.offset = in.Number<std::uint32_t>();
  constexpr Index kSeeZip64 = 0xffffffff;
  if (directory.offset == kSeeZip64 || directory.size == kSeeZip64 ||
      directory.count == 0xffff) {
    return ReadEnd64(bytes, end);
  }
  Require(part == 0 && first_part == 0, ErrorKind::kBadInput,
          "the ZIP archive is divided into parts", "write it as one file");
  return directory;
}

// Sizes that do not fit 32 bits are in an extra field, in this order, each only
// where its own place is full of ones.
void ReadZip64Extra(std::string_view extra, ZipMember* member) {
  ByteReader in(extra, "a ZIP archive's directory");
  constexpr Index kSeeExtra = 0xffffffff;
  while (in.left() >= 4) {
    const auto tag = in.Number<std::uint16_t>();
    const std::string_view field = in.Bytes(in.Number<std::uint16_t>());
    if (tag != kZip64Extra) continue;
    ByteReader sizes(field, "a ZIP archive's directory");
    for (Index* place : {&member->size, &member->packed, &member->header}) {
      if (*place == kSeeExtra) *place = Whole(sizes.Number<std::uint64_t>());
    }
  }
}

ZipMember ReadMember(ByteReader* in) {
  if (in->Number<std::uint32_t>() != kCentralHeader) {
    FailZip("an entry of its directory is none");
  }
  in->Number<std::uint32_t>();  // versions
  const auto flags = in->Number<std::uint16_t>();
  const auto method = in->Number<std::uint16_t>();
  in->Number<std::uint32_t>();  // when
  ZipMember member;
  member.crc = in->Number<std::uint32_t>();
  member.packed = in->Number<std::uint32_t>();
  member.size = in->Number<std::uint32_t>();
  const auto name = in->Number<std::uint16_t>();
  const auto extra = in->Number<std::uint16_t>();
  const auto comment = in->Number<std::uint16_t>();
  in->Bytes(2 + 2 + 4);  // part, attributes
  member.header = in->Number<std::uint32_t>();
  member.name = in->Bytes(name);
  ReadZip64Extra(in->Bytes(extra), &member);
  in->Bytes(comment);
  Require((flags & 1) == 0, ErrorKind::kBadInput,
          Str("'", member.name, "' in the ZIP archive is encrypted"),
          "write it without a password");
  Require(method == kStored || method == kDeflated, ErrorKind::kBadInput,
          Str("'", member.name, "' in the ZIP archive is compressed in a way (",
              method, ") that is not read"),
          "write it stored or deflated");
  member.deflated = method == kDeflated;
  return member;
}

// Hands on what is unpacked, `size` bytes in all, piece by piece.
template <class Take>
void Inflate(std::string_view packed, Index size, Take take) {
  z_stream zlib = {};
  // Raw: members have no header of zlib's.
  if (inflateInit2(&zlib, -MAX_WBITS) != Z_OK) {
    Fail(ErrorKind::kIo, "no memory to decompress a ZIP archive");
  }
  // zlib counts in 32 bits.
  constexpr std::size_t kPacked = std::size_t{1} << 30;
  constexpr Index kPiece = Index{1} << 18;
  std::vector<char> piece(At(std::clamp(size, Index{1}, kPiece)));
  std::size_t in = 0;
  Index out = 0;
  int code = Z_OK;
  while (code == Z_OK) {
    const std::size_t give = std::min(kPacked, packed.size() - in);
    // No more than it says; no room is an error of zlib's where more comes.
    const auto room =
        static_cast<uInt>(std::min(std::ssize(piece), size - out));
    zlib.next_in =
        reinterpret_cast<Bytef*>(const_cast<char*>(packed.data() + in));
    zlib.avail_in = static_cast<uInt>(give);
    zlib.next_out = reinterpret_cast<Bytef*>(piece.data());
    zlib.avail_out = room;
    code = inflate(&zlib, Z_NO_FLUSH);
    const std::size_t made = room - zlib.avail_out;
    in += give - zlib.avail_in;
    out += static_cast<Index>(made);
    if (made > 0) take(std::string_view(piece.data(), made));
    if (code == Z_OK && give == zlib.avail_in && made == 0) break;
  }
  inflateEnd(&zlib);
  if (code != Z_STREAM_END || out != size || in != packed.size()) {
    FailZip("what is compressed cannot be decompressed");
  }
}

std::uint32_t CrcOf(std::string_view bytes, std::uint32_t before = 0) {
  return static_cast<std::uint32_t>(crc32_z(
      before, reinterpret_cast<const Bytef*>(bytes.data()), bytes.size()));
}

}  // namespace

ZipArchive::ZipArchive(std::string_view bytes) : bytes_(bytes) {
  ReadDirectory();
  RequireApart();
}

void ZipArchive::ReadDirectory() {
  const Directory directory = FindDirectory(bytes_);
  const auto size = static_cast<Index>(bytes_.size());
  if (directory.offset > size || directory.size > size - directory.offset) {
    FailZip("its directory lies outside");
  }
  directory_ = directory.offset;
  ByteReader in(bytes_.substr(At(directory.offset), At(directory.size)),
                "a ZIP archive's directory");
  std::set<std::string> names;
  for (Index i = 0; i < directory.count; ++i) {
    members_.push_back(ReadMember(&in));
    if (!names.insert(members_.back().name).second) {
      FailZip(Str("'", members_.back().name, "' is in it twice"));
    }
  }
  if (!in.AtEnd()) FailZip("its directory is longer than it says");
}

// Bytes that several members share make a small file unpack to a huge one.
void ZipArchive::RequireApart() const {
  std::vector<const ZipMember*> order;
  for (const ZipMember& member : members_) order.push_back(&member);
  std::sort(order.begin(), order.end(),
            [](const ZipMember* a, const ZipMember* b) {
              return a->header < b->header;
            });
  Index end = 0;
  for (const ZipMember* member : order) {
    if (member->header < end || member->packed > directory_ - member->header) {
      FailZip(Str("'", member->name, "' lies outside or over another member"));
    }
    end = member->header + member->packed;
  }
}

const ZipMember* ZipArchive::Find(std::string_view name) const {
  for (const ZipMember& member : members_) {
    if (member.name == name) return &member;
  }
  return nullptr;
}

std::string_view ZipArchive::PackedBytes(const ZipMember& member) const {
  ByteReader in(bytes_.substr(0, At(directory_)), "a ZIP archive");
  in.Seek(member.header);
  if (in.Number<std::uint32_t>() != kLocalHeader) {
    FailZip(Str("'", member.name, "' is not where it should be"));
  }
  constexpr Index kUpToLengths = 2 + 2 + 2 + 4 + 4 + 4 + 4;
  in.Bytes(kUpToLengths);
  const auto name = in.Number<std::uint16_t>();
  const auto extra = in.Number<std::uint16_t>();
  if (in.Bytes(name) != member.name) {
    FailZip(Str("'", member.name, "' has two names"));
  }
  in.Bytes(extra);
  return in.Bytes(member.packed);
}

std::string_view ZipArchive::Packed(const ZipMember& member, Index most) const {
  Require(member.size <= most, ErrorKind::kBadInput,
          Str("'", member.name, "' in the ZIP archive has ", member.size,
              " bytes, more than it may (", most, ")"));
  const std::string_view packed = PackedBytes(member);
  if (!member.deflated && member.packed != member.size) {
    FailZip(Str("'", member.name, "' has two sizes"));
  }
  if (member.size / kMostExpansion > member.packed) {
    FailZip(Str("'", member.name, "' cannot be as long as it says"));
  }
  return packed;
}

std::string ZipArchive::Read(const ZipMember& member, Index most) const {
  return std::string(Map(member, most).bytes);
}

MappedBytes ZipArchive::Map(const ZipMember& member, Index most) const {
  const std::string_view packed = Packed(member, most);
  MappedBytes content{packed, nullptr};
  std::uint32_t crc = 0;
  if (member.deflated) {
    SpilledBytes unpacked;
    Inflate(packed, member.size, [&](std::string_view piece) {
      crc = CrcOf(piece, crc);
      unpacked.Append(piece.data(), std::ssize(piece));
    });
    content = unpacked.Finish();
  } else {
    crc = CrcOf(packed);
  }
  if (crc != member.crc) {
    FailZip(Str("'", member.name, "' is not what was written"));
  }
  return content;
}

}  // namespace mtlkit
