#include "text/parquet/page_header.h"

#include <limits>

#include "text/parquet/damage.h"
#include "text/parquet/thrift_reader.h"

namespace mtlkit {
namespace {

class HeaderReader {
 public:
  explicit HeaderReader(std::string_view bytes)
      : thrift_(bytes, "the header of a page") {}

  PageHeader Read() {
    thrift_.Struct([&](const ThriftField& field) { return Take(field); });
    if (kind_ > 3 || !has_details_) FailDamagedPage("its header has no kind");
    header_.kind = static_cast<PageKind>(kind_);
    header_.header_size = thrift_.at();
    return header_;
  }

 private:
  bool Take(const ThriftField& field) {
    switch (field.id) {
      case 1:
        kind_ = Count(field);
        has_details_ |= kind_ == 1;  // an index, which has none
        return true;
      case 2:
        header_.unpacked = Count(field);
        return true;
      case 3:
        header_.size = Count(field);
        return true;
      case 4:
        header_.has_checksum = true;
        header_.checksum = static_cast<std::uint32_t>(thrift_.Integer(field));
        return true;
      case 5:
      case 7:
      case 8:
        has_details_ = true;
        thrift_.RequireStruct(field);
        thrift_.Struct([&](const ThriftField& detail) {
          return field.id == 8 ? TakeV2(detail) : TakeDetail(detail);
        });
        return true;
      default:
        return false;
    }
  }

  // Of a dictionary or the first kind of pages.
  bool TakeDetail(const ThriftField& field) {
    switch (field.id) {
      case 1:
        header_.values = Count(field);
        return true;
      case 2:
        header_.encoding = static_cast<int>(Count(field));
        return true;
      case 3:
        // Of a dictionary: whether it is sorted.
        if (field.type == ThriftType::kTrue ||
            field.type == ThriftType::kFalse) {
          return false;
        }
        header_.level_encoding = static_cast<int>(Count(field));
        return true;
      default:
        return false;
    }
  }

  bool TakeV2(const ThriftField& field) {
    switch (field.id) {
      case 1:
        header_.values = Count(field);
        return true;
      case 4:
        header_.encoding = static_cast<int>(Count(field));
        return true;
      case 5:
        header_.level_bytes = Count(field);
        return true;
      case 6:
        header_.repetition_bytes = Count(field);
        return true;
      case 7:
        header_.is_packed = thrift_.Truth(field);
        return true;
      default:
        return false;
    }
  }

  // A number of 32 bits that is not negative.
  Index Count(const ThriftField& field) {
    const std::int64_t count = thrift_.Integer(field);
    if (count < 0 || count > std::numeric_limits<std::int32_t>::max()) {
      FailDamagedPage("its header has a number out of range");
    }
    return count;
  }

  ThriftReader thrift_;
  Index kind_ = 4;  // none
  bool has_details_ = false;
  PageHeader header_;
};

}  // namespace

PageHeader ReadPageHeader(std::string_view bytes) {
  return HeaderReader(bytes).Read();
}

}  // namespace mtlkit
