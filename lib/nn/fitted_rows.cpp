#include "nn/fitted_rows.h"

#include <algorithm>

#include "base/rng.h"

namespace mtlkit {
namespace {

constexpr Index kMostFittedRows = 100'000;

}  // namespace

// Whatever the seed, so that equal rows have equal buffers.
std::vector<Index> SampleToFit(std::span<const Index> rows) {
  std::vector<Index> sample(rows.begin(), rows.end());
  if (std::ssize(sample) <= kMostFittedRows) return sample;
  Rng(0, RandomPurpose::kSampleRows, 2).Shuffle(sample);
  sample.resize(At(kMostFittedRows));
  std::ranges::sort(sample);
  return sample;
}

}  // namespace mtlkit
