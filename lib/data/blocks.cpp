#include "data/blocks.h"

#include <algorithm>
#include <type_traits>
#include <utility>

namespace mtlkit {
namespace {

template <class T>
Array<T> Slice(const Array<T>& array, Index first, Index count) {
  if (count == 0) return {};
  // The copy of the array keeps its memory alive.
  auto owner = std::make_shared<const Array<T>>(array);
  return Array<T>(array.span().subspan(static_cast<std::size_t>(first),
                                       static_cast<std::size_t>(count)),
                  std::move(owner));
}

template <class T>
Array<T> Gather(const Array<T>& array, Index cols,
                std::span<const Index> rows) {
  std::vector<T> result;
  if (array.empty()) return {};
  result.reserve(rows.size() * static_cast<std::size_t>(cols));
  for (const Index row : rows) {
    const auto cells = array.span().subspan(
        static_cast<std::size_t>(row * cols), static_cast<std::size_t>(cols));
    result.insert(result.end(), cells.begin(), cells.end());
  }
  return Array<T>(std::move(result));
}

template <class T>
std::vector<T> Pick(const std::vector<T>& values, std::span<const Index> rows) {
  std::vector<T> result;
  if (values.empty()) return result;
  result.reserve(rows.size());
  for (const Index row : rows) {
    result.push_back(values[static_cast<std::size_t>(row)]);
  }
  return result;
}

void GatherTokens(const InputBlock& block, std::span<const Index> rows,
                  InputBlock* result) {
  std::vector<std::int64_t> starts{0};
  std::vector<std::int32_t> codes;
  for (const Index row : rows) {
    const auto all = block.codes.span();
    codes.insert(codes.end(), all.begin() + block.row_starts[row],
                 all.begin() + block.row_starts[row + 1]);
    starts.push_back(static_cast<std::int64_t>(codes.size()));
  }
  result->row_starts = Array<std::int64_t>(std::move(starts));
  result->codes = Array<std::int32_t>(std::move(codes));
}

void GatherSparse(const InputBlock& block, std::span<const Index> rows,
                  InputBlock* result) {
  std::vector<std::int64_t> starts{0};
  std::vector<std::int32_t> indices;
  std::vector<float> values;
  for (const Index row : rows) {
    for (Index at = block.row_starts[row]; at < block.row_starts[row + 1];
         ++at) {
      indices.push_back(block.indices[at]);
      values.push_back(block.values[at]);
    }
    starts.push_back(static_cast<std::int64_t>(values.size()));
  }
  result->row_starts = Array<std::int64_t>(std::move(starts));
  result->indices = Array<std::int32_t>(std::move(indices));
  result->values = Array<float>(std::move(values));
}

// The number that each old row has among `rows`, or -1.
std::vector<Index> NewNumbers(Index old_rows, std::span<const Index> rows) {
  std::vector<Index> number(static_cast<std::size_t>(old_rows), -1);
  for (std::size_t i = 0; i < rows.size(); ++i) {
    number[static_cast<std::size_t>(rows[i])] = static_cast<Index>(i);
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
      const Index row = number[static_cast<std::size_t>(labels.rows[place])];
      if (row < 0) continue;
      places.push_back(static_cast<Index>(place));
      result.rows.push_back(row);
    }
  }
  const auto cols = static_cast<std::size_t>(task.target_cols());
  result.values.reserve(places.size() * cols);
  for (const Index place : places) {
    const auto* cells =
        labels.values.data() + static_cast<std::size_t>(place) * cols;
    result.values.insert(result.values.end(), cells, cells + cols);
  }
  result.weights = Pick(labels.weights, places);
  return result;
}

}  // namespace

InputBlock SliceRows(const InputBlock& block, Index first, Index count) {
  if (block.kind == InputKind::kSparse || block.kind == InputKind::kTokens) {
    std::vector<Index> rows(static_cast<std::size_t>(count));
    for (Index i = 0; i < count; ++i) {
      rows[static_cast<std::size_t>(i)] = first + i;
    }
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
  result.dense = Gather(block.dense, block.cols, rows);
  result.wide = Gather(block.wide, block.cols, rows);
  result.pixels = Gather(block.pixels, block.row_cells(), rows);
  if (block.kind == InputKind::kSparse) {
    GatherSparse(block, rows, &result);
  } else if (block.kind == InputKind::kTokens) {
    GatherTokens(block, rows, &result);
  } else {
    result.codes = Gather(block.codes, block.cols, rows);
  }
  return result;
}

Dataset GatherRows(const Dataset& dataset, std::span<const Index> rows) {
  Dataset result;
  result.rows = static_cast<Index>(rows.size());
  std::visit([&](const auto& ids) { result.ids = Pick(ids, rows); },
             dataset.ids);
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
      const Index now = number[static_cast<std::size_t>(row)];
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

BlockBuilder::BlockBuilder(const InputSpec& spec, Index rows) : spec_(spec) {
  const auto cells = At(rows * spec.row_cells());
  if (spec.kind == InputKind::kDense) dense_.reserve(cells);
  if (spec.kind == InputKind::kImage) pixels_.reserve(cells);
  if (spec.kind == InputKind::kCategorical) codes_.reserve(cells);
}

void BlockBuilder::Append(const InputBlock& piece) {
  if (!piece.wide.empty()) {
    for (const double value : piece.wide) {
      dense_.push_back(static_cast<float>(value));
    }
  }
  dense_.insert(dense_.end(), piece.dense.begin(), piece.dense.end());
  const auto base = static_cast<std::int64_t>(
      spec_.kind == InputKind::kTokens ? codes_.size() : values_.size());
  codes_.insert(codes_.end(), piece.codes.begin(), piece.codes.end());
  pixels_.insert(pixels_.end(), piece.pixels.begin(), piece.pixels.end());
  for (Index row = 1; row < piece.row_starts.size(); ++row) {
    row_starts_.push_back(base + piece.row_starts[row]);
  }
  indices_.insert(indices_.end(), piece.indices.begin(), piece.indices.end());
  values_.insert(values_.end(), piece.values.begin(), piece.values.end());
}

InputBlock BlockBuilder::Finish() && {
  InputBlock result;
  static_cast<InputSpec&>(result) = std::move(spec_);
  result.dense = Array<float>(std::move(dense_));
  result.codes = Array<std::int32_t>(std::move(codes_));
  result.pixels = Array<std::uint8_t>(std::move(pixels_));
  if (result.kind == InputKind::kTokens) {
    result.row_starts = Array<std::int64_t>(std::move(row_starts_));
  }
  if (result.kind == InputKind::kSparse) {
    result.row_starts = Array<std::int64_t>(std::move(row_starts_));
    result.indices = Array<std::int32_t>(std::move(indices_));
    result.values = Array<float>(std::move(values_));
  }
  return result;
}

}  // namespace mtlkit
