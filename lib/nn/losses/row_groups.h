#pragma once

#include <algorithm>
#include <cassert>
#include <cmath>
#include <cstdint>
#include <span>

#include "nn/loss.h"

namespace mtlkit {

// Puts the rows of a batch that have a weight and a label (`has_label(row)`)
// into room->order, sorted by `before(a, b)`, which must order any two rows;
// room->terms gets `terms` places a row of the batch, of value 0.
template <class HasLabel, class Before>
std::span<const std::int32_t> OrderRows(const LossArgs& args, Index terms,
                                        HasLabel has_label, Before before) {
  assert(args.room != nullptr);
  RowRoom& room = *args.room;
  room.order.clear();
  room.order.reserve(At(args.output.rows));
  for (Index row = 0; row < args.output.rows; ++row) {
    if (args.weight[At(row)] > 0 && has_label(row)) {
      room.order.push_back(static_cast<std::int32_t>(row));
    }
  }
  std::sort(room.order.begin(), room.order.end(), before);
  room.terms.assign(At(terms * args.output.rows), 0.0);
  return room.order;
}

// Calls visit(first, end) for each run of `order` whose neighbours are `same`.
template <class Same, class Visit>
void ForRuns(std::span<const std::int32_t> order, Same same, Visit visit) {
  std::size_t first = 0;
  while (first < order.size()) {
    std::size_t end = first + 1;
    while (end < order.size() && same(order[end - 1], order[end])) ++end;
    visit(order.subspan(first, end - first));
    first = end;
  }
}

}  // namespace mtlkit
