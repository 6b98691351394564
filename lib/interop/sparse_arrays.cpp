#include "interop/sparse_arrays.h"

#include <algorithm>
#include <array>
#include <limits>
#include <span>
#include <string>
#include <string_view>
#include <utility>

#include "base/error.h"

namespace mtlkit {
namespace {

[[noreturn]] void FailSparse(std::string_view name, std::string_view why,
                             std::string_view hint) {
  Fail(ErrorKind::kBadInput, Str("the sparse matrix '", name, "' ", why),
       std::string(hint));
}

Index EntriesOf(const DataArray& array) {
  return std::visit(
      [](const auto& values) { return static_cast<Index>(values.size()); },
      array.values);
}

// `lists` are the rows or columns that it is compressed by.
void RequireParts(const DataArray& array, std::size_t lists) {
  constexpr Index kMostColumns = std::numeric_limits<std::int32_t>::max();
  const std::vector<std::int64_t>& starts = array.row_starts;
  const auto entries = std::ssize(array.indices);
  const bool fits = array.shape.size() == 2 && array.shape[0] >= 0 &&
                    array.shape[1] >= 0 && array.shape[1] <= kMostColumns &&
                    EntriesOf(array) == entries && !starts.empty() &&
                    std::ssize(starts) - 1 == array.shape[lists] &&
                    starts.front() == 0 && starts.back() == entries &&
                    std::ranges::is_sorted(starts);
  if (!fits) {
    FailSparse(array.name, "has parts that do not fit",
               "write it again: scipy.sparse.save_npz(path, m.tocsr())");
  }
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
    if (column < 0 || column >= array.shape[1]) {
      FailSparse(array.name,
                 Str("has an entry in column ", column, " of ", array.shape[1]),
                 "write it again: scipy.sparse.save_npz(path, m.tocsr())");
    }
    if (column == before) {
      FailSparse(array.name, Str("has column ", column, " twice in row ", row),
                 "add them up before it is written: m.sum_duplicates()");
    }
    before = column;
  }
}

// Values and indices where `places` says, one for each.
void Rearrange(const std::vector<std::size_t>& from, DataArray* array) {
  const auto rearrange = [&](auto* values) {
    auto moved = *values;
    for (std::size_t i = 0; i < from.size(); ++i) {
      moved[i] = std::move((*values)[from[i]]);
    }
    *values = std::move(moved);
  };
  rearrange(&array->indices);
  std::visit([&](auto& values) { rearrange(&values); }, array->values);
}

const DataArray* FindArray(const std::vector<DataArray>& arrays,
                           std::string_view name) {
  const auto found = std::ranges::find(arrays, name, &DataArray::name);
  return found == arrays.end() ? nullptr : &*found;
}

std::vector<std::int64_t> WholeNumbers(const std::vector<DataArray>& arrays,
                                       std::string_view name) {
  const DataArray* found = FindArray(arrays, name);
  const auto* numbers =
      found == nullptr ? nullptr
                       : std::get_if<std::vector<std::int64_t>>(&found->values);
  if (numbers == nullptr) {
    FailSparse("sparse", Str("has no whole numbers as ", name),
               "write it again: scipy.sparse.save_npz(path, m.tocsr())");
  }
  return *numbers;
}

// "csr", "coo" ...; "" where the array is no name of a format.
std::string FormatOf(const std::vector<DataArray>& arrays) {
  constexpr std::array<std::string_view, 5> kFormats = {"csr", "csc", "coo",
                                                        "bsr", "dia"};
  const DataArray* format = FindArray(arrays, "format");
  if (format == nullptr || !format->shape.empty()) return "";
  const auto* texts = std::get_if<std::vector<std::string>>(&format->values);
  const bool is_one = texts != nullptr && texts->size() == 1 &&
                      std::ranges::count(kFormats, texts->front()) > 0;
  return is_one ? texts->front() : "";
}

}  // namespace

void SortSparse(DataArray* array) {
  RequireParts(*array, 0);
  std::vector<std::size_t> order;
  std::vector<std::size_t> all;
  for (std::size_t row = 0; row + 1 < array->row_starts.size(); ++row) {
    SortRow(*array, row, &order);
    all.insert(all.end(), order.begin(), order.end());
  }
  Rearrange(all, array);
}

void TurnSparse(DataArray* array) {
  RequireParts(*array, 1);
  const Index rows = array->shape[0];
  const auto entries = std::ssize(array->indices);
  // Nothing but the shape vouches for rows without entries.
  constexpr Index kManyRows = Index{1} << 24;
  if (rows > kManyRows && rows > entries) {
    FailSparse(array->name,
               Str("has ", entries, " entries for ", rows, " rows"),
               "write it as compressed rows: "
               "scipy.sparse.save_npz(path, m.tocsr())");
  }
  std::vector<std::int64_t> starts(At(rows) + 1);
  for (const std::int64_t row : array->indices) {
    if (row < 0 || row >= rows) {
      FailSparse(array->name, Str("has an entry in row ", row, " of ", rows),
                 "write it again: scipy.sparse.save_npz(path, m.tocsr())");
    }
    ++starts[At(row) + 1];
  }
  for (std::size_t i = 1; i < starts.size(); ++i) starts[i] += starts[i - 1];
  // Entries come by columns, so each goes behind those of its row.
  std::vector<std::int64_t> next(starts.begin(), starts.end() - 1);
  std::vector<std::size_t> from(At(entries));
  std::vector<std::int64_t> columns(At(entries));
  for (std::size_t col = 0; col + 1 < array->row_starts.size(); ++col) {
    for (auto k = array->row_starts[col]; k < array->row_starts[col + 1]; ++k) {
      const auto place = next[At(array->indices[At(k)])]++;
      from[At(place)] = At(k);
      columns[At(k)] = static_cast<std::int64_t>(col);
    }
  }
  array->indices = std::move(columns);
  array->row_starts = std::move(starts);
  Rearrange(from, array);
  SortSparse(array);
}

bool AreSparse(const std::vector<DataArray>& arrays) {
  constexpr std::array<std::string_view, 10> kParts = {
      "data",    "format", "shape", "indices", "indptr",
      "offsets", "row",    "col",   "coords",  "_is_array"};
  return !FormatOf(arrays).empty() && FindArray(arrays, "data") != nullptr &&
         FindArray(arrays, "shape") != nullptr &&
         std::ranges::all_of(arrays, [&](const DataArray& array) {
           return std::ranges::count(kParts, array.name) > 0;
         });
}

void FoldSparse(std::vector<DataArray>* arrays) {
  const std::string format = FormatOf(*arrays);
  if (format != "csr" && format != "csc") {
    FailSparse("sparse",
               Str("is of the format ", format, "; csr and csc are read"),
               "write it as compressed rows: "
               "scipy.sparse.save_npz(path, m.tocsr())");
  }
  DataArray folded;
  folded.name = "sparse";
  folded.shape = WholeNumbers(*arrays, "shape");
  folded.row_starts = WholeNumbers(*arrays, "indptr");
  folded.indices = WholeNumbers(*arrays, "indices");
  folded.values =
      std::move(std::ranges::find(*arrays, "data", &DataArray::name)->values);
  format == "csr" ? SortSparse(&folded) : TurnSparse(&folded);
  arrays->assign(1, std::move(folded));
}

}  // namespace mtlkit
