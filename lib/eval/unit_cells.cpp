#include "eval/unit_cells.h"

#include <algorithm>
#include <utility>

namespace mtlkit {

BlockCells::BlockCells(Index blocks, Index cells) : cells_(cells) {
  constexpr Index kLargestTable = Index{1} << 21;
  if (blocks > 0 && cells <= kLargestTable / blocks) {
    table_.resize(At(blocks * cells));
  }
}

std::vector<UnitCell> BlockCells::Take() {
  if (table_.empty()) PutTogether();
  const auto used = table_.size() - static_cast<std::size_t>(std::count(
                                        table_.begin(), table_.end(), 0.0));
  list_.reserve(list_.size() + used);
  for (std::size_t i = 0; i < table_.size(); ++i) {
    if (table_[i] == 0) continue;
    list_.push_back({static_cast<std::int32_t>(i / At(cells_)),
                     static_cast<std::int32_t>(i % At(cells_)), table_[i]});
  }
  table_ = {};
  return std::exchange(list_, {});
}

void BlockCells::Shrink() {
  PutTogether();
  most_ = std::max(most_, 2 * list_.size());
}

void BlockCells::PutTogether() {
  const auto place = [](const UnitCell& one) {
    return std::pair(one.unit, one.cell);
  };
  std::stable_sort(list_.begin(), list_.end(),
                   [&place](const UnitCell& a, const UnitCell& b) {
                     return place(a) < place(b);
                   });
  std::size_t kept = 0;
  for (const UnitCell& one : list_) {
    if (kept > 0 && place(list_[kept - 1]) == place(one)) {
      list_[kept - 1].weight += one.weight;
    } else {
      list_[kept++] = one;
    }
  }
  list_.resize(kept);
}

}  // namespace mtlkit
