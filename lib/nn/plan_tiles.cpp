#include <algorithm>

#include "nn/plan_layout.h"

namespace mtlkit {
namespace {

// A slice's gradient is made in at most this many tiles of at least so many
// rows.
constexpr Index kTileRows = 96;
constexpr Index kMostTiles = 16;
// Rows that weight gradients take at once, on every level.
constexpr Index kRowStep = 12;

// Rows of tiles that are nearly alike: 60 and 40 of 100, where 96 and 4 would
// be work for one thread.
Index RowsOfTile(Index rows) {
  const Index most = std::max(kTileRows, (rows + kMostTiles - 1) / kMostTiles);
  const Index count = (rows + most - 1) / most;
  const Index even = (rows + count - 1) / count;
  return (even + kRowStep - 1) / kRowStep * kRowStep;
}

void AddTiles(const Network& network, Index number, Route route,
              bool with_gramian, PlanLayout* layout) {
  const Slice& slice = network.weights()->slice(number);
  const Index rows = slice.spec.rows;
  const Index most = RowsOfTile(rows);
  const Index tasks = std::ssize(slice.tasks);
  for (Index first = 0; first < rows; first += most) {
    const Index count = std::min(most, rows - first);
    const ParamTile tile{number, first, count, layout->partial_grams};
    const bool waits = slice.shared && route != Route::kPlain;
    (waits ? layout->shared_tiles : layout->tiles).push_back(tile);
    if (waits && with_gramian) layout->partial_grams += tasks * tasks;
    layout->tile_size =
        std::max(layout->tile_size, PaddedSize(count * slice.spec.cols));
  }
}

}  // namespace

void FindTiles(const Network& network, const PlanOptions& options,
               PlanLayout* layout) {
  const bool gramian = options.route == Route::kGramian;
  const bool at_parameters = options.at != GradientsAt::kRepresentation;
  for (Index i = 0; i < std::ssize(network.weights()->slices()); ++i) {
    if (layout->users[At(i)].empty()) continue;
    if (!options.frozen.empty() && options.frozen[At(i)]) {
      continue;
    }
    AddTiles(network, i, options.route, gramian && at_parameters, layout);
  }
  if (!gramian || at_parameters) return;
  const Index blocks = (options.capacity + kBlockRows - 1) / kBlockRows;
  for (const Value value : network.representation()) {
    const Index tasks = std::ssize(network.info(value).tasks);
    layout->partial_grams += blocks * tasks * tasks;
  }
}

}  // namespace mtlkit
