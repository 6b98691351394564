#include "h5/zip_writer.h"

#include <zlib.h>

#include "base/error.h"
#include "base/text.h"
#include "h5/posix.h"

namespace mtlkit {
namespace {

constexpr Index kMostZip = 0xFFFF'FFFF;
constexpr Index kMostMembers = 0xFFFF;
// Of an entry of the directory without the name, and of its end.
constexpr Index kEntryBytes = 46;
constexpr Index kEndBytes = 22;

std::string Little(Index value, int bytes) {
  std::string text;
  for (int i = 0; i < bytes; ++i) {
    text += static_cast<char>(value >> (8 * i));
  }
  return text;
}

}  // namespace

// What the header of a member and its entry in the directory have in common:
// version 2.0, names in UTF-8, stored, 1 January 1980, sums and sizes
// (APPNOTE.TXT, 4.3.7).
std::string ZipWriter::Member::CommonHeader() const {
  return Little(20, 2) + Little(0x800, 2) + Little(0, 2) + Little(0, 2) +
         Little(0x21, 2) + Little(crc, 4) + Little(size, 4) + Little(size, 4) +
         Little(std::ssize(name), 2) + Little(0, 2);
}

ZipWriter::ZipWriter(const std::string& path, std::string remedy)
    : file_(path), remedy_(std::move(remedy)) {}

Index ZipWriter::SizeOfDirectory() const {
  Index size = kEndBytes;
  for (const Member& member : members_) {
    size += kEntryBytes + std::ssize(member.name);
  }
  return size;
}

void ZipWriter::Begin(std::string_view name) {
  EndMember();
  Require(
      std::ssize(members_) < kMostMembers, ErrorKind::kUsage,
      Str(file_.name(), ": an archive holds at most ", kMostMembers, " arrays"),
      remedy_);
  members_.push_back({std::string(name), size_, 0, 0});
  const std::string header =
      "PK\x03\x04" + members_.back().CommonHeader() + members_.back().name;
  size_ += std::ssize(header);
  file_.Write(header);
}

void ZipWriter::Write(std::string_view bytes) {
  Member& member = members_.back();
  member.size += std::ssize(bytes);
  size_ += std::ssize(bytes);
  Require(size_ + SizeOfDirectory() <= kMostZip, ErrorKind::kUsage,
          Str(file_.name(),
              ": grew beyond 4095 MiB, which a ZIP archive holds "
              "at most"),
          remedy_);
  member.crc = static_cast<std::uint32_t>(crc32_z(
      member.crc, reinterpret_cast<const Bytef*>(bytes.data()), bytes.size()));
  file_.Write(bytes);
}

void ZipWriter::EndMember() {
  if (members_.empty()) return;
  const Member& member = members_.back();
  const std::string header = "PK\x03\x04" + member.CommonHeader();
  internal::WriteFullyAt(file_.descriptor(), header.data(), std::ssize(header),
                         member.at, file_.place());
}

void ZipWriter::Commit() {
  EndMember();
  std::string directory;
  for (const Member& member : members_) {
    directory += "PK\x01\x02" + Little(20, 2) + member.CommonHeader() +
                 Little(0, 2) + Little(0, 2) + Little(0, 2) + Little(0, 4) +
                 Little(member.at, 4) + member.name;
  }
  const Index count = std::ssize(members_);
  file_.Write(directory);
  file_.Write("PK\x05\x06" + Little(0, 4) + Little(count, 2) +
              Little(count, 2) + Little(std::ssize(directory), 4) +
              Little(size_, 4) + Little(0, 2));
  file_.Commit();
}

void WriteZip(const std::vector<std::pair<std::string, std::string>>& members,
              const std::string& path, const std::string& remedy) {
  ZipWriter archive(path, remedy);
  for (const auto& [name, content] : members) {
    archive.Begin(name);
    archive.Write(content);
  }
  archive.Commit();
}

}  // namespace mtlkit
