#pragma once

#include <string>

#include "base/options.h"
#include "data/dataset.h"
#include "nn/network.h"

namespace mtlkit {

// A network as data, for the model file: every layer with its kind, options and
// what it reads, in order, and where the output of each task is.
//
//   {"layers": [{"name": "trunk.0", "kind": "dense", "inputs": ["input:table"],
//                "options": {"units": 64, ...}}, ...],
//    "outputs": [{"layer": "heads.", "first": 0, "columns": 1}, ...],
//    "penalties": [{"kind": "mean", "strength": 0.1,
//                   "groups": [["trunk.0/kernel"], ...]}, ...]}
//
// A layer reads layers before it by name, and input blocks as "input:NAME".
// "params_of" names the layer whose parameters it uses; "penalties" is left out
// where there are none.
Json GraphOf(const Network& network, const Schema& schema);

// The network of a graph that reads the schema's inputs and predicts its tasks.
// Trusts nothing: an unknown kind or option, a layer that reads what is not
// before it, shapes that do not fit, sizes that no network has, a layer that
// leads to no output and outputs other than the tasks' are kBadInput.
Network NetworkOf(const Json& graph, const Schema& schema);

}  // namespace mtlkit
