#include "text/parquet/bit_runs.h"

#include <algorithm>
#include <bit>
#include <cstring>

#include "text/parquet/damage.h"

namespace mtlkit {
namespace {

std::uint64_t WordAt(std::string_view bytes, std::uint64_t at) {
  static_assert(std::endian::native == std::endian::little);
  std::uint64_t word = 0;
  if (at >= bytes.size()) return 0;
  const std::size_t left = bytes.size() - at;
  // Copies of a size that the compiler knows are fast.
  if (left >= sizeof word) {
    std::memcpy(&word, bytes.data() + at, sizeof word);
  } else {
    std::memcpy(&word, bytes.data() + at, left);
  }
  return word;
}

}  // namespace

std::uint64_t BitsAt(std::string_view bytes, std::uint64_t at, int width) {
  if (width == 0) return 0;
  const unsigned shift = at % 8;
  std::uint64_t bits = WordAt(bytes, at / 8) >> shift;
  if (shift + static_cast<unsigned>(width) > 64) {
    bits |= WordAt(bytes, at / 8 + 8) << (64 - shift);
  }
  return width == 64 ? bits : bits & ((std::uint64_t{1} << width) - 1);
}

void BitRuns::StartRun() {
  while (left_ == 0) {
    const std::uint64_t head = TakeVarint(&bytes_);
    const std::uint64_t count = head >> 1U;
    is_packed_ = (head & 1U) != 0;
    const auto width = static_cast<unsigned>(width_);
    if (!is_packed_) {
      const std::string_view value = TakeBytes(&bytes_, (width + 7) / 8);
      value_ = static_cast<std::uint32_t>(WordAt(value, 0));
      left_ = count;
      continue;
    }
    // The last group may be cut where its numbers end.
    if (count > bytes_.size() && width > 0) {
      FailDamagedPage("it is too short");
    }
    packed_ = TakeBytes(&bytes_,
                        std::min<std::uint64_t>(count * width, bytes_.size()));
    left_ = width == 0 ? count * 8
                       : std::min<std::uint64_t>(count * 8,
                                                 packed_.size() * 8 / width);
    bit_ = 0;
  }
}

std::uint64_t TakeVarint(std::string_view* bytes) {
  std::uint64_t value = 0;
  for (unsigned shift = 0; shift < 64; shift += 7) {
    const auto byte = static_cast<unsigned char>(TakeBytes(bytes, 1).front());
    value |= static_cast<std::uint64_t>(byte & 0x7fU) << shift;
    if (byte < 0x80) return value;
  }
  FailDamagedPage("a number is too long");
}

std::string_view TakeBytes(std::string_view* bytes, std::uint64_t count) {
  if (count > bytes->size()) FailDamagedPage("it is too short");
  const std::string_view taken = bytes->substr(0, count);
  bytes->remove_prefix(count);
  return taken;
}

}  // namespace mtlkit
