#include "prep/images.h"

#include <array>
#include <cmath>
#include <cstdint>

#include "data/block_kind.h"

namespace mtlkit {
namespace {

constexpr std::size_t kBytes = 256;

std::vector<InputBlock> Select(const std::vector<InputBlock>& inputs,
                               bool columns) {
  std::vector<InputBlock> some;
  for (const InputBlock& block : inputs) {
    if (TraitsOf(block.kind).has_columns == columns) some.push_back(block);
  }
  return some;
}

// How often each byte occurs in each channel; exact, so the order of rows
// changes nothing.
std::vector<std::array<std::int64_t, kBytes>> CountBytes(
    const InputBlock& block, std::span<const Index> rows) {
  std::vector<std::array<std::int64_t, kBytes>> counts(At(block.cols));
  const Index cells = block.row_cells();
  for (const Index row : rows) {
    const std::uint8_t* bytes = block.pixels.Part(row * cells, cells).data();
    for (Index at = 0; at < cells; ++at)
      ++counts[At(at % block.cols)][bytes[at]];
  }
  return counts;
}

}  // namespace

std::vector<InputBlock> TableBlocks(const std::vector<InputBlock>& inputs) {
  return Select(inputs, true);
}

std::vector<InputBlock> OtherBlocks(const std::vector<InputBlock>& inputs) {
  return Select(inputs, false);
}

void FitImages(std::span<const Index> train, Dataset* dataset) {
  for (InputBlock& block : dataset->inputs) {
    if (block.kind != InputKind::kImage || train.empty()) continue;
    block.mean.clear();
    block.deviation.clear();
    const double pixels =
        static_cast<double>(std::ssize(train) * block.height * block.width);
    for (const auto& counts : CountBytes(block, train)) {
      double sum = 0;
      double squares = 0;
      for (std::size_t byte = 0; byte < kBytes; ++byte) {
        const double value = static_cast<double>(byte) / (kBytes - 1);
        sum += static_cast<double>(counts[byte]) * value;
        squares += static_cast<double>(counts[byte]) * value * value;
      }
      const double mean = sum / pixels;
      const double variance = squares / pixels - mean * mean;
      // Below a hundredth of one byte's step all are the same.
      const bool varies = variance > 1e-9;
      block.mean.push_back(mean);
      block.deviation.push_back(varies ? std::sqrt(variance) : 1);
    }
  }
}

}  // namespace mtlkit
