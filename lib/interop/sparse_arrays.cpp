#include "interop/sparse_arrays.h"

#include <algorithm>
#include <array>
#include <limits>
#include <string_view>
#include <utility>

#include "base/error.h"

namespace mtlkit {
namespace {

constexpr std::array<std::string_view, 5> kParts = {"data", "indices", "indptr",
                                                    "shape", "format"};

[[noreturn]] void FailSparse(std::string_view name, std::string_view why) {
  Fail(ErrorKind::kBadInput, Str("the sparse matrix '", name, "' ", why),
       "write it again as compressed rows: matrix.tocsr()");
}

Index EntriesOf(const DataArray& array) {
  return std::visit(
      [](const auto& values) { return static_cast<Index>(values.size()); },
      array.values);
}

void RequireParts(const DataArray& array) {
  constexpr Index kMostColumns = std::numeric_limits<std::int32_t>::max();
  const std::vector<std::int64_t>& starts = array.row_starts;
  const auto entries = std::ssize(array.indices);
  const bool fits =
      array.shape.size() == 2 && array.shape[0] >= 0 && array.shape[1] >= 0 &&
      array.shape[1] <= kMostColumns && EntriesOf(array) == entries &&
      std::ssize(starts) == array.shape[0] + 1 && starts.front() == 0 &&
      starts.back() == entries && std::ranges::is_sorted(starts);
  if (!fits) FailSparse(array.name, "has parts that do not fit");
}

// The order in which the entries of a row ascend.
void SortRow(const DataArray& array, std::size_t row,
             std::vector<std::size_t>* order) {
  order->clear();
  for (auto k = array.row_starts[row]; k < array.row_starts[row + 1]; ++k) {
    order->push_back(At(k));
  }
  std::ranges::sort(*order, {},
                    [&](std::size_t k) { return array.indices[k]; });
  std::int64_t before = -1;
  for (const std::size_t k : *order) {
    const std::int64_t column = array.indices[k];
    if (column <= before || column >= array.shape[1]) {
      FailSparse(array.name, "has a column twice in a row, or one outside");
    }
    before = column;
  }
}

std::vector<std::int64_t> WholeNumbers(std::span<const DataArray> arrays,
                                       std::string_view name) {
  const auto found = std::ranges::find(arrays, name, &DataArray::name);
  const auto* numbers = std::get_if<std::vector<std::int64_t>>(&found->values);
  if (numbers == nullptr) {
    FailSparse("sparse", Str("has no whole numbers as ", name));
  }
  return *numbers;
}

}  // namespace

void SortSparse(DataArray* array) {
  RequireParts(*array);
  std::vector<std::size_t> order;
  std::vector<std::size_t> all;
  for (std::size_t row = 0; row + 1 < array->row_starts.size(); ++row) {
    SortRow(*array, row, &order);
    all.insert(all.end(), order.begin(), order.end());
  }
  const auto reorder = [&](auto* values) {
    auto sorted = *values;
    for (std::size_t i = 0; i < all.size(); ++i) sorted[i] = (*values)[all[i]];
    *values = std::move(sorted);
  };
  reorder(&array->indices);
  std::visit([&](auto& values) { reorder(&values); }, array->values);
}

void FoldSparse(std::vector<DataArray>* arrays) {
  const auto find = [&](std::string_view name) {
    return std::ranges::find(*arrays, name, &DataArray::name);
  };
  const bool is_sparse =
      arrays->size() == kParts.size() &&
      std::ranges::all_of(kParts, [&](std::string_view name) {
        return find(name) != arrays->end();
      });
  if (!is_sparse) return;
  const auto* format =
      std::get_if<std::vector<std::string>>(&find("format")->values);
  if (format == nullptr || format->size() != 1 || format->front() != "csr") {
    FailSparse("sparse", "is not of compressed rows (csr)");
  }
  DataArray folded;
  folded.name = "sparse";
  folded.shape = WholeNumbers(*arrays, "shape");
  folded.row_starts = WholeNumbers(*arrays, "indptr");
  folded.indices = WholeNumbers(*arrays, "indices");
  folded.values = std::move(find("data")->values);
  SortSparse(&folded);
  arrays->assign(1, std::move(folded));
}

}  // namespace mtlkit
