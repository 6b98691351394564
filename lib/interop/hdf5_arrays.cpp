#include "interop/hdf5_arrays.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "base/error.h"
#include "interop/sparse_arrays.h"

namespace mtlkit {
namespace {

// What is asked of the file at once, each time of a new process.
constexpr Index kHdf5PieceBytes = Index{1} << 24;
constexpr Index kHdf5PieceTexts = Index{1} << 16;

// Calls visit(first, count) for all rows of an array, `per_piece` elements or
// more at once.
template <class Visit>
void VisitRows(const ForeignObject& object, Index per_piece, Visit visit) {
  if (object.shape.empty()) return visit(0, 1);
  Index cells = 1;
  for (std::size_t d = 1; d < object.shape.size(); ++d) {
    cells *= std::max<Index>(object.shape[d], 1);
  }
  const Index most = std::max<Index>(1, per_piece / cells);
  for (Index first = 0; first < object.shape[0]; first += most) {
    visit(first, std::min(most, object.shape[0] - first));
  }
}

template <class T>
Array<T> ReadNumbers(const ForeignFile& file, const std::string& path,
                     const ForeignObject& object) {
  SpilledArray<T> numbers;
  VisitRows(object, kHdf5PieceBytes / static_cast<Index>(sizeof(T)),
            [&](Index first, Index count) {
              numbers.Append(file.ReadRows<T>(path, first, count));
            });
  return numbers.Finish();
}

ArrayValues ReadValues(const ForeignFile& file, const std::string& path,
                       const ForeignObject& object) {
  if (object.kind == ForeignObject::Kind::kTexts) {
    TextNumbering texts;
    VisitRows(object, kHdf5PieceTexts, [&](Index first, Index count) {
      for (const std::string& text : file.ReadTexts(path, first, count)) {
        texts.Add(text);
      }
    });
    return texts.Finish();
  }
  switch (object.type) {
    case ElementType::kU8:
      return ReadNumbers<std::uint8_t>(file, path, object);
    case ElementType::kF32:
      return ReadNumbers<float>(file, path, object);
    case ElementType::kF64:
      return ReadNumbers<double>(file, path, object);
    default:
      return ReadNumbers<std::int64_t>(file, path, object);
  }
}

const ForeignObject& ArrayAt(const ForeignFile& file, const std::string& path) {
  const ForeignObject* object = file.Find(path);
  Require(object != nullptr && object->is_array(), ErrorKind::kBadInput,
          Str("there is no array '", path, "'"));
  if (object->kind == ForeignObject::Kind::kUnread) {
    Fail(ErrorKind::kBadInput, Str("'", path, "' ", object->why_unread),
         "--array NAME=PATH, once for each, reads others only");
  }
  return *object;
}

// From k x n, by columns, to n x k; a single column becomes a list.
void Turn(DataArray* array) {
  if (array->shape.size() != 2) return;
  const Index cols = array->shape[0];
  array->shape = {array->shape[1], cols};
  array->values = ByRows(array->values, array->shape);
  if (cols == 1) array->shape.pop_back();
}

}  // namespace

DataArray ReadHdf5Array(const ForeignFile& file, const std::string& path) {
  const ForeignObject& object = ArrayAt(file, path);
  DataArray array;
  array.name = path;
  array.shape = object.shape;
  array.values = ReadValues(file, path, object);
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

Array<std::int64_t> ReadWholes(const ForeignFile& file,
                               const std::string& path) {
  return ReadNumbers<std::int64_t>(file, path, ArrayAt(file, path));
}

Array<double> ReadDoubles(const ForeignFile& file, const std::string& path) {
  return ReadNumbers<double>(file, path, ArrayAt(file, path));
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
    array.indices = ReadWholes(file, path + "/ir");
  }
  array.name = path;
  array.row_starts = ReadWholes(file, path + "/jc");
  array.shape = {sizes.front(), array.row_starts.size() - 1};
  TurnSparse(&array);
  return array;
}

}  // namespace mtlkit
