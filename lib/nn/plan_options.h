#pragma once

#include <span>
#include <vector>

#include "base/parallel.h"
#include "base/view.h"
#include "nn/network.h"

namespace mtlkit {

// What a plan is for.
enum class Route {
  kForward,    // outputs only
  kPlain,      // one backward pass of the sum of the tasks' gradients
  kGramian,    // + inner products of the tasks' gradients, then one combination
  kGradients,  // + the tasks' gradients themselves, to be combined by the
               // caller
};

// With respect to what the tasks' gradients are taken (kGramian, kGradients):
// the shared parameters, or the output of the shared layers (cheaper), or
// (kGramian) parts of the parameters apart: those of each layer, of each group
// of layers ("trunk" for "trunk.0", "trunk.1"), or each kernel and bias.
enum class GradientsAt {
  kParameters,
  kRepresentation,
  kLayers,
  kGroups,
  kMatrices
};

// Whether each part of the parameters has a Gramian of its own.
constexpr bool InParts(GradientsAt at) {
  return at == GradientsAt::kLayers || at == GradientsAt::kGroups ||
         at == GradientsAt::kMatrices;
}

struct PlanOptions {
  Index capacity = 0;  // largest number of rows of a batch
  // Largest number of tokens of a batch, one an input block (0: no tokens).
  // May be empty for networks that read no tokens.
  std::vector<Index> tokens = {};
  Route route = Route::kForward;
  GradientsAt at = GradientsAt::kParameters;
  // Slices of the weights, one each, that get no gradient: 0 in gradient(), no
  // part in inner products; layers all of whose slices are such work as in
  // inference, and nothing goes down below the lowest slice that learns. Empty:
  // none.
  std::vector<bool> frozen = {};
  // No row of a batch has gradients of more than one task: Plan::SetLaneRows
  // says whose, and all tasks go down as one lane. Needs RowsCanBeLanes.
  bool lane_rows = false;
  std::vector<Value> keep = {};  // values to be seen after Forward (features)
  ThreadPool* pool = nullptr;    // null: everything runs in the caller
};

// Whether the gradients of a row stay in that row, so that rows can be lanes:
// no layer that learns mixes rows or has a penalty. Not where the tasks'
// gradients at the representation themselves are asked for, or rows would have
// one weight for a layer's kernel and another for its bias.
bool RowsCanBeLanes(const Network& network, const PlanOptions& options);

// Gradients of several tasks with respect to the same numbers, to be combined
// into one by the caller (Route::kGradients).
struct GradientBlock {
  std::span<const Index> tasks;  // one a row of `gradients`
  MatView gradients;             // tasks x numbers
  std::span<Real> combined;      // to be set by the caller; numbers
};

}  // namespace mtlkit
