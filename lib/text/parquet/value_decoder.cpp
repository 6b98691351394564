#include "text/parquet/value_decoder.h"

#include <array>
#include <cstdint>
#include <cstring>
#include <string>

#include "base/error.h"
#include "text/parquet/bit_runs.h"
#include "text/parquet/damage.h"
#include "text/parquet/delta_numbers.h"

// Encodings as in Encodings.md of apache/parquet-format 2.12.

namespace mtlkit {
namespace {

enum EncodingNumber {
  kPlain = 0,
  kPlainDictionary = 2,
  kRuns = 3,
  kBitPacked = 4,
  kDeltaNumbers = 5,
  kDeltaLengths = 6,
  kDeltaBytes = 7,
  kRunsDictionary = 8,
  kByteStreams = 9,
};

constexpr std::array<std::string_view, 10> kEncodingNames = {
    "PLAIN",
    "",
    "PLAIN_DICTIONARY",
    "RLE",
    "BIT_PACKED",
    "DELTA_BINARY_PACKED",
    "DELTA_LENGTH_BYTE_ARRAY",
    "DELTA_BYTE_ARRAY",
    "RLE_DICTIONARY",
    "BYTE_STREAM_SPLIT"};

std::uint32_t TakeLength(std::string_view* bytes) {
  std::uint32_t length = 0;
  std::memcpy(&length, TakeBytes(bytes, sizeof length).data(), sizeof length);
  return length;
}

class PlainFixed : public ValueDecoder {
 public:
  PlainFixed(std::string_view bytes, Index width)
      : bytes_(bytes), width_(At(width)) {}
  std::string_view Next() override { return TakeBytes(&bytes_, width_); }

 private:
  std::string_view bytes_;
  std::size_t width_;
};

class PlainBytes : public ValueDecoder {
 public:
  explicit PlainBytes(std::string_view bytes) : bytes_(bytes) {}
  std::string_view Next() override {
    return TakeBytes(&bytes_, TakeLength(&bytes_));
  }

 private:
  std::string_view bytes_;
};

constexpr std::string_view kTruths("\0\1", 2);

class PlainTruths : public ValueDecoder {
 public:
  explicit PlainTruths(std::string_view bytes) : bytes_(bytes) {}
  std::string_view Next() override {
    if (bit_ / 8 >= bytes_.size()) FailDamagedPage("it is too short");
    return kTruths.substr(BitsAt(bytes_, bit_++, 1), 1);
  }

 private:
  std::string_view bytes_;
  std::uint64_t bit_ = 0;
};

class TruthRuns : public ValueDecoder {
 public:
  explicit TruthRuns(std::string_view bytes)
      : runs_(TakeBytes(&bytes, TakeLength(&bytes)), 1) {}
  std::string_view Next() override {
    return kTruths.substr(runs_.Next() & 1U, 1);
  }

 private:
  BitRuns runs_;
};

class DeltaInts : public ValueDecoder {
 public:
  DeltaInts(std::string_view bytes, Index width)
      : numbers_(bytes), width_(At(width)) {}
  std::string_view Next() override {
    value_ = numbers_.Next();
    return {reinterpret_cast<const char*>(&value_), width_};
  }

 private:
  DeltaNumbers numbers_;
  std::size_t width_;
  std::int64_t value_ = 0;
};

// All lengths, then all texts.
class DeltaLengths : public ValueDecoder {
 public:
  explicit DeltaLengths(std::string_view bytes)
      : lengths_(bytes), bytes_(lengths_.Behind()) {}
  std::string_view Next() override {
    // A negative length is too large.
    return TakeBytes(&bytes_, static_cast<std::uint64_t>(lengths_.Next()));
  }

 private:
  DeltaNumbers lengths_;
  std::string_view bytes_;
};

// Each text as the number of bytes that it shares with the one before, and the
// rest.
class DeltaBytes : public ValueDecoder {
 public:
  explicit DeltaBytes(std::string_view bytes)
      : shared_(bytes), rest_(shared_.Behind()) {}
  std::string_view Next() override {
    const auto shared = static_cast<std::uint64_t>(shared_.Next());
    if (shared > value_.size()) FailDamagedPage("a text has no such beginning");
    value_.resize(shared);
    value_ += rest_.Next();
    return value_;
  }

 private:
  DeltaNumbers shared_;
  DeltaLengths rest_;
  std::string value_;
};

// The first bytes of all values, then the second ones, and so on.
class ByteStreams : public ValueDecoder {
 public:
  ByteStreams(std::string_view bytes, Index width)
      : bytes_(bytes), value_(At(width), '\0') {
    if (bytes_.size() % value_.size() != 0) {
      FailDamagedPage("its streams of bytes differ in length");
    }
  }
  std::string_view Next() override {
    const std::size_t count = bytes_.size() / value_.size();
    if (read_ == count) FailDamagedPage("it is too short");
    for (std::size_t i = 0; i < value_.size(); ++i) {
      value_[i] = bytes_[i * count + read_];
    }
    ++read_;
    return value_;
  }

 private:
  std::string_view bytes_;
  std::string value_;
  std::size_t read_ = 0;
};

// Fixed texts have one width, whatever the lengths of a page say.
class Fixed : public ValueDecoder {
 public:
  Fixed(std::unique_ptr<ValueDecoder> values, Index width)
      : values_(std::move(values)), width_(At(width)) {}
  std::string_view Next() override {
    const std::string_view value = values_->Next();
    if (value.size() != width_) FailDamagedPage("a value has another width");
    return value;
  }

 private:
  std::unique_ptr<ValueDecoder> values_;
  std::size_t width_;
};

// Null where values of the type are not encoded so.
std::unique_ptr<ValueDecoder> Make(int encoding, const ParquetField& field,
                                   std::string_view bytes) {
  const PhysicalType type = field.physical;
  const Index width = ValueWidth(field);
  const bool is_integer =
      type == PhysicalType::kInt32 || type == PhysicalType::kInt64;
  const bool is_bytes = type == PhysicalType::kBytes;
  switch (encoding) {
    case kPlain:
      return MakePlainDecoder(field, bytes);
    case kRuns:
      if (type != PhysicalType::kBoolean) return nullptr;
      return std::make_unique<TruthRuns>(bytes);
    case kDeltaNumbers:
      if (!is_integer) return nullptr;
      return std::make_unique<DeltaInts>(bytes, width);
    case kDeltaLengths:
      if (!is_bytes) return nullptr;
      return std::make_unique<DeltaLengths>(bytes);
    case kDeltaBytes:
      if (type == PhysicalType::kFixedBytes) {
        return std::make_unique<Fixed>(std::make_unique<DeltaBytes>(bytes),
                                       width);
      }
      if (!is_bytes) return nullptr;
      return std::make_unique<DeltaBytes>(bytes);
    case kByteStreams:
      if (width == 0 || type == PhysicalType::kBoolean) return nullptr;
      return std::make_unique<ByteStreams>(bytes, width);
    default:
      return nullptr;
  }
}

}  // namespace

Index ValueWidth(const ParquetField& field) {
  switch (field.physical) {
    case PhysicalType::kBoolean:
      return 1;
    case PhysicalType::kInt32:
    case PhysicalType::kFloat:
      return 4;
    case PhysicalType::kInt64:
    case PhysicalType::kDouble:
      return 8;
    case PhysicalType::kInt96:
      return 12;
    case PhysicalType::kBytes:
      return 0;
    case PhysicalType::kFixedBytes:
      return field.width;
  }
  return 0;
}

std::unique_ptr<ValueDecoder> MakePlainDecoder(const ParquetField& field,
                                               std::string_view bytes) {
  switch (field.physical) {
    case PhysicalType::kBoolean:
      return std::make_unique<PlainTruths>(bytes);
    case PhysicalType::kBytes:
      return std::make_unique<PlainBytes>(bytes);
    default:
      return std::make_unique<PlainFixed>(bytes, ValueWidth(field));
  }
}

std::unique_ptr<ValueDecoder> MakeValueDecoder(int encoding,
                                               const ParquetField& field,
                                               std::string_view bytes) {
  auto decoder = Make(encoding, field, bytes);
  if (decoder == nullptr) {
    const bool is_known =
        encoding >= 0 && encoding < std::ssize(kEncodingNames);
    Fail(ErrorKind::kBadInput,
         Str("its values are encoded as ",
             is_known ? std::string(kEncodingNames[At(encoding)])
                      : Str(encoding),
             ", which is not read for their type"),
         "write it with plain or dictionary encoding");
  }
  return decoder;
}

bool IsDictionaryEncoding(int encoding) {
  return encoding == kPlainDictionary || encoding == kRunsDictionary;
}

}  // namespace mtlkit
