#include "interop/hdf5_arrays.h"

#include <algorithm>
#include <utility>

#include "base/error.h"

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
  if (file.FindAttribute(path, "MATLAB_class") != nullptr) Turn(&array);
  const ForeignAttribute* columns = file.FindAttribute(path, "columns");
  if (columns != nullptr && columns->is_text) array.columns = columns->texts;
  return array;
}

}  // namespace mtlkit
