#include "text/parquet/snappy.h"

#include <cstdint>
#include <cstring>

#include "text/parquet/bit_runs.h"
#include "text/parquet/damage.h"

namespace mtlkit {
namespace {

// A tag of three bytes copies 64 at most.
constexpr std::size_t kMostRatio = 22;

[[noreturn]] void FailSnappy() {
  FailDamagedPage("it is no Snappy data of its size");
}

// A little-endian number of `bytes` bytes.
std::size_t TakeNumber(std::string_view* packed, std::size_t bytes) {
  std::size_t number = 0;
  const std::string_view taken = TakeBytes(packed, bytes);
  std::memcpy(&number, taken.data(), bytes);
  return number;
}

class Output {
 public:
  explicit Output(std::size_t size) : bytes_(size, '\0') {}

  void Literal(std::string_view text) {
    Require(text.size());
    std::memcpy(bytes_.data() + filled_, text.data(), text.size());
    filled_ += text.size();
  }

  // Bytes that came `distance` before; they may overlap what they make.
  void Copy(std::size_t distance, std::size_t size) {
    Require(size);
    if (distance == 0 || distance > filled_) FailSnappy();
    char* const to = bytes_.data() + filled_;
    if (distance >= size) {
      std::memcpy(to, to - distance, size);
    } else {
      for (std::size_t i = 0; i < size; ++i) to[i] = (to - distance)[i];
    }
    filled_ += size;
  }

  std::string Take() {
    if (filled_ != bytes_.size()) FailSnappy();
    return std::move(bytes_);
  }

 private:
  void Require(std::size_t size) const {
    if (size > bytes_.size() - filled_) FailSnappy();
  }

  std::string bytes_;
  std::size_t filled_ = 0;
};

void Element(std::string_view* packed, Output* output) {
  const std::size_t tag = TakeNumber(packed, 1);
  std::size_t size = tag >> 2U;
  switch (tag & 3U) {
    case 0:
      // The last four say how many bytes the size takes.
      if (size >= 60) size = TakeNumber(packed, size - 59);
      output->Literal(TakeBytes(packed, size + 1));
      return;
    case 1:
      output->Copy(tag >> 5U << 8U | TakeNumber(packed, 1),
                   (tag >> 2U & 7U) + 4);
      return;
    case 2:
      output->Copy(TakeNumber(packed, 2), size + 1);
      return;
    default:
      output->Copy(TakeNumber(packed, 4), size + 1);
      return;
  }
}

}  // namespace

std::string UnpackSnappy(std::string_view packed, std::size_t size) {
  const std::size_t before = packed.size();
  if (TakeVarint(&packed) != size || size > before * kMostRatio) FailSnappy();
  Output output(size);
  while (!packed.empty()) Element(&packed, &output);
  return output.Take();
}

}  // namespace mtlkit
