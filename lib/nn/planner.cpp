#include "nn/planner.h"

#include "nn/arena.h"

namespace mtlkit {

void Planner::Run() {
  layout_.nodes.resize(network_.nodes().size());
  layout_.values.resize(network_.values().size());
  layout_.tasks.resize(At(network_.task_count()));
  CheckRepresentation();
  PlaceForward();
  if (trains()) {
    FindGradients();
    PlaceTasks();
    for (Index i = node_count() - 1; i >= 0; --i) PlaceOperands(i);
    PlaceParams();
  } else {
    PlaceTasks();
  }
  FindRegions();
  ArrangeArena(Boundaries(), &layout_.pieces, &layout_.arena_size);
}

PlanLayout::PlanLayout(const Network& network, const PlanOptions& options) {
  Planner(network, options, this).Run();
}

}  // namespace mtlkit
