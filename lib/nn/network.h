#pragma once

#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/view.h"
#include "data/dataset.h"
#include "nn/layer.h"
#include "nn/param_penalty.h"
#include "nn/params.h"

namespace mtlkit {

// A matrix that the network computes: rows of its space x cols. Names an input
// block or the output of a layer.
struct Value {
  Index id = -1;
  friend bool operator==(const Value&, const Value&) = default;
};

// Everything known of a value.
struct ValueInfo {
  Index cols = 0;
  Space space;
  // Number of the node that makes it, or -1 for an input block.
  Index node = -1;
  // Number of the input block, or -1.
  Index input = -1;
  InputKind kind = InputKind::kDense;
  // Of what layers make and of blocks of numbers: any layer reads it.
  bool is_numbers = true;
  // Tasks whose outputs depend on it, ascending, unless by way of a layer that
  // stops gradients: those from whose losses it learns. In a pass with a lane
  // per task it carries one lane for each of these.
  std::vector<Index> tasks;
  // Nodes that read it, ascending; a node that reads it twice is here twice.
  std::vector<Index> readers;
};

// A layer in its place.
struct Node {
  std::string name;  // "trunk.0"
  LayerPtr layer;
  std::vector<Value> inputs;
  Value output;
  std::string params_of;       // the layer whose parameters it uses
  std::vector<Index> params;   // slices of weights(), one a ParamSpec
  std::vector<Index> buffers;  // slices of buffers()
  // Every column of the output belongs to one task (see OutputInfo), so the
  // parameters of this layer are of one task each, column by column.
  bool split_by_task = false;
};

// Whether a layer has parameters and all of them are among `frozen`: one a
// slice of the weights, or empty for none.
bool IsFrozen(const Node& node, const std::vector<bool>& frozen);

// Where the output of a task is.
struct OutputInfo {
  Value value;
  ColumnRange columns;
};

// A static graph of layers, as data. A layer can only read values that were
// made before it, so the graph has no cycle and nodes are in order. Immutable;
// shared by any number of plans, peers and threads.
class Network {
 public:
  std::span<const Node> nodes() const { return nodes_; }
  std::span<const ValueInfo> values() const { return values_; }
  const ValueInfo& info(Value value) const { return values_[At(value.id)]; }
  const Node& node(Index i) const { return nodes_[At(i)]; }
  Index input_count() const { return input_count_; }
  Index task_count() const { return static_cast<Index>(outputs_.size()); }
  // The place of a task's output; one a task.
  const OutputInfo& output(Index task) const { return outputs_[At(task)]; }
  // Members of an ensemble that put out a row each for a row of the batch, for
  // this task; 1 where the output is that of the network itself.
  Index members(Index task) const {
    return info(output(task).value).space.per_row();
  }

  // The input block whose tokens the outputs of a task are of; -1: they are of
  // rows of the batch.
  Index token_input(Index task) const {
    const Space& space = info(output(task).value).space;
    return space.is_ragged() ? space.input : -1;
  }
  // The most rows that the targets of a task have: `rows` of a batch, or the
  // tokens of it, of which there are so many in each input block.
  Index MostTargets(Index task, Index rows,
                    std::span<const Index> tokens) const {
    const Index input = token_input(task);
    return input < 0 ? rows : tokens[At(input)];
  }

  // Parameters and buffers. Shared parameters come first (params.h).
  std::shared_ptr<const Layout> weights() const { return weights_; }
  std::shared_ptr<const Layout> buffers() const { return buffers_; }
  // Fresh numbers.
  Params Initialized(Seed seed) const;
  // What parameters add to the loss of training by themselves.
  std::span<const ParamPenalty> penalties() const { return penalties_; }

  // A value by name: of a layer ("trunk.0"); of a group of layers, its last
  // ("trunk" for "trunk.0", "trunk.1"); "trunk" otherwise is trunk(). An
  // unknown name is an error (kUsage) that lists the known ones. In a network
  // without a shared value "trunk" is unknown.
  Value Find(std::string_view name) const;
  // All names of layers, in order.
  std::vector<std::string> Names() const;
  // All that Find finds: these, then groups of layers.
  std::vector<std::string> NamesFound() const;
  // The last value, in order, that is read for several tasks; id -1 if there
  // is none.
  Value trunk() const { return trunk_; }

  // The values where tasks part: shared ones whose other readers are of fewer
  // tasks (the trunk's output; the experts of MMoE): "the representation".
  // Empty if there is no single one: one of them depends on another, as in a
  // tree of groups, or tasks use the same parameters in layers of their own.
  std::span<const Value> representation() const { return representation_; }

 private:
  friend class NetworkBuilder;
  std::vector<Node> nodes_;
  std::vector<ValueInfo> values_;
  std::vector<OutputInfo> outputs_;
  Index input_count_ = 0;
  std::shared_ptr<const Layout> weights_;
  std::shared_ptr<const Layout> buffers_;
  Value trunk_;
  std::vector<Value> representation_;
  std::vector<ParamPenalty> penalties_;
};

// Makes a network:
//
//   NetworkBuilder b(schema.inputs, 2);
//   Value h = b.Add("trunk.0", MakeDense({.units = 64}), {b.Input(0)});
//   Value y = b.Add("heads", MakeDense({.units = 4}), {h});
//   b.Output(0, y, 0, 1);  // one layer serves both tasks
//   b.Output(1, y, 1, 3);
//   Network network = std::move(b).Build();
//
// Shapes are checked at once (kUsage, naming the layer).
class NetworkBuilder {
 public:
  NetworkBuilder(std::span<const InputSpec> inputs, Index tasks);

  // Input block `i`. Those that are no numbers (sparse, categorical, token
  // ones) can only be read by layers whose traits say so.
  Value Input(Index i) const;

  // Adds a layer. `name` must be new. With `params_of`, the name of an earlier
  // layer, both use that layer's parameters; their gradients are summed.
  Value Add(std::string name, LayerPtr layer, std::vector<Value> inputs,
            std::string_view params_of = {});

  // Says where the output of `task` is: columns [first, first + count) of
  // `value`, which has a row for each row of the batch, one for each member of
  // an ensemble, or one for each token (else kUsage); count < 0: all from
  // `first` on. Once for each task; several tasks may have the same columns. A
  // layer whose output nobody else reads and whose columns belong to one task
  // each costs no more than one task's.
  void Output(Index task, Value value, Index first = 0, Index count = -1);

  // Names of the parameters of the layers so far, from number `first` on.
  std::vector<std::string> ParamNames(Index first = 0) const;
  // Adds a penalty on parameters that are called `groups` (ParamPenalty);
  // kUsage from Build where they do not fit.
  void Penalize(PenaltyKind kind, double strength,
                std::vector<std::vector<std::string>> groups);

  Index Cols(Value value) const;
  const Space& SpaceOf(Value value) const { return network_.info(value).space; }

  // Needs an output for every task.
  Network Build() &&;

 private:
  std::vector<Index> InputCols(const Node& node) const;
  void FindTasks();
  bool SplitsByTask(const Node& node) const;
  void PlaceParams();
  bool TasksPartAt(const ValueInfo& value) const;
  void FindTrunk();
  void PlacePenalties();

  Network network_;
  std::vector<Slice> weights_;
  std::vector<Slice> buffers_;
  // By name until Build; as long as network_.penalties_.
  std::vector<std::vector<std::vector<std::string>>> penalized_;
};

}  // namespace mtlkit
