#pragma once

#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/options.h"
#include "base/rng.h"
#include "base/view.h"
#include "data/batch.h"
#include "kernels/kernels.h"
#include "nn/params.h"
#include "nn/space.h"

namespace mtlkit {

// What the planner may assume of a layer. The contract test poisons what a
// layer claims not to need.
struct LayerTraits {
  bool reads_input = true;      // the backward pass reads x
  bool reads_output = false;    // the backward pass reads y
  bool in_place = false;        // y may be x's memory, and dx may be dy's
  bool mixes_rows = false;      // in training, row i of y depends on other rows
  bool random = false;          // in training, uses Pass::dropout
  bool splits_columns = false;  // Backward understands lane_columns
  bool reads_blocks = false;    // takes sparse, categorical or token blocks
  // Rows of y depend on rows of x that belong to the same row of the batch, in
  // whatever spaces the two are; ranges of rows are then rows of the batch.
  bool by_group = false;
  bool has_penalty = false;  // adds a term of its own to the loss (Penalty)
  bool has_gates = false;    // mixes experts, as Gates says
  // No gradient goes through it: what it reads is a constant to what reads it.
  bool stops_gradient = false;
  // Its buffers are fitted to training rows of the input block that it reads,
  // when a model is made, and stay as they are (FitBuffers).
  bool fits_buffers = false;
  // Is fast only with many rows of the batch at a time, however large they are.
  bool recurs = false;
};

enum class Mode { kInference, kTraining };

// What one forward and backward pass shares. A value; what it points to
// belongs to the caller.
struct Pass {
  const Block* weights = nullptr;
  // Running statistics: read in inference, updated by a forward pass in
  // training. May be null for networks without buffers.
  Block* buffers = nullptr;
  // What the loops over rows are made of.
  const Kernels* kernels = &ActiveKernels();
  Mode mode = Mode::kInference;
  // Of training: the share of its steps that lie behind, from 0 to 1.
  double progress = 0;
  // Of training: by how much running statistics move to those of the batch; 0:
  // as the layer's options say.
  double statistics_share = 0;
  // Of this step: Rng(seed, RandomPurpose::kDropout, step).
  Rng dropout = Rng(0, RandomPurpose::kDropout, 0);
};

// An input of a layer: the whole batch, rows x cols, the rows of its space. For
// a sparse, categorical or token input of the network `block` is set and
// `values` has no data.
struct Operand {
  ConstMatView values;
  const InputBatch* block = nullptr;
  Extent extent = {};
};

struct ColumnRange {
  Index first = 0;
  Index count = 0;
};

// What every call of a layer gets. All views are of the whole batch.
struct LayerArgs {
  std::span<const Operand> x;
  std::span<const ConstMatView> w;   // one a ParamSpec
  std::span<const MatView> buffers;  // one a buffer's ParamSpec
  const Real* prepared = nullptr;    // what Prepare made
  Real* saved = nullptr;             // SavedSize numbers, kept until the end
  Real* scratch = nullptr;           // ScratchSize numbers, of this call alone
  // Rows to work on: [first, first + count), of the space of y and all x; of
  // the batch in layers of the trait by_group.
  Index first = 0;
  Index count = 0;
  Index node = 0;  // number of the layer in its network; tells random
                   // numbers of two layers apart
};

struct ForwardArgs : LayerArgs {
  MatView y;
};

// Gradients come in lanes: L blocks of rows x cols, one a task, or one in all.
struct BackwardArgs : LayerArgs {
  ConstMatView y;  // null data unless traits().reads_output
  // Gradient of y. With `lane_columns`, a single block in which lane i is the
  // columns lane_columns[i] and zero elsewhere.
  Lanes dy;
  std::span<const ColumnRange> lane_columns;
  // One an input; empty where not wanted. As many lanes as dy has.
  std::span<const Lanes> dx;
  // One a lane: by how much the gradient of Penalty goes into dx, too. Empty:
  // not at all.
  std::span<const double> penalty;
};

// Rows [first_row, first_row + row_count) of the gradient of one parameter,
// for one lane, summed over the rows [first, first + count) of the batch: all
// of them in a layer that mixes rows.
struct ParamArgs : LayerArgs {
  ConstMatView dy;  // as Backward left it
  Index param = 0;  // which ParamSpec
  Index first_row = 0;
  Index row_count = 0;
  MatView dw;  // row_count x cols
};

// The same rows, for inner products of lanes.
struct LaneProductArgs : LayerArgs {  // first = 0, count = all rows
  Lanes dy;
  // Not empty: dy is a single block in which lane i is the rows lane_rows[i] of
  // [first, first + count): apart, ascending, some perhaps empty.
  std::span<const RowRange> lane_rows;
  Index param = 0;
  Index first_row = 0;
  Index row_count = 0;
  double* gram = nullptr;  // lanes() x lanes(); added to

  Index lanes() const {
    return lane_rows.empty() ? dy.count : std::ssize(lane_rows);
  }
};

// One differentiable step. Holds its options, never its parameters,
// activations or scratch: the plan passes them in, so one Layer serves any
// number of threads, peers and plans at once. Nothing here throws or
// allocates after construction, except OutputCols, OutputSpace and Params,
// which check shapes (kUsage), and FitBuffers.
//
// One rule: outputs are set, never added to; the plan sums where a value is
// used twice.
class Layer {
 public:
  virtual ~Layer() = default;

  // The registry's name: "dense".
  virtual std::string_view kind() const = 0;
  virtual LayerTraits traits() const = 0;
  // Visits the options that it was made of, as its entry reads them again.
  virtual void Describe(Fields& /*fields*/) const {}
  // Refuses an input block that it cannot read (kUsage); a layer's output comes
  // as a block of numbers without categories.
  virtual void CheckBlock(const InputSpec& /*block*/) const {}
  virtual Index OutputCols(std::span<const Index> input_cols) const = 0;
  // The space of y. By default that of the inputs, which must be one (kUsage).
  virtual Space OutputSpace(std::span<const Space> spaces) const;
  virtual std::vector<ParamSpec> Params(
      std::span<const Index> /*input_cols*/) const {
    return {};
  }
  virtual std::vector<ParamSpec> Buffers(
      std::span<const Index> /*input_cols*/) const {
    return {};
  }

  // Of the trait fits_buffers: sets what buffers hold of the columns [first,
  // first + values.cols) of the input, which has `values` in some rows, none of
  // them NaN; there may be no row.
  virtual void FitBuffers(ConstMatView /*values*/, Index /*first*/,
                          std::span<const MatView> /*buffers*/) const {}

  // Multiply-adds for one row, forward; how many threads are worth waking.
  virtual Index WorkPerRow(std::span<const Index> input_cols) const {
    return OutputCols(input_cols);
  }

  // Numbers that follow from the parameters alone (packed weights), made once
  // before each forward pass.
  // `backward`: also what an input gradient needs.
  virtual Index PreparedSize(std::span<const Index> /*input_cols*/,
                             bool /*backward*/) const {
    return 0;
  }
  virtual void Prepare(const Pass& /*pass*/,
                       std::span<const ConstMatView> /*w*/, bool /*backward*/,
                       Real* /*prepared*/) const {}

  // Numbers that a forward pass leaves for the backward pass, for `rows` rows
  // of the first input; row-independent layers lay them out by row.
  virtual Index SavedSize(Index /*rows*/,
                          std::span<const Index> /*input_cols*/) const {
    return 0;
  }

  // Numbers that any one call may use as it likes, with gradients in up to
  // `lanes` lanes.
  virtual Index ScratchSize(std::span<const Index> /*input_cols*/,
                            Index /*lanes*/) const {
    return 0;
  }

  // Sets the given rows of y. A layer that mixes rows gets all at once.
  virtual void Forward(const Pass& pass, const ForwardArgs& args) const = 0;

  // A term of the loss that needs no label, of all rows of the batch, after a
  // forward pass in training; may leave in `saved` what its gradient needs.
  // Only called with traits().has_penalty.
  virtual double Penalty(const Pass& /*pass*/,
                         const LayerArgs& /*args*/) const {
    return 0;
  }

  // How much of each expert is in each row of y, rows x experts, after a
  // forward pass of all rows; what it is in lies in `saved`. Only called with
  // traits().has_gates.
  virtual ConstMatView Gates(const LayerArgs& /*args*/) const { return {}; }
  // How many of its last inputs the layer weighs by gates; 0: it has none.
  virtual Index GateCount(std::span<const Index> /*input_cols*/) const {
    return 0;
  }
  // The mean over all rows of what each of these got, after a forward pass in
  // training.
  virtual void GateShares(const LayerArgs& /*args*/,
                          std::span<double> /*shares*/) const {}

  // Sets the given rows of every lane of each wanted dx. May replace those
  // rows of dy by what BackwardParams wants in their place (the gradient
  // before an activation). Called for all rows, even if no dx is wanted.
  virtual void Backward(const Pass& pass, const BackwardArgs& args) const = 0;

  // Sets the given rows of one parameter's gradient. Called after Backward of
  // all rows; different calls may run in parallel.
  virtual void BackwardParams(const Pass& /*pass*/,
                              const ParamArgs& /*args*/) const {}

  // Where a layer knows a way to the inner products of its lanes' gradients
  // that is cheaper than making them: adds those of the given rows.
  virtual bool HasGramian(const LaneProductArgs& /*args*/) const {
    return false;
  }
  virtual void AddGramian(const Pass& /*pass*/,
                          const LaneProductArgs& /*args*/) const {}
};

using LayerPtr = std::shared_ptr<const Layer>;

// A layer in a shape that the contract test runs it in.
struct LayerSample {
  std::string name;
  LayerPtr layer;
  std::vector<Index> input_cols;
  // Set for a sparse or categorical first input: kind, and for categorical
  // columns the numbers of codes.
  InputKind kind = InputKind::kDense;
  std::vector<Index> codes = {};
  // One an input; empty: rows of the batch.
  std::vector<Space> spaces = {};
};

// An entry of layers.def.
struct LayerEntry {
  std::string_view name;
  std::string_view help;
  std::vector<LayerSample> (*samples)();
  // A layer of the options that Describe visits; kUsage with `where` in front
  // where they are none.
  LayerPtr (*read)(const Json& options, const std::string& where);
  // Numbers of inputs that it can have; 0 for the most: any.
  Index least_inputs = 1;
  Index most_inputs = 1;
};
std::span<const LayerEntry* const> LayerEntries();

}  // namespace mtlkit
