#include "text/parquet/column_pages.h"

#include <zlib.h>

#include <algorithm>
#include <cstring>
#include <limits>

#include "base/error.h"
#include "text/parquet/damage.h"

namespace mtlkit {
namespace {

constexpr int kLevelRuns =
    3;  // the only encoding of levels that is written today
constexpr int kMostIndexBits = 32;

void CheckSum(const PageHeader& header, std::string_view packed) {
  if (!header.has_checksum) return;
  const auto sum = ::crc32_z(0, reinterpret_cast<const Bytef*>(packed.data()),
                             packed.size());
  if (static_cast<std::uint32_t>(sum) != header.checksum) {
    FailDamagedPage("its checksum is another");
  }
}

}  // namespace

ColumnPages::ColumnPages(const PageSource& source, const ParquetField& field)
    : source_(source),
      field_(field),
      text_(ValueTextOf(field)),
      page_memory_(source.memory),
      dictionary_memory_(source.memory) {}

void ColumnPages::Start(const ColumnChunk& chunk) {
  chunk_ = chunk;
  at_ = chunk.begin;
  left_ = chunk.values;
  in_page_ = 0;
  has_dictionary_ = false;
  dictionary_memory_.Reset();
}

Cell ColumnPages::Next() {
  while (in_page_ == 0) NextPage();
  --in_page_;
  if (levels_ && (levels_->Next() & 1U) == 0) return {"", true};
  if (!indices_ && !values_) StartValues();
  const std::string_view text =
      indices_ ? IndexedText() : text_(values_->Next(), field_, &buffer_);
  return {text, text.empty()};
}

std::string_view ColumnPages::IndexedText() {
  const std::uint32_t index = indices_->Next();
  if (index >= ends_.size()) {
    FailDamagedPage("it names a value that its dictionary lacks");
  }
  const std::size_t begin = index == 0 ? 0 : ends_[index - 1];
  return std::string_view(dictionary_).substr(begin, ends_[index] - begin);
}

void ColumnPages::NextPage() {
  const PageHeader header = ReadHeader();
  at_ += header.header_size;
  if (header.size > chunk_.begin + chunk_.size - at_) {
    FailDamagedPage("it is longer than its column");
  }
  page_memory_.Reset();
  page_memory_.Take(header.size + header.unpacked, "a page");
  std::string packed(At(header.size), '\0');
  source_.file->ReadAt(at_, packed.data(), packed.size());
  at_ += header.size;
  CheckSum(header, packed);
  switch (header.kind) {
    case PageKind::kDictionary:
      return TakeDictionary(header, packed);
    case PageKind::kIndex:
      return;
    case PageKind::kData:
    case PageKind::kDataV2:
      return TakeValues(header, packed);
  }
}

PageHeader ColumnPages::ReadHeader() {
  const Index most = chunk_.begin + chunk_.size - at_;
  if (most <= 0) FailDamagedPage("its column ends before its last row");
  // Statistics in it may be long.
  constexpr Index kFirstBytes = 1 << 10;
  constexpr Index kMostBytes = Index{1} << 24;
  for (Index size = std::min(kFirstBytes, most);;
       size = std::min(4 * size, most)) {
    std::string head(At(size), '\0');
    source_.file->ReadAt(at_, head.data(), head.size());
    try {
      return ReadPageHeader(head);
    } catch (const Error&) {
      if (size == most || size > kMostBytes) throw;
    }
  }
}

void ColumnPages::TakeDictionary(const PageHeader& header,
                                 std::string_view packed) {
  if (has_dictionary_) FailDamagedPage("its column has two dictionaries");
  has_dictionary_ = true;
  const std::string plain =
      source_.codec->Unpack(chunk_.codec, packed, At(header.unpacked));
  const auto values = MakePlainDecoder(field_, plain);
  dictionary_.clear();
  ends_.clear();
  // The room of the largest that it was.
  Index held = 0;
  for (Index i = 0; i < header.values; ++i) {
    dictionary_ += text_(values->Next(), field_, &buffer_);
    ends_.push_back(dictionary_.size());
    const auto room = static_cast<Index>(
        dictionary_.capacity() + ends_.capacity() * sizeof ends_.front());
    if (room > held) dictionary_memory_.Take(room - held, "a dictionary");
    held = std::max(held, room);
  }
}

void ColumnPages::TakeValues(const PageHeader& header,
                             std::string_view packed) {
  if (header.values > left_) {
    FailDamagedPage("it has more values than there are rows");
  }
  left_ -= header.values;
  in_page_ = header.values;
  levels_.reset();
  indices_.reset();
  values_.reset();
  encoding_ = header.encoding;
  encoded_ = TakeLevels(header, packed);
}

// Unpacks a page, sets the levels, and returns what is behind them.
std::string_view ColumnPages::TakeLevels(const PageHeader& header,
                                         std::string_view packed) {
  if (header.kind == PageKind::kDataV2) {
    const Index levels = header.level_bytes + header.repetition_bytes;
    if (levels > header.size || levels > header.unpacked) {
      FailDamagedPage("its levels are longer than itself");
    }
    page_ = packed.substr(0, At(levels));
    page_ += source_.codec->Unpack(header.is_packed ? chunk_.codec : 0,
                                   packed.substr(At(levels)),
                                   At(header.unpacked - levels));
    std::string_view rest = page_;
    TakeBytes(&rest, static_cast<std::uint64_t>(header.repetition_bytes));
    const std::string_view runs =
        TakeBytes(&rest, static_cast<std::uint64_t>(header.level_bytes));
    if (field_.is_optional) levels_.emplace(runs, 1);
    return rest;
  }
  page_ = source_.codec->Unpack(chunk_.codec, packed, At(header.unpacked));
  std::string_view rest = page_;
  if (!field_.is_optional) return rest;
  if (header.level_encoding != kLevelRuns) {
    Fail(ErrorKind::kBadInput, "its levels are written as 2013 and before",
         "write it anew with a program of today");
  }
  std::uint32_t size = 0;
  std::memcpy(&size, TakeBytes(&rest, sizeof size).data(), sizeof size);
  levels_.emplace(TakeBytes(&rest, size), 1);
  return rest;
}

// Where the first value is asked for: pages of nulls alone may have none.
void ColumnPages::StartValues() {
  if (!IsDictionaryEncoding(encoding_)) {
    values_ = MakeValueDecoder(encoding_, field_, encoded_);
    return;
  }
  if (!has_dictionary_) FailDamagedPage("its column has no dictionary");
  const auto width =
      static_cast<unsigned char>(TakeBytes(&encoded_, 1).front());
  if (width > kMostIndexBits) {
    FailDamagedPage("its indices have more than 32 bits");
  }
  indices_.emplace(encoded_, width);
}

}  // namespace mtlkit
