#include "interop/sparse_arrays.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <string_view>
#include <utility>

#include "base/error.h"
#include "data/schema.h"

namespace mtlkit {
namespace {

const DataArray* FindArray(std::span<const DataArray> arrays,
                           std::string_view name) {
  const auto found = std::ranges::find(arrays, name, &DataArray::name);
  return found == arrays.end() ? nullptr : &*found;
}

[[noreturn]] void FailSparse(std::string_view why) {
  Fail(ErrorKind::kBadInput, Str("the sparse matrix ", why),
       "write it again: scipy.sparse.save_npz(FILE, matrix.tocsr())");
}

std::vector<std::int64_t> WholeNumbers(std::span<const DataArray> arrays,
                                       std::string_view name) {
  const DataArray& array = *FindArray(arrays, name);
  const auto* numbers = std::get_if<std::vector<std::int64_t>>(&array.values);
  if (numbers == nullptr) FailSparse(Str("has no whole numbers as ", name));
  return *numbers;
}

std::vector<float> ValuesOf(std::span<const DataArray> arrays) {
  std::vector<float> values;
  std::visit(
      [&](const auto& all) {
        using T = typename std::decay_t<decltype(all)>::value_type;
        if constexpr (std::is_same_v<T, std::string>) {
          FailSparse("holds texts");
        } else {
          for (const T value : all) {
            values.push_back(static_cast<float>(value));
            if (!std::isfinite(values.back())) {
              FailSparse(
                  "holds a number that is not finite in single "
                  "precision");
            }
          }
        }
      },
      FindArray(arrays, "data")->values);
  return values;
}

void RequireRowStarts(const std::vector<std::int64_t>& starts, Index rows,
                      Index entries) {
  const bool fits = std::ssize(starts) == rows + 1 && starts.front() == 0 &&
                    starts.back() == entries && std::ranges::is_sorted(starts);
  if (!fits) FailSparse("has an indptr that does not fit");
}

}  // namespace

bool AreSparseArrays(std::span<const DataArray> arrays) {
  constexpr std::array<std::string_view, 5> kNames = {
      "data", "indices", "indptr", "shape", "format"};
  return arrays.size() == kNames.size() &&
         std::ranges::all_of(kNames, [&](std::string_view name) {
           return FindArray(arrays, name) != nullptr;
         });
}

InputBlock SparseBlockOf(std::vector<DataArray> arrays, Index* rows) {
  const auto* format = std::get_if<std::vector<std::string>>(
      &FindArray(arrays, "format")->values);
  if (format == nullptr || format->size() != 1 || format->front() != "csr") {
    FailSparse("is not of compressed rows (csr)");
  }
  const auto shape = WholeNumbers(arrays, "shape");
  const auto starts = WholeNumbers(arrays, "indptr");
  const auto columns = WholeNumbers(arrays, "indices");
  std::vector<float> values = ValuesOf(arrays);
  constexpr Index kMostColumns = std::numeric_limits<std::int32_t>::max();
  if (shape.size() != 2 || shape[0] < 0 || shape[1] < 0 ||
      shape[1] > kMostColumns || columns.size() != values.size()) {
    FailSparse("has lengths that do not fit");
  }
  RequireRowStarts(starts, shape[0], std::ssize(columns));
  std::vector<std::int32_t> indices(columns.size());
  std::vector<std::pair<std::int64_t, float>> row;
  for (std::size_t i = 0; i + 1 < starts.size(); ++i) {
    row.clear();
    for (std::int64_t k = starts[i]; k < starts[i + 1]; ++k) {
      row.emplace_back(columns[At(k)], values[At(k)]);
    }
    std::ranges::sort(row, {}, &std::pair<std::int64_t, float>::first);
    for (std::size_t k = 0; k < row.size(); ++k) {
      const bool fits = row[k].first >= 0 && row[k].first < shape[1] &&
                        (k == 0 || row[k - 1].first < row[k].first);
      if (!fits) FailSparse("has a column twice in a row, or one outside");
      const std::size_t to = At(starts[i]) + k;
      indices[to] = static_cast<std::int32_t>(row[k].first);
      values[to] = row[k].second;
    }
  }
  InputBlock block;
  block.name = TableBlockName("", InputKind::kSparse);
  block.kind = InputKind::kSparse;
  block.cols = shape[1];
  block.index_base = 0;
  block.row_starts = Array<std::int64_t>(starts);
  block.indices = Array<std::int32_t>(std::move(indices));
  block.values = Array<float>(std::move(values));
  *rows = shape[0];
  return block;
}

}  // namespace mtlkit
