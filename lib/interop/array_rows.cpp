#include "interop/array_rows.h"

#include <string_view>

#include "base/error.h"
#include "base/text.h"
#include "interop/array_numbers.h"

namespace mtlkit {
namespace {

constexpr std::string_view kSplits = "splits/";

}  // namespace

bool NamesRows(const DataArray& array) {
  return array.group.empty() && (array.name == "id" || array.name == "ids");
}

bool IsSplit(const DataArray& array) {
  return array.group.empty() && array.name.starts_with(kSplits);
}

bool IsOfRows(const DataArray& array) {
  return NamesRows(array) || IsSplit(array) ||
         (array.group.empty() && array.shape.size() == 1 &&
          (array.name == "weights" || array.name == "groups"));
}

std::string SplitName(const DataArray& array) {
  return array.name.substr(kSplits.size());
}

Index RowsOf(std::span<const DataArray> arrays) {
  for (const DataArray& array : arrays) {
    if (IsSplit(array) || array.shape.empty()) continue;
    if (array.rows() == 0) {
      FailArray(array, Str("is ", ShapeOf(array), ": there are no rows"),
                "a table has a row at least");
    }
    return array.rows();
  }
  return 0;
}

void RequireRows(const DataArray& array, Index rows) {
  if (array.shape.empty()) {
    FailArray(array, "is a single value, not one for each row",
              "--array NAME=PATH, once for each, reads those that are wanted "
              "only");
  }
  if (!IsSplit(array) && array.rows() != rows) {
    FailArray(array,
              Str("has ", Counted(array.rows(), "row", "rows"),
                  ", another one ", rows),
              "all arrays of a file are of the same rows");
  }
}

}  // namespace mtlkit
