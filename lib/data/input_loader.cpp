#include "data/input_loader.h"

#include <algorithm>
#include <cmath>
#include <functional>
#include <numeric>

#include "base/error.h"
#include "data/schema.h"

namespace mtlkit {
namespace {

[[noreturn]] void FailNotFinite(const Dataset& dataset, const InputBlock& block,
                                Index row, Index col, double value) {
  Fail(ErrorKind::kBadInput,
       Str("input block '", block.name, "', column '", ColumnName(block, col),
           "', row '", IdText(dataset.ids, row), "' is ",
           std::isnan(value) ? "missing" : "infinite"),
       "mtl-prep fills missing values");
}

// Copies a row; says whether all of it is finite. One flag for the whole row,
// so that the loop has no branch.
template <class T>
bool CopyFinite(const T* values, Index count, Real* out) {
  bool finite = true;
  for (Index i = 0; i < count; ++i) {
    out[i] = static_cast<Real>(values[i]);
    // NaN and infinity less themselves are NaN, which equals nothing.
    finite &= out[i] - out[i] == 0;
  }
  return finite;
}

// The sum of the `rows` longest rows.
Index MostEntries(const InputBlock& block, Index rows) {
  std::vector<Index> lengths;
  for (Index row = 0; row + 1 < block.row_starts.size(); ++row) {
    lengths.push_back(block.row_starts[row + 1] - block.row_starts[row]);
  }
  const Index count = std::min(rows, std::ssize(lengths));
  std::nth_element(lengths.begin(), lengths.begin() + count, lengths.end(),
                   std::greater<>());
  return std::accumulate(lengths.begin(), lengths.begin() + count, Index{0});
}

// What each byte of each channel stands for: channels x 256.
std::vector<Real> PixelValues(const InputSpec& spec) {
  constexpr Index kBytes = 256;
  std::vector<Real> values;
  for (Index channel = 0; channel < spec.cols; ++channel) {
    const double mean = spec.mean.empty() ? 0 : spec.mean[At(channel)];
    const double scale =
        spec.deviation.empty() ? 1 : spec.deviation[At(channel)];
    for (Index byte = 0; byte < kBytes; ++byte) {
      values.push_back(static_cast<Real>(
          (static_cast<double>(byte) / (kBytes - 1) - mean) / scale));
    }
  }
  return values;
}

[[noreturn]] void FailInRow(const Dataset& dataset, const InputBlock& block,
                            Index row, const Real* values) {
  Index col = 0;
  while (std::isfinite(values[col])) ++col;
  FailNotFinite(dataset, block, row, col, static_cast<double>(values[col]));
}

}  // namespace

std::vector<Index> MostTokens(const Dataset& dataset, Index rows) {
  std::vector<Index> tokens;
  for (const InputBlock& block : dataset.inputs) {
    tokens.push_back(block.kind == InputKind::kTokens ? MostEntries(block, rows)
                                                      : 0);
  }
  return tokens;
}

InputLoader::InputLoader(const Dataset& dataset, const InputBlock& block,
                         Index capacity)
    : dataset_(dataset), block_(block) {
  const auto cells = At(capacity * block.row_cells());
  switch (block.kind) {
    case InputKind::kDense:
      dense_.resize(cells);
      break;
    case InputKind::kImage:
      dense_.resize(cells);
      pixel_values_ = PixelValues(block);
      break;
    case InputKind::kCategorical:
      indices_.resize(cells);
      break;
    case InputKind::kSparse:
      values_.resize(At(MostEntries(block, capacity)));
      [[fallthrough]];
    case InputKind::kTokens:
      row_starts_.resize(At(capacity) + 1);
      indices_.resize(At(MostEntries(block, capacity)));
      break;
  }
}

void InputLoader::Load(std::span<const Index> rows, InputBatch* input) {
  input->kind = block_.kind;
  switch (block_.kind) {
    case InputKind::kDense:
      return LoadDense(rows, input);
    case InputKind::kSparse:
      return LoadSparse(rows, input);
    case InputKind::kCategorical:
      return LoadCodes(rows, input);
    case InputKind::kImage:
      return LoadImages(rows, input);
    case InputKind::kTokens:
      return LoadTokens(rows, input);
  }
}

void InputLoader::LoadDense(std::span<const Index> rows, InputBatch* input) {
  Real* out = dense_.data();
  for (const Index row : rows) {
    const Index first = row * block_.cols;
    const bool finite =
        block_.wide.empty()
            ? CopyFinite(block_.dense.Part(first, block_.cols).data(),
                         block_.cols, out)
            : CopyFinite(block_.wide.Part(first, block_.cols).data(),
                         block_.cols, out);
    if (!finite) FailInRow(dataset_, block_, row, out);
    out += block_.cols;
  }
  input->dense = {dense_.data(), static_cast<Index>(rows.size()), block_.cols};
}

void InputLoader::LoadImages(std::span<const Index> rows, InputBatch* input) {
  const Index cells = block_.row_cells();
  const Real* values_of = pixel_values_.data();
  Real* out = dense_.data();
  for (const Index row : rows) {
    const std::uint8_t* bytes = block_.pixels.Part(row * cells, cells).data();
    for (Index at = 0; at < cells; at += block_.cols) {
      for (Index channel = 0; channel < block_.cols; ++channel) {
        *out++ = values_of[256 * channel + bytes[at + channel]];
      }
    }
  }
  input->dense = {dense_.data(),
                  std::ssize(rows) * block_.height * block_.width, block_.cols};
}

void InputLoader::LoadTokens(std::span<const Index> rows, InputBatch* input) {
  MakeRoom(rows, &indices_);
  const auto unknown = static_cast<std::int32_t>(block_.categories[0].size());
  Index count = 0;
  row_starts_[0] = 0;
  for (std::size_t r = 0; r < rows.size(); ++r) {
    const Index end = block_.row_starts[rows[r] + 1];
    for (Index at = block_.row_starts[rows[r]]; at < end; ++at) {
      const std::int32_t code = block_.codes[at];
      indices_[At(count++)] = code < 0 ? unknown : code;
    }
    row_starts_[r + 1] = count;
  }
  input->row_starts = {row_starts_.data(), rows.size() + 1};
  input->codes = {indices_.data(), count, 1};
}

// More than was reserved is needed only where rows are repeated.
template <class T>
void InputLoader::MakeRoom(std::span<const Index> rows,
                           std::vector<T>* memory) const {
  Index entries = 0;
  for (const Index row : rows) {
    entries += block_.row_starts[row + 1] - block_.row_starts[row];
  }
  if (entries > std::ssize(*memory)) memory->resize(At(entries));
}

void InputLoader::LoadSparse(std::span<const Index> rows, InputBatch* input) {
  MakeRoom(rows, &indices_);
  MakeRoom(rows, &values_);
  std::size_t count = 0;
  row_starts_[0] = 0;
  for (std::size_t r = 0; r < rows.size(); ++r) {
    const Index end = block_.row_starts[rows[r] + 1];
    for (Index at = block_.row_starts[rows[r]]; at < end; ++at) {
      const float value = block_.values[at];
      if (!std::isfinite(value)) {
        FailNotFinite(dataset_, block_, rows[r], block_.indices[at],
                      static_cast<double>(value));
      }
      indices_[count] = block_.indices[at];
      values_[count++] = static_cast<Real>(value);
    }
    row_starts_[r + 1] = static_cast<Index>(count);
  }
  input->row_starts = {row_starts_.data(), rows.size() + 1};
  input->indices = {indices_.data(), count};
  input->values = {values_.data(), count};
  input->sparse_cols = block_.cols;
}

void InputLoader::LoadCodes(std::span<const Index> rows, InputBatch* input) {
  std::int32_t* out = indices_.data();
  for (const Index row : rows) {
    for (Index col = 0; col < block_.cols; ++col) {
      const auto unknown = static_cast<std::int32_t>(
          block_.categories[static_cast<std::size_t>(col)].size());
      const std::int32_t code = block_.codes[row * block_.cols + col];
      *out++ = code < 0 ? unknown : code;
    }
  }
  input->codes = {indices_.data(), static_cast<Index>(rows.size()),
                  block_.cols};
}

}  // namespace mtlkit
