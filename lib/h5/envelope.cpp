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
constexpr std::string_view kMajor = "1";
constexpr Index kBlock = Index{1} << 20;

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

[[noreturn]] void FailDamaged() {
  Fail(ErrorKind::kBadInput, "the file is damaged: its envelope is not whole",
       "restore it from a copy, or run again the command that wrote it");
}

bool IsVersion(std::string_view text) {
  return !text.empty() && text.size() <= 4 && text[0] != '0' &&
         std::all_of(text.begin(), text.end(),
                     [](char c) { return c >= '0' && c <= '9'; });
}

}  // namespace

std::string RenderEnvelope(const Envelope& envelope) {
  std::string text =
      Str(kMagic, kMajor, "\nbody ", envelope.body_size, "\nsha256 ",
          envelope.body_sha256,
          "\nThis is an HDF5 file: the HDF5 superblock starts at byte 512.\n");
  text.resize(static_cast<std::size_t>(kEnvelopeSize), '\n');
  return text;
}

Envelope ParseEnvelope(std::string_view bytes) {
  std::string_view rest = bytes;
  const auto major = TakeLine(kMagic, &rest);
  if (!major) FailDamaged();
  if (*major != kMajor && IsVersion(*major)) {
    Fail(ErrorKind::kBadInput,
         Str("written as mtl-h5 ", *major, ", this program reads mtl-h5 ",
             kMajor),
         "use a later version of mtlkit");
  }
  const auto body = TakeLine("body ", &rest);
  const auto sha256 = TakeLine("sha256 ", &rest);
  long long size = 0;
  if (!body || !sha256 || !ParseInteger(*body, &size)) FailDamaged();
  Envelope envelope{static_cast<Index>(size), std::string(*sha256)};
  const bool is_hex =
      sha256->size() == 64 &&
      sha256->find_first_not_of("0123456789abcdef") == std::string_view::npos;
  // Twice the size must not overflow anywhere below.
  if (!is_hex || size <= 0 || size > (1LL << 60)) FailDamaged();
  if (RenderEnvelope(envelope) != bytes) FailDamaged();
  return envelope;
}

std::string HashBody(int fd, Index body_size, std::string_view name) {
  Sha256 hash;
  std::vector<char> block(static_cast<std::size_t>(kBlock));
  for (Index done = 0; done < body_size;) {
    const Index wanted = std::min(kBlock, body_size - done);
    const Index count =
        ReadFullyAt(fd, block.data(), wanted, kEnvelopeSize + done, name);
    if (count == 0) break;
    hash.Update(block.data(), static_cast<std::size_t>(count));
    done += count;
  }
  return hash.Finish();
}

void VerifyEnvelope(int fd, const Envelope& envelope, std::string_view name) {
  const Index declared = kEnvelopeSize + envelope.body_size;
  const Index size = FileSize(fd, name);
  Require(size == declared, ErrorKind::kBadInput,
          Str(size < declared ? "the file is truncated" : "the file is damaged",
              ": its envelope says ", declared, " bytes, it has ", size),
          "restore it from a copy, or run again the command that wrote it");
  Require(HashBody(fd, envelope.body_size, name) == envelope.body_sha256,
          ErrorKind::kBadInput,
          "the file is damaged: its bytes do not have the SHA-256 of its "
          "envelope",
          "restore it from a copy, or run again the command that wrote it; "
          "files are never edited in place");
}

}  // namespace mtlkit::internal
