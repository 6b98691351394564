#pragma once

#include <string>
#include <vector>

#include "base/view.h"
#include "nn/arena.h"
#include "nn/network.h"
#include "nn/plan_options.h"

namespace mtlkit {

// What a plan decides before it runs: how many lanes each gradient has, how
// gradients that meet are summed, what runs together, and where everything
// lies in the arena. Pure data, a function of network and options.

// Where a node's gradient of one of its inputs goes.
struct OperandPlan {
  bool wanted = false;
  // It is set in place: in lanes `first_lane` and on of the value's gradient.
  bool direct = false;
  Index first_lane = 0;
  // Otherwise it is set in `piece` and then lane i of it moves to lane
  // `lanes[i]` of the value's gradient, added to it or not.
  Index piece = -1;
  std::vector<Index> lanes;
  std::vector<bool> adds;
};

struct NodePlan {
  bool by_group = false;  // the layer's trait
  Index work = 0;         // multiply-adds for one row of its first input
  Index prepared = -1;    // pieces, -1: none
  Index saved = -1;
  bool backward = false;        // has a gradient to take further
  bool input_gradient = false;  // of any operand
  // Belongs to the part that runs after the tasks' gradients are combined.
  bool combined = false;
  std::vector<OperandPlan> operands;
};

struct ValuePlan {
  Index value = -1;     // piece; -1: an input
  Index gradient = -1;  // piece; -1: none
  Index lanes = 1;      // blocks of `gradient`
  // Tasks of the lanes; empty: one lane for all.
  std::vector<Index> tasks;
  // One block: columns belong to tasks (Node::split_by_task).
  bool split = false;
  // Lanes become one here: the piece that holds the combination.
  Index combined = -1;
};

// Where a task's output and its gradient are seen.
struct TaskPlan {
  Index output = -1;    // piece; -1: the value itself
  Index gradient = -1;  // piece; -1: the value's gradient itself
  bool first = false;   // of the tasks whose output is in this value
};

// Rows that one worker takes through a region at a time, unless their values
// are larger than so many bytes (pixels, tokens), or there are more workers.
inline constexpr Index kBlockRows = 64;
inline constexpr Index kLeastRows = 16;
inline constexpr Index kBlockBytes = Index{512} << 10;

// Consecutive nodes that run together: all of them on one block of rows after
// the other, or a single one that mixes rows on all rows, or that recurs.
struct Region {
  std::vector<Index> nodes;  // in order of running
  bool by_rows = true;
  bool alone = false;  // no other node joins
  // Rows of the batch that one worker takes at a time: at most, and at least
  // where there is work for more workers.
  Index most_rows = kBlockRows;
  Index least_rows = kLeastRows;
};

// Some rows of the gradient of one slice.
struct ParamTile {
  Index slice = 0;
  Index first_row = 0;
  Index row_count = 0;
  Index gram = 0;  // shared slices: first number among the partial Gramians
};

struct PlanLayout {
  PlanLayout(const Network& network, const PlanOptions& options);

  std::vector<ArenaPiece> pieces;
  std::vector<NodePlan> nodes;
  std::vector<ValuePlan> values;
  std::vector<TaskPlan> tasks;
  std::vector<Region> forward;
  std::vector<Region> backward;           // before the combination
  std::vector<Region> combined_backward;  // after it
  std::vector<ParamTile> tiles;           // made in the backward pass
  std::vector<ParamTile> shared_tiles;    // after the tasks are combined
  // Nodes that use a slice, ascending.
  std::vector<std::vector<Index>> users;
  Index jacobian = -1;      // piece: tasks x shared numbers
  Index arena_size = 0;     // numbers
  Index scratch_size = 0;   // numbers, for each thread
  Index tile_size = 0;      // numbers of the largest parameter tile
  Index partial_grams = 0;  // doubles
  Index work_per_row = 0;

  std::string Describe(const Network& network,
                       const PlanOptions& options) const;
};

// Cuts the gradients of parameters into tiles; needs `users`.
void FindTiles(const Network& network, const PlanOptions& options,
               PlanLayout* layout);
}  // namespace mtlkit
