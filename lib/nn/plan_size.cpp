#include "nn/plan_size.h"

#include <algorithm>

#include "data/batch.h"
#include "data/block_kind.h"

namespace mtlkit {
namespace {

constexpr Index kMostRows = 1024;
constexpr Index kMostBytes = Index{64} << 20;

// Bytes of all values, inputs included, none in another's place.
Index BytesOf(const Network& network, const PlanOptions& options) {
  Index numbers = 0;
  for (const ValueInfo& info : network.values()) {
    // A sparse input is as wide as its columns and takes next to nothing.
    if (info.input >= 0 && TraitsOf(info.kind).is_compressed) continue;
    const Index rows = info.space.is_ragged()
                           ? options.tokens[At(info.space.input)]
                           : options.capacity * info.space.per_row();
    numbers += rows * info.cols;
  }
  return numbers * static_cast<Index>(sizeof(Real));
}

}  // namespace

PlanOptions PlanFor(const Dataset& dataset, Index rows) {
  PlanOptions options;
  options.capacity = rows;
  options.tokens = MostTokens(dataset, rows);
  return options;
}

PlanOptions InferencePlanFor(const Network& network, const Dataset& dataset,
                             Index rows) {
  Index capacity = std::clamp<Index>(rows, 1, kMostRows);
  PlanOptions options = PlanFor(dataset, capacity);
  while (capacity > 1 && BytesOf(network, options) > kMostBytes) {
    capacity = (capacity + 1) / 2;
    options = PlanFor(dataset, capacity);
  }
  return options;
}

}  // namespace mtlkit
