#pragma once

#include <cstdint>
#include <vector>

#include "base/rng.h"
#include "nn/layer.h"

namespace mtlkit::contract {

// One layer with memory of its own for everything that a plan would give it.
// Every output begins as NaN, so what a layer fails to set is seen.
class LayerRun {
 public:
  // `lengths`: tokens of each row; {}: some.
  LayerRun(const LayerSample& sample, Index rows, Mode mode, Seed seed,
           const std::vector<Index>& lengths = {});

  struct Gradients {
    std::vector<AlignedVector> dx;  // one an input: lanes x rows x cols
    std::vector<AlignedVector> dw;  // one a parameter: lanes x its size
  };

  // Rows of a block of rows: Forward and Backward are called block by block.
  // Layers that mix rows get all rows whatever it is.
  Index block_rows = 1 << 20;
  // Rows of a parameter that one call makes.
  Index tile_rows = 1 << 20;
  bool want_input_gradients = true;
  // Rows that the gradients of parameters are summed over; a count below 0:
  // all. Rows of what ranges of the layer count.
  RowRange summed_rows = {0, -1};

  void Forward();
  // `dy`: lanes x rows x cols; spoilt.
  Gradients Backward(AlignedVector dy, Index lanes);
  // After Backward: of one parameter, by Layer::AddGramian; empty if the layer
  // leaves it to others. With `lane_rows`, of lanes that are rows of a single
  // one.
  std::vector<double> LaneProducts(Index param, Index lanes,
                                   std::span<const RowRange> lane_rows = {});
  // What a layer's ranges of all rows count.
  Index all_rows() const {
    return layer_->traits().by_group ? rows_ : output_rows_;
  }

  // Where the numbers of y begin that such a row has.
  Index OutputBegin(Index row) const {
    return (layer_->traits().by_group ? output_extent_.Begin(row) : row) *
           output_cols_;
  }

  // The sum of y times `dy` after a forward pass, and the layer's penalty.
  double Project(const AlignedVector& dy);
  bool has_penalty() const {
    return mode_ == Mode::kTraining && layer_->traits().has_penalty;
  }
  AlignedVector RandomGradient(Index lanes, Index number) const;

  bool has_dense_inputs() const { return kind_ == InputKind::kDense; }
  bool mixes_rows() const {
    return mode_ == Mode::kTraining && layer_->traits().mixes_rows;
  }

  Index output_rows() const { return output_rows_; }
  Index output_cols() const { return output_cols_; }
  const std::vector<Operand>& operands() const { return operands_; }
  const Layer& layer() const { return *layer_; }
  std::vector<AlignedVector> x;  // dense inputs
  std::vector<AlignedVector> w;
  std::vector<AlignedVector> buffers;
  AlignedVector y;
  std::vector<std::int32_t> codes;  // of a categorical input
  const std::vector<ParamSpec>& params() const { return params_; }

 private:
  void Penalize();
  void FillBlock(const LayerSample& sample);
  void FitBuffers();
  template <class Args>
  Args MakeArgs(Index first, Index count);
  template <class Work>
  void ForBlocks(Work work);

  LayerPtr layer_;
  InputKind kind_;
  Index rows_;
  Mode mode_;
  Rng random_;
  std::vector<Index> cols_;
  Index output_cols_;
  std::vector<Space> spaces_;
  std::vector<ParamSpec> params_;
  std::vector<ParamSpec> buffer_specs_;
  Pass pass_;
  InputBatch block_;
  std::vector<Index> offsets_;  // of tokens
  Extent output_extent_;
  Index output_rows_ = 0;
  std::vector<Index> row_starts_;
  std::vector<std::int32_t> indices_;
  std::vector<Real> values_;
  AlignedVector prepared_;
  AlignedVector saved_;
  AlignedVector scratch_;
  AlignedVector dy_;
  double penalty_ = 0;
  std::vector<double> penalty_factors_;
  std::vector<Operand> operands_;
  std::vector<ConstMatView> w_views_;
  std::vector<MatView> buffer_views_;
};

}  // namespace mtlkit::contract
