#include "interop/hdf5_arrays.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "base/error.h"
#include "interop/sparse_arrays.h"

namespace mtlkit {
namespace {

ArrayValues ReadValues(const ForeignFile& file, const std::string& path,
                       const ForeignObject& object) {
  if (object.kind == ForeignObject::Kind::kTexts) return file.ReadTexts(path);
  switch (object.type) {
    case ElementType::kU8:
      return file.ReadRows<std::uint8_t>(path, 0, -1);
    case ElementType::kF32:
      return file.ReadRows<float>(path, 0, -1);
    case ElementType::kF64:
      return file.ReadRows<double>(path, 0, -1);
    default:
      return file.ReadRows<std::int64_t>(path, 0, -1);
  }
}

// From k x n, by columns, to n x k; a single column becomes a list.
void Turn(DataArray* array) {
  if (array->shape.size() != 2) return;
  const Index cols = array->shape[0];
  const Index rows = array->shape[1];
  std::visit(
      [&](auto& values) {
        auto turned = values;
        for (Index row = 0; row < rows; ++row) {
          for (Index col = 0; col < cols; ++col) {
            turned[At(row * cols + col)] = values[At(col * rows + row)];
          }
        }
        values = std::move(turned);
      },
      array->values);
  array->shape = {rows, cols};
  if (cols == 1) array->shape.pop_back();
}

}  // namespace

DataArray ReadHdf5Array(const ForeignFile& file, const std::string& path) {
  const ForeignObject* object = file.Find(path);
  Require(object != nullptr && object->is_array(), ErrorKind::kBadInput,
          Str("there is no array '", path, "'"));
  if (object->kind == ForeignObject::Kind::kUnread) {
    Fail(ErrorKind::kBadInput, Str("'", path, "' ", object->why_unread),
         "--array NAME=PATH, once for each, reads others only");
  }
  DataArray array;
  array.name = path;
  array.shape = object->shape;
  array.values = ReadValues(file, path, *object);
  // Of an empty one MATLAB keeps the lengths.
  if (file.FindAttribute(path, "MATLAB_empty") != nullptr) {
    array.shape = {0};
    array.values = std::vector<double>();
  } else if (file.FindAttribute(path, "MATLAB_class") != nullptr) {
    Turn(&array);
  }
  const ForeignAttribute* columns = file.FindAttribute(path, "columns");
  if (columns != nullptr && columns->is_text) array.columns = columns->texts;
  return array;
}

std::vector<std::int64_t> WholeNumbers(const ForeignAttribute& attribute,
                                       const std::string& path) {
  constexpr double kMost = 1LL << 53;
  std::vector<std::int64_t> wholes;
  for (const double number : attribute.numbers) {
    Require(std::abs(number) <= kMost && number == std::floor(number),
            ErrorKind::kBadInput,
            Str("an attribute of '", path, "' is ", number,
                ", which is no whole number"),
            "write the file again");
    wholes.push_back(static_cast<std::int64_t>(number));
  }
  return wholes;
}

bool IsMatlabSparse(const ForeignFile& file, const std::string& path) {
  const ForeignObject* object = file.Find(path);
  return object != nullptr && !object->is_array() &&
         file.FindAttribute(path, "MATLAB_sparse") != nullptr;
}

DataArray ReadMatlabSparse(const ForeignFile& file, const std::string& path) {
  const ForeignAttribute* rows = file.FindAttribute(path, "MATLAB_sparse");
  const std::vector<std::int64_t> sizes = WholeNumbers(*rows, path);
  Require(sizes.size() == 1, ErrorKind::kBadInput,
          Str("'", path, "' does not say how many rows it has"),
          "write the file again");
  DataArray array;
  // A matrix without entries has nothing but its columns.
  if (file.Find(path + "/data") != nullptr) {
    array = ReadHdf5Array(file, path + "/data");
    array.indices = file.ReadRows<std::int64_t>(path + "/ir", 0, -1);
  }
  array.name = path;
  array.row_starts = file.ReadRows<std::int64_t>(path + "/jc", 0, -1);
  array.shape = {sizes.front(), std::ssize(array.row_starts) - 1};
  TurnSparse(&array);
  return array;
}

}  // namespace mtlkit
