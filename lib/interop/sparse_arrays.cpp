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

// `lists` are the rows or columns that it is compressed by.
void RequireParts(const DataArray& array, std::size_t lists) {
  constexpr Index kMostColumns = std::numeric_limits<std::int32_t>::max();
  const std::span<const std::int64_t> starts = array.row_starts.span();
  const Index entries = array.indices.size();
  const bool fits = array.shape.size() == 2 && array.shape[0] >= 0 &&
                    array.shape[1] >= 0 && array.shape[1] <= kMostColumns &&
                    array.values.size() == entries && !starts.empty() &&
                    std::ssize(starts) - 1 == array.shape[lists] &&
                    starts.front() == 0 && starts.back() == entries &&
                    std::ranges::is_sorted(starts);
  if (!fits) {
    FailSparse(array.name, "has parts that do not fit",
               "write it again: scipy.sparse.save_npz(path, m.tocsr())");
  }
}

// The order in which the entries of a row ascend.
void SortRow(const DataArray& array, Index row, std::vector<Index>* order) {
  order->clear();
  const std::span<const std::int64_t> indices = array.indices.span();
  for (auto k = array.row_starts[row]; k < array.row_starts[row + 1]; ++k) {
    order->push_back(k);
  }
  const auto column_of = [&](Index k) { return indices[At(k)]; };
  if (!std::ranges::is_sorted(*order, {}, column_of)) {
    std::ranges::sort(*order, {}, column_of);
  }
  std::int64_t before = -1;
  for (const Index k : *order) {
    const std::int64_t column = column_of(k);
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

// Elements in the order that `visit` hands on, in pieces.
template <class T, class Visit>
Array<T> Reordered(const Array<T>& values, const Visit& visit) {
  const std::span<const T> from = values.span();
  SpilledArray<T> moved;
  std::vector<T> piece;
  visit([&](std::span<const Index> order) {
    piece.clear();
    for (const Index k : order) piece.push_back(from[At(k)]);
    moved.Append(piece);
  });
  return moved.Finish();
}

template <class Visit>
void Rearrange(const Visit& visit, DataArray* array) {
  array->indices = Reordered(array->indices, visit);
  array->values = std::visit(
      [&](const auto& values) -> ArrayValues {
        if constexpr (std::is_same_v<std::decay_t<decltype(values)>,
                                     CodedTexts>) {
          return CodedTexts{Reordered(values.codes, visit), values.words};
        } else {
          return Reordered(values, visit);
        }
      },
      array->values.kept());
}

const DataArray* FindArray(const std::vector<DataArray>& arrays,
                           std::string_view name) {
  const auto found = std::ranges::find(arrays, name, &DataArray::name);
  return found == arrays.end() ? nullptr : &*found;
}

Array<std::int64_t> WholeNumbers(const std::vector<DataArray>& arrays,
                                 std::string_view name) {
  const DataArray* found = FindArray(arrays, name);
  const auto* numbers =
      found == nullptr ? nullptr : found->values.If<std::int64_t>();
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
  const CodedTexts* texts = format->values.texts();
  const bool is_one = texts != nullptr && texts->size() == 1 &&
                      std::ranges::count(kFormats, (*texts)[0]) > 0;
  return is_one ? (*texts)[0] : "";
}

}  // namespace

void SortSparse(DataArray* array) {
  RequireParts(*array, 0);
  const Index rows = array->row_starts.size() - 1;
  std::vector<Index> order;
  bool is_sorted = true;
  for (Index row = 0; row < rows; ++row) {
    SortRow(*array, row, &order);
    is_sorted &= std::ranges::is_sorted(order);
  }
  if (is_sorted) return;
  const DataArray before = *array;
  Rearrange(
      [&](const auto& take) {
        for (Index row = 0; row < rows; ++row) {
          SortRow(before, row, &order);
          take(std::span<const Index>(order));
        }
      },
      array);
}

void TurnSparse(DataArray* array) {
  RequireParts(*array, 1);
  const Index rows = array->shape[0];
  const Index entries = array->indices.size();
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
  std::vector<Index> from(At(entries));
  std::vector<std::int64_t> columns(At(entries));
  const std::span<const std::int64_t> indices = array->indices.span();
  for (Index col = 0; col + 1 < array->row_starts.size(); ++col) {
    for (auto k = array->row_starts[col]; k < array->row_starts[col + 1]; ++k) {
      const auto place = next[At(indices[At(k)])]++;
      from[At(place)] = k;
      columns[At(place)] = col;
    }
  }
  Rearrange([&](const auto& take) { take(std::span<const Index>(from)); },
            array);
  array->indices = Array<std::int64_t>(std::move(columns));
  array->row_starts = Array<std::int64_t>(std::move(starts));
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
  const Array<std::int64_t> shape = WholeNumbers(*arrays, "shape");
  folded.shape.assign(shape.begin(), shape.end());
  folded.row_starts = WholeNumbers(*arrays, "indptr");
  folded.indices = WholeNumbers(*arrays, "indices");
  folded.values = std::ranges::find(*arrays, "data", &DataArray::name)->values;
  format == "csr" ? SortSparse(&folded) : TurnSparse(&folded);
  arrays->assign(1, std::move(folded));
}

}  // namespace mtlkit
