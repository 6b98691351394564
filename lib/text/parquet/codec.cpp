#include "text/parquet/codec.h"

#include <algorithm>
#include <array>
#include <span>

#include "base/error.h"
#include "base/view.h"
#include "text/parquet/damage.h"
#include "text/parquet/snappy.h"

namespace mtlkit {
namespace {

enum CodecNumber { kUnpacked = 0, kSnappy = 1, kGzip = 2, kZstd = 6 };

constexpr std::array<std::string_view, 8> kCodecNames = {
    "none", "snappy", "gzip", "lzo", "brotli", "lz4", "zstd", "lz4_raw"};

[[noreturn]] void FailCodec(int codec) {
  const bool is_known = codec >= 0 && codec < std::ssize(kCodecNames);
  Fail(ErrorKind::kBadInput,
       is_known ? Str("it is compressed with ", kCodecNames[At(codec)],
                      ", which is not read")
                : Str("it is compressed in a way that is not known, ", codec),
       "write it with zstd, snappy, gzip or none");
}

// Members, one or several, that fill `size` bytes.
std::string UnpackMembers(MemberDecoder* decoder, std::string_view packed,
                          std::size_t size) {
  // At once where it is no more than usual, else in steps.
  constexpr std::size_t kUsualRatio = 32;
  constexpr std::size_t kFirstBytes = 1 << 18;
  const std::size_t first = std::max(kFirstBytes, kUsualRatio * packed.size());
  std::string bytes(std::min(size, first), '\0');
  std::size_t filled = 0;
  bool between = true;
  while (!packed.empty() || !between) {
    if (between) decoder->Start();
    if (filled == bytes.size() && filled < size) {
      bytes.resize(std::min(size, 2 * filled));
    }
    std::span<char> room(bytes.data() + filled, bytes.size() - filled);
    const std::size_t left = packed.size();
    const std::size_t before = filled;
    between = decoder->Decode(&packed, &room);
    filled = bytes.size() - room.size();
    const bool is_stuck = packed.size() == left && filled == before;
    if (!between && is_stuck && filled == size) {
      FailDamagedPage("it unpacks to more than it says");
    }
    if (!between && is_stuck) FailCut(decoder->name());
  }
  if (filled != size) FailDamagedPage("it unpacks to less than it says");
  return bytes;
}

}  // namespace

std::string PageCodec::Unpack(int codec, std::string_view packed,
                              std::size_t size) {
  // Of nulls alone; some writers pack nothing to nothing.
  if (size == 0 && packed.empty()) return "";
  switch (codec) {
    case kUnpacked:
      if (packed.size() != size) FailDamagedPage("it is of another size");
      return std::string(packed);
    case kSnappy:
      return UnpackSnappy(packed, size);
    case kGzip:
      if (!gzip_) gzip_ = MakeGzipDecoder();
      return UnpackMembers(gzip_.get(), packed, size);
    case kZstd:
      if (!zstd_) zstd_ = MakeZstdDecoder();
      return UnpackMembers(zstd_.get(), packed, size);
    default:
      FailCodec(codec);
  }
}

}  // namespace mtlkit
