#include "text/parquet/delta_numbers.h"

#include <algorithm>

#include "text/parquet/bit_runs.h"
#include "text/parquet/damage.h"

namespace mtlkit {
namespace {

// Writers use 128 to 4096 values; more than this no page can have.
constexpr std::uint64_t kMostValues = std::uint64_t{1} << 31;

std::uint64_t TakeZigZag(std::string_view* bytes) {
  const std::uint64_t value = TakeVarint(bytes);
  return (value >> 1U) ^ (~(value & 1U) + 1);
}

}  // namespace

DeltaNumbers::DeltaNumbers(std::string_view bytes)
    : bytes_(bytes),
      block_(TakeVarint(&bytes_)),
      miniblocks_(TakeVarint(&bytes_)),
      count_(TakeVarint(&bytes_)),
      value_(TakeZigZag(&bytes_)) {
  const bool fits = block_ > 0 && block_ <= kMostValues && miniblocks_ > 0 &&
                    miniblocks_ <= block_ && count_ <= kMostValues &&
                    block_ % miniblocks_ == 0 && block_ / miniblocks_ % 8 == 0;
  if (!fits) FailDamagedPage("its blocks of differences have no such size");
  per_miniblock_ = block_ / miniblocks_;
}

std::int64_t DeltaNumbers::Next() {
  if (read_ == count_) FailDamagedPage("it holds too few values");
  if (++read_ == 1) return static_cast<std::int64_t>(value_);
  while (in_miniblock_ == 0) StartMiniblock();
  --in_miniblock_;
  value_ += least_ + BitsAt(packed_, bit_, width_);
  bit_ += static_cast<unsigned>(width_);
  return static_cast<std::int64_t>(value_);
}

void DeltaNumbers::StartBlock() {
  least_ = TakeZigZag(&bytes_);
  widths_ = TakeBytes(&bytes_, miniblocks_);
}

void DeltaNumbers::StartMiniblock() {
  if (widths_.empty()) StartBlock();
  width_ = static_cast<unsigned char>(widths_.front());
  widths_.remove_prefix(1);
  if (width_ > 64) FailDamagedPage("a difference has more than 64 bits");
  packed_ = TakeBytes(&bytes_, per_miniblock_ / 8 * At(width_));
  in_miniblock_ = per_miniblock_;
  bit_ = 0;
}

std::string_view DeltaNumbers::Behind() const {
  DeltaNumbers all = *this;
  // The first value stands in the head.
  std::uint64_t left = all.count_ > 0 ? all.count_ - 1 : 0;
  while (left > 0) {
    all.StartMiniblock();
    left -= std::min(left, all.per_miniblock_);
  }
  return all.bytes_;
}

}  // namespace mtlkit
