// What runs together.
#include "nn/planner.h"

namespace mtlkit {

void Planner::FindRegions() {
  for (Index i = 0; i < node_count(); ++i) AddTo(i, &layout_.forward);
  for (Index i = node_count() - 1; i >= 0; --i) {
    if (!PlanOfNode(i).backward) continue;
    AddTo(i, PlanOfNode(i).combined ? &layout_.combined_backward
                                    : &layout_.backward);
  }
  for (Index i = 0; i < node_count(); ++i) {
    const Node& node = network_.node(i);
    PlanOfNode(i).prepared = AddPiece(
        node.name + " prepared",
        node.layer->PreparedSize(InputCols(node), PlanOfNode(i).input_gradient),
        0, ParamTime());
  }
}

void Planner::AddTo(Index i, std::vector<Region>* regions) const {
  const LayerTraits traits = network_.node(i).layer->traits();
  const bool by_rows = !traits.mixes_rows;
  const bool alone = !by_rows || traits.recurs;
  if (regions->empty() || alone || regions->back().alone) {
    regions->push_back({{}, by_rows, alone});
  }
  Region& region = regions->back();
  region.nodes.push_back(i);
  if (alone) return;
  for (const Value input : network_.node(i).inputs) {
    Limit(network_.info(input), &region);
  }
  Limit(network_.info(network_.node(i).output), &region);
}

void Planner::Limit(const ValueInfo& info, Region* region) const {
  if (info.space == Space{}) return;
  const Index bytes = static_cast<Index>(sizeof(Real)) * info.cols *
                      RowsOf(info.space) / options_.capacity;
  region->least_rows = 1;
  region->most_rows = std::clamp<Index>(kBlockBytes / std::max<Index>(bytes, 1),
                                        1, region->most_rows);
}

std::vector<Index> Planner::Boundaries() const {
  std::vector<Index> ends;
  for (const Region& region : layout_.forward) {
    ends.push_back(region.nodes.back());
  }
  ends.push_back(LossTime());
  for (const auto* regions : {&layout_.backward, &layout_.combined_backward}) {
    for (const Region& region : *regions) {
      ends.push_back(BackwardTime(region.nodes.back()));
    }
    ends.push_back((regions == &layout_.backward ? 3 : 5) * node_count() - 1);
  }
  ends.push_back(ParamTime());
  return ends;
}

}  // namespace mtlkit
