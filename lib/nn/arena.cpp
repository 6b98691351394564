#include "nn/arena.h"

#include <algorithm>
#include <numeric>

namespace mtlkit {
namespace {

// A place that pieces use one after the other.
struct Place {
  Index offset = 0;
  Index size = 0;
  // Of its last piece.
  Index cols = 0;
  Index tokens = -1;
  Index death = 0;
};

Index RegionOf(std::span<const Index> region_ends, Index time) {
  return std::ranges::lower_bound(region_ends, time) - region_ends.begin();
}

}  // namespace

void ArrangeArena(std::span<const Index> region_ends,
                  std::vector<ArenaPiece>* pieces, Index* size) {
  std::vector<std::size_t> order(pieces->size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::ranges::stable_sort(order, {},
                           [&](std::size_t i) { return (*pieces)[i].birth; });
  std::vector<Place> places;
  *size = 0;
  for (const std::size_t i : order) {
    ArenaPiece& piece = (*pieces)[i];
    const auto is_free = [&](const Place& place) {
      if (place.size < piece.size || place.death >= piece.birth) return false;
      return RegionOf(region_ends, place.death) <
                 RegionOf(region_ends, piece.birth) ||
             (place.cols == piece.cols && place.tokens == piece.tokens &&
              piece.cols > 0);
    };
    Place* best = nullptr;
    for (Place& place : places) {
      if (is_free(place) && (best == nullptr || place.size < best->size)) {
        best = &place;
      }
    }
    if (best == nullptr) {
      places.push_back({*size, piece.size, 0, -1, 0});
      *size += piece.size;
      best = &places.back();
    }
    piece.offset = best->offset;
    best->cols = piece.cols;
    best->tokens = piece.tokens;
    best->death = piece.death;
  }
}

}  // namespace mtlkit
