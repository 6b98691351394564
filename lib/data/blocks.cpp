#include "data/blocks.h"

#include <algorithm>
#include <numeric>
#include <type_traits>
#include <utility>

#include "data/block_kind.h"

namespace mtlkit {
namespace {

template <class T>
Array<T> Slice(const Array<T>& array, Index first, Index count) {
  if (count == 0) return {};
  // The copy of the array keeps its memory alive.
  auto owner = std::make_shared<const Array<T>>(array);
  return Array<T>(array.span().subspan(At(first), At(count)), std::move(owner));
}

template <class T>
Array<T> Gather(const Array<T>& array, Index cols,
                std::span<const Index> rows) {
  std::vector<T> result;
  if (array.empty()) return {};
  result.reserve(rows.size() * At(cols));
  for (const Index row : rows) {
    const auto cells = array.span().subspan(At(row * cols), At(cols));
    result.insert(result.end(), cells.begin(), cells.end());
  }
  return Array<T>(std::move(result));
}

// Whether these are all rows, in order.
bool AreAllOf(Index count, std::span<const Index> rows) {
  if (std::ssize(rows) != count) return false;
  for (Index i = 0; i < count; ++i) {
    if (rows[At(i)] != i) return false;
  }
  return true;
}

template <class T>
std::vector<T> Pick(const std::vector<T>& values, std::span<const Index> rows) {
  std::vector<T> result;
  if (values.empty()) return result;
  result.reserve(rows.size());
  for (const Index row : rows) {
    result.push_back(values[At(row)]);
  }
  return result;
}

// The entries of each row, where a row has a number of its own: `cells` numbers
// each.
template <class T>
Array<T> GatherEntries(const Array<T>& array, const Array<std::int64_t>& starts,
                       Index cells, std::span<const Index> rows) {
  if (array.empty()) return {};
  std::vector<T> result;
  const auto all = array.span();
  for (const Index row : rows) {
    result.insert(result.end(), all.begin() + starts[row] * cells,
                  all.begin() + starts[row + 1] * cells);
  }
  return Array<T>(std::move(result));
}

Array<std::int64_t> GatherStarts(const Array<std::int64_t>& starts,
                                 std::span<const Index> rows) {
  std::vector<std::int64_t> result{0};
  for (const Index row : rows) {
    result.push_back(result.back() + starts[row + 1] - starts[row]);
  }
  return Array<std::int64_t>(std::move(result));
}

template <class T>
void AddCells(const Array<T>& more, Index cells, std::vector<T>* all) {
  if (more.empty()) return;
  all->reserve(std::max(all->size(), At(cells)));
  all->insert(all->end(), more.begin(), more.end());
}

// The number that each old row has among `rows`, or -1.
std::vector<Index> NewNumbers(Index old_rows, std::span<const Index> rows) {
  std::vector<Index> number(At(old_rows), -1);
  for (std::size_t i = 0; i < rows.size(); ++i) {
    number[At(rows[i])] = static_cast<Index>(i);
  }
  return number;
}

Labels GatherLabels(const Task& task, const Labels& labels,
                    std::span<const Index> rows,
                    const std::vector<Index>& number) {
  std::vector<Index> places;
  Labels result;
  result.on_all_rows = labels.on_all_rows;
  if (labels.on_all_rows) {
    places.assign(rows.begin(), rows.end());
  } else {
    for (std::size_t place = 0; place < labels.rows.size(); ++place) {
      const Index row = number[At(labels.rows[place])];
      if (row < 0) continue;
      places.push_back(static_cast<Index>(place));
      result.rows.push_back(row);
    }
  }
  const auto cols = At(task.target_cols());
  result.values = LabelCells(labels.values.storage());
  result.values.reserve(places.size() * cols);
  for (const Index place : places) {
    result.values.Append(labels.values, At(place) * cols, cols);
  }
  result.weights = Pick(labels.weights, places);
  return result;
}

}  // namespace

InputBlock SliceRows(const InputBlock& block, Index first, Index count) {
  if (TraitsOf(block.kind).has_row_starts) {
    std::vector<Index> rows(At(count));
    std::iota(rows.begin(), rows.end(), first);
    return GatherRows(block, rows);
  }
  InputBlock result;
  static_cast<InputSpec&>(result) = static_cast<const InputSpec&>(block);
  const Index start = first * block.row_cells();
  const Index cells = count * block.row_cells();
  if (!block.dense.empty()) result.dense = Slice(block.dense, start, cells);
  if (!block.wide.empty()) result.wide = Slice(block.wide, start, cells);
  if (!block.codes.empty()) result.codes = Slice(block.codes, start, cells);
  if (!block.pixels.empty()) result.pixels = Slice(block.pixels, start, cells);
  return result;
}

InputBlock GatherRows(const InputBlock& block, std::span<const Index> rows) {
  InputBlock result;
  static_cast<InputSpec&>(result) = static_cast<const InputSpec&>(block);
  if (TraitsOf(block.kind).has_row_starts) {
    const Array<std::int64_t>& starts = block.row_starts;
    result.row_starts = GatherStarts(starts, rows);
    // Of a compressed row an entry is one number, of others a row of them.
    const Index cells = TraitsOf(block.kind).is_compressed ? 1 : block.cols;
    result.indices = GatherEntries(block.indices, starts, 1, rows);
    result.values = GatherEntries(block.values, starts, cells, rows);
    result.codes = GatherEntries(block.codes, starts, cells, rows);
    return result;
  }
  const Index cells = block.row_cells();
  result.dense = Gather(block.dense, cells, rows);
  result.wide = Gather(block.wide, cells, rows);
  result.codes = Gather(block.codes, cells, rows);
  result.pixels = Gather(block.pixels, cells, rows);
  return result;
}

Dataset GatherRows(const Dataset& dataset, std::span<const Index> rows) {
  Dataset result;
  result.rows = static_cast<Index>(rows.size());
  result.ids = TakeIds(dataset.ids, rows);
  for (const InputBlock& block : dataset.inputs) {
    result.inputs.push_back(GatherRows(block, rows));
  }
  result.tasks = dataset.tasks;
  const std::vector<Index> number = NewNumbers(dataset.rows, rows);
  for (std::size_t i = 0; i < dataset.tasks.size(); ++i) {
    result.labels.push_back(
        GatherLabels(dataset.tasks[i], dataset.labels[i], rows, number));
  }
  for (const auto& [name, old_rows] : dataset.splits) {
    std::vector<Index> kept;
    for (const Index row : old_rows) {
      const Index now = number[At(row)];
      if (now >= 0) kept.push_back(now);
    }
    if (!kept.empty()) result.splits[name] = std::move(kept);
  }
  result.weights = Pick(dataset.weights, rows);
  result.groups = Pick(dataset.groups, rows);
  result.transforms = dataset.transforms;
  result.content_sha256 = dataset.content_sha256;
  result.provenance = dataset.provenance;
  return result;
}

BlockBuilder::BlockBuilder(const InputSpec& spec, Index rows)
    : spec_(spec), rows_(rows) {}

void BlockBuilder::Append(const InputBlock& piece) {
  const Index cells = TraitsOf(spec_.kind).has_row_starts
                          ? 0  // unknown
                          : rows_ * spec_.row_cells();
  if (!piece.wide.empty()) {
    dense_.reserve(At(cells));
    for (const double value : piece.wide) {
      dense_.push_back(static_cast<float>(value));
    }
  }
  const std::int64_t base = row_starts_.back();
  AddCells(piece.dense, cells, &dense_);
  AddCells(piece.codes, cells, &codes_);
  AddCells(piece.pixels, cells, &pixels_);
  AddCells(piece.indices, cells, &indices_);
  AddCells(piece.values, cells, &values_);
  for (Index row = 1; row < piece.row_starts.size(); ++row) {
    row_starts_.push_back(base + piece.row_starts[row]);
  }
}

InputBlock BlockBuilder::Finish() && {
  InputBlock result;
  static_cast<InputSpec&>(result) = std::move(spec_);
  result.dense = Array<float>(std::move(dense_));
  result.codes = Array<std::int32_t>(std::move(codes_));
  result.pixels = Array<std::uint8_t>(std::move(pixels_));
  if (TraitsOf(result.kind).has_row_starts) {
    result.row_starts = Array<std::int64_t>(std::move(row_starts_));
    result.indices = Array<std::int32_t>(std::move(indices_));
    result.values = Array<float>(std::move(values_));
  }
  return result;
}

RowIds TakeIds(const RowIds& ids, std::span<const Index> rows) {
  if (AreAllOf(IdCount(ids), rows)) return ids;
  if (const auto* names = std::get_if<TextIds>(&ids)) {
    return Pick(names->get(), rows);
  }
  const auto& numbers = std::get<NumberIds>(ids);
  NumberIds picked;
  picked.reserve(rows.size());
  for (const Index row : rows) picked.push_back(numbers[At(row)]);
  return picked;
}

}  // namespace mtlkit
