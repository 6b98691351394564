#include "h5/envelope.h"

#include <algorithm>
#include <vector>

#include "base/error.h"
#include "base/text.h"
#include "h5/digest.h"
#include "h5/posix.h"

namespace mtlkit::internal {
namespace {

constexpr std::string_view kMagic = "mtl-h5 ";
constexpr std::string_view kMajor = "2";
constexpr Index kBlock = Index{1} << 20;
constexpr Index kDigits = 64;
constexpr Index kLineBytes = kDigits + 1;

// The rest of the line that starts with `key`; nothing unless it is next.
std::optional<std::string_view> TakeLine(std::string_view key,
                                         std::string_view* text) {
  if (!text->starts_with(key)) return std::nullopt;
  const std::size_t end = text->find('\n');
  if (end == std::string_view::npos) return std::nullopt;
  const std::string_view value = text->substr(key.size(), end - key.size());
  text->remove_prefix(end + 1);
  return value;
}

[[noreturn]] void FailEnvelope() {
  Fail(ErrorKind::kBadInput, "the file is damaged: its envelope is not whole",
       "restore it from a copy, or run again the command that wrote it");
}

// What another version's file needs.
std::string AdviceFor(std::string_view major) {
  return major < kMajor && major.size() <= kMajor.size()
             ? "run the commands that made it again with this version, from "
               "the table on"
             : "use a later version of mtlkit";
}

std::string RootOf(const std::string& digests) {
  if (static_cast<Index>(digests.size()) > kLineBytes) return Sha256Of(digests);
  return digests.substr(0, static_cast<std::size_t>(kDigits));
}

Index ListSize(Index body_size) {
  const Index chunks = ChunkCount(body_size);
  return chunks > 1 ? chunks * kLineBytes : 0;
}

bool IsVersion(std::string_view text) {
  return !text.empty() && text.size() <= 4 && text[0] != '0' &&
         std::all_of(text.begin(), text.end(),
                     [](char c) { return c >= '0' && c <= '9'; });
}

}  // namespace

Index Envelope::file_size() const {
  return kEnvelopeSize + body_size + ListSize(body_size);
}

std::string RenderEnvelope(const Envelope& envelope) {
  std::string text =
      Str(kMagic, kMajor, "\nbody ", envelope.body_size, "\nsha256 ",
          envelope.sha256,
          "\nThis is an HDF5 file: the HDF5 superblock starts at byte 512.\n");
  text.resize(static_cast<std::size_t>(kEnvelopeSize), '\n');
  return text;
}

Envelope ParseEnvelope(std::string_view bytes) {
  std::string_view rest = bytes;
  const auto major = TakeLine(kMagic, &rest);
  if (!major) FailEnvelope();
  if (*major != kMajor && IsVersion(*major)) {
    Fail(ErrorKind::kBadInput,
         Str("written as mtl-h5 ", *major, ", this program reads mtl-h5 ",
             kMajor),
         AdviceFor(*major));
  }
  const auto body = TakeLine("body ", &rest);
  const auto sha256 = TakeLine("sha256 ", &rest);
  long long size = 0;
  if (!body || !sha256 || !ParseInteger(*body, &size)) FailEnvelope();
  Envelope envelope{static_cast<Index>(size), std::string(*sha256)};
  const bool is_hex =
      static_cast<Index>(sha256->size()) == kDigits &&
      sha256->find_first_not_of("0123456789abcdef") == std::string_view::npos;
  // Twice the size must not overflow anywhere below.
  if (!is_hex || size <= 0 || size > (1LL << 60)) FailEnvelope();
  if (RenderEnvelope(envelope) != bytes) FailEnvelope();
  return envelope;
}

void FailDamaged() {
  Fail(ErrorKind::kBadInput,
       "the file is damaged: its bytes do not have the SHA-256 of its "
       "envelope",
       "restore it from a copy, or run again the command that wrote it; "
       "files are never edited in place");
}

Index ChunkCount(Index body_size) {
  return (body_size + kDigestChunk - 1) / kDigestChunk;
}

std::string HashBytes(int fd, Index offset, Index count,
                      std::string_view name) {
  Sha256 hash;
  std::vector<char> block(static_cast<std::size_t>(std::min(kBlock, count)));
  for (Index done = 0; done < count;) {
    const Index wanted = std::min(kBlock, count - done);
    const Index got =
        ReadFullyAt(fd, block.data(), wanted, offset + done, name);
    if (got == 0) break;
    hash.Update(block.data(), static_cast<std::size_t>(got));
    done += got;
  }
  return hash.Finish();
}

std::string HashChunks(int fd, Index body_size, std::string_view name) {
  std::string digests;
  for (Index first = 0; first < body_size; first += kDigestChunk) {
    digests += HashBytes(fd, kEnvelopeSize + first,
                         std::min(kDigestChunk, body_size - first), name);
    digests += '\n';
  }
  return digests;
}

std::string_view DigestOf(std::string_view digests, Index chunk) {
  return digests.substr(static_cast<std::size_t>(chunk * kLineBytes),
                        static_cast<std::size_t>(kDigits));
}

void SealBody(int fd, Index body_size, std::string_view name) {
  const std::string digests = HashChunks(fd, body_size, name);
  const std::string text = RenderEnvelope({body_size, RootOf(digests)});
  WriteFullyAt(fd, digests.data(), ListSize(body_size),
               kEnvelopeSize + body_size, name);
  WriteFullyAt(fd, text.data(), kEnvelopeSize, 0, name);
}

std::string ReadDigests(int fd, const Envelope& envelope,
                        std::string_view name) {
  const Index declared = envelope.file_size();
  const Index size = FileSize(fd, name);
  Require(size == declared, ErrorKind::kBadInput,
          Str(size < declared ? "the file is truncated" : "the file is damaged",
              ": its envelope says ", declared, " bytes, it has ", size),
          "restore it from a copy, or run again the command that wrote it");
  const Index list = ListSize(envelope.body_size);
  if (list == 0) return envelope.sha256 + "\n";
  std::string digests(static_cast<std::size_t>(list), '\0');
  const Index got = ReadFullyAt(fd, digests.data(), list,
                                kEnvelopeSize + envelope.body_size, name);
  if (got != list || RootOf(digests) != envelope.sha256) FailDamaged();
  return digests;
}

}  // namespace mtlkit::internal
