#include "text/parquet/schema_tree.h"

#include <algorithm>

#include "base/error.h"
#include "base/text.h"

// Numbers of types and fields are those of parquet.thrift in
// apache/parquet-format 2.12.

namespace mtlkit {
namespace {

constexpr std::int64_t kRepeated = 2;
// More than any decimal or UUID has.
constexpr std::int64_t kMostFixedBytes = 1 << 20;
constexpr std::int64_t kMostScale = 1000;

[[noreturn]] void FailSchema(const std::string& name, std::string_view why) {
  Fail(ErrorKind::kBadInput,
       Str("its schema is damaged: column '", VisibleText(name), "' ", why),
       "copy or download the file again");
}

// A union of units, of which one is there, empty.
std::int64_t ReadUnit(ThriftReader* thrift) {
  std::int64_t unit = 0;
  thrift->Struct([&](const ThriftField& field) {
    unit = field.id;
    return false;
  });
  return unit;
}

// What stands in one kind of LogicalType.
void ReadDetails(ThriftReader* thrift, SchemaElement* element) {
  thrift->Struct([&](const ThriftField& field) {
    const bool is_decimal = element->logical == 5;
    const bool is_time = element->logical == 7 || element->logical == 8;
    const bool is_integer = element->logical == 10;
    if (field.id == 1 && is_decimal) {
      element->logical_scale = thrift->Integer(field);
    } else if (field.id == 1 && is_time) {
      element->is_utc = thrift->Truth(field);
    } else if (field.id == 2 && is_time) {
      thrift->RequireStruct(field);
      element->unit = ReadUnit(thrift);
    } else if (field.id == 1 && is_integer) {
      element->bits = thrift->Integer(field);
    } else if (field.id == 2 && is_integer) {
      element->is_signed = thrift->Truth(field);
    } else {
      return false;
    }
    return true;
  });
}

void ReadLogical(ThriftReader* thrift, SchemaElement* element) {
  thrift->Struct([&](const ThriftField& field) {
    element->logical = field.id;
    thrift->RequireStruct(field);
    ReadDetails(thrift, element);
    return true;
  });
}

// By LogicalType; false where the older ConvertedType decides.
bool MeaningOfLogical(const SchemaElement& from, ParquetField* to) {
  switch (from.logical) {
    case 1:   // string
    case 4:   // enum
    case 12:  // JSON
      to->meaning = Meaning::kNumber;
      return true;
    case 5:
      to->meaning = Meaning::kDecimal;
      to->scale = from.logical_scale;
      return true;
    case 6:
      to->meaning = Meaning::kDate;
      return true;
    case 7:
    case 8:
      to->meaning = from.logical == 7 ? Meaning::kTime : Meaning::kTimestamp;
      to->second_digits = 3 * from.unit;
      to->is_utc = from.is_utc;
      return true;
    case 10:
      to->meaning = from.is_signed ? Meaning::kNumber : Meaning::kUnsigned;
      return true;
    case 11:
      to->meaning = Meaning::kNothing;
      return true;
    case 14:
      to->meaning = Meaning::kUuid;
      return true;
    case 15:
      to->meaning = Meaning::kHalf;
      return true;
    case -1:
      return false;
    default:
      to->meaning = Meaning::kOther;
      return true;
  }
}

void MeaningOfConverted(const SchemaElement& from, ParquetField* to) {
  switch (from.converted) {
    case 5:
      to->meaning = Meaning::kDecimal;
      to->scale = from.scale;
      return;
    case 6:
      to->meaning = Meaning::kDate;
      return;
    case 7:
    case 8:
      to->meaning = Meaning::kTime;
      to->second_digits = from.converted == 7 ? 3 : 6;
      return;
    case 9:
    case 10:
      to->meaning = Meaning::kTimestamp;
      to->second_digits = from.converted == 9 ? 3 : 6;
      to->is_utc = true;
      return;
    case 11:
    case 12:
    case 13:
    case 14:
      to->meaning = Meaning::kUnsigned;
      return;
    case 20:  // binary JSON
    case 21:  // an interval
      to->meaning = Meaning::kOther;
      return;
    default:
      return;
  }
}

// Whether values of the physical type can mean that.
bool Fits(const ParquetField& field) {
  const PhysicalType type = field.physical;
  const bool is_integer =
      type == PhysicalType::kInt32 || type == PhysicalType::kInt64;
  switch (field.meaning) {
    case Meaning::kNumber:
    case Meaning::kNothing:
    case Meaning::kOther:
      return true;
    case Meaning::kUnsigned:
      return is_integer;
    case Meaning::kDecimal:
      return (is_integer || type == PhysicalType::kBytes ||
              type == PhysicalType::kFixedBytes) &&
             field.scale >= 0 && field.scale <= kMostScale;
    case Meaning::kDate:
      return type == PhysicalType::kInt32;
    case Meaning::kTime:
    case Meaning::kTimestamp:
      return is_integer && field.second_digits >= 3 && field.second_digits <= 9;
    case Meaning::kHalf:
      return type == PhysicalType::kFixedBytes && field.width == 2;
    case Meaning::kUuid:
      return type == PhysicalType::kFixedBytes && field.width == 16;
  }
  return false;
}

ParquetField LeafField(const SchemaElement& from) {
  ParquetField field;
  field.name = from.name;
  if (from.type < 0 || from.type > 7) FailSchema(from.name, "has no type");
  field.physical = static_cast<PhysicalType>(from.type);
  field.is_optional = from.repetition == 1;
  field.width = from.width;
  if (field.physical == PhysicalType::kFixedBytes &&
      (field.width <= 0 || field.width > kMostFixedBytes)) {
    FailSchema(from.name, "has values of no width");
  }
  if (!MeaningOfLogical(from, &field)) MeaningOfConverted(from, &field);
  // Dates of Hive and Spark, as they were written first.
  if (field.physical == PhysicalType::kInt96 &&
      field.meaning == Meaning::kNumber) {
    field.meaning = Meaning::kTimestamp;
    field.second_digits = 9;
    return field;
  }
  if (!Fits(field)) FailSchema(from.name, "has types that do not fit");
  return field;
}

}  // namespace

SchemaElement ReadSchemaElement(ThriftReader* thrift) {
  SchemaElement element;
  std::int64_t* const numbers[] = {
      nullptr, &element.type,     &element.width,     &element.repetition,
      nullptr, &element.children, &element.converted, &element.scale};
  thrift->Struct([&](const ThriftField& field) {
    if (field.id == 4) {
      element.name = thrift->Binary(field);
    } else if (field.id == 10) {
      thrift->RequireStruct(field);
      ReadLogical(thrift, &element);
    } else if (field.id < 8 && numbers[field.id] != nullptr) {
      *numbers[field.id] = thrift->Integer(field);
    } else {
      return false;
    }
    return true;
  });
  return element;
}

void FieldsOfTree(const std::vector<SchemaElement>& tree,
                  std::vector<ParquetField>* fields) {
  const auto size = std::ssize(tree);
  const auto children = [&](Index at) {
    const std::int64_t count = tree[At(at)].children;
    if (count < 0 || count >= size) {
      FailSchema(tree[At(at)].name, "has no such number of parts");
    }
    return count;
  };
  const std::int64_t columns = size == 0 ? 0 : children(0);
  Index at = 1;
  for (std::int64_t i = 0; i < columns; ++i) {
    const Index first = at;
    Index leaves = 0;
    for (std::int64_t left = 1; left > 0; --left, ++at) {
      if (at >= size) FailSchema(tree.front().name, "ends too early");
      left += children(at);
      leaves += children(at) == 0;
    }
    const SchemaElement& element = tree[At(first)];
    const bool is_nested = children(first) > 0;
    if (is_nested || element.repetition == kRepeated) {
      ParquetField& field = fields->emplace_back();
      field.name = element.name;
      field.is_nested = true;
      field.leaves = leaves;
    } else {
      fields->push_back(LeafField(element));
    }
  }
  if (at < size) FailSchema(tree[At(at)].name, "is in no table");
}

}  // namespace mtlkit
