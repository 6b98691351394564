#include <algorithm>

#include "base/error.h"
#include "nn/layers/described_dense.h"
#include "nn/layers/layer_options.h"
#include "nn/layers/layers.h"

namespace mtlkit {
namespace {

constexpr Index kKernel = 0;
constexpr Index kBias = 1;
// Batches of more rows never sum their Gramian over rows: S = X X^T grows.
constexpr Index kMostGramianRows = 4096;
// The same for lanes of rows, where S and D = DY DY^T are kept.
constexpr Index kMostPairedRows = 1024;

// For these the derivative follows from the output, so it is not kept before
// the activation: their sign is that of the input.
bool KeepsSign(Activation activation) {
  return activation == Activation::kRelu ||
         activation == Activation::kLeakyRelu;
}

class DenseLayer : public Layer {
 public:
  explicit DenseLayer(const DenseOptions& options) : options_(options) {}

  std::string_view kind() const override { return "dense"; }

  LayerTraits traits() const override {
    return {.reads_output = KeepsSign(options_.activation),
            .splits_columns = true,
            .reads_blocks = true};
  }

  void Describe(Fields& fields) const override {
    DescribedDense(options_).Describe(fields);
  }
  void CheckBlock(const InputSpec& block) const override {
    Require(block.categories.empty(), ErrorKind::kUsage,
            Str("cannot read the categories of input '", block.name, "'"),
            "give them to an embedding");
  }
  Index OutputCols(std::span<const Index>) const override {
    return options_.units;
  }

  std::vector<ParamSpec> Params(std::span<const Index> cols) const override {
    const Index units = options_.units;
    std::vector<ParamSpec> specs = {{.name = "kernel",
                                     .rows = cols[0],
                                     .cols = units,
                                     .init = options_.kernel_init,
                                     .fan_in = cols[0],
                                     .fan_out = units,
                                     .decay = true}};
    if (options_.bias) {
      specs.push_back({.name = "bias",
                       .cols = units,
                       .init = options_.bias_init,
                       .fan_in = cols[0],
                       .fan_out = units});
    }
    return specs;
  }

  Index WorkPerRow(std::span<const Index> cols) const override {
    return cols[0] * options_.units;
  }

  // The kernel packed for the product with x, then its transpose packed for
  // the product with dy.
  Index PreparedSize(std::span<const Index> cols,
                     bool backward) const override {
    return PackedSize(cols[0], options_.units) +
           (backward ? PackedSize(options_.units, cols[0]) : 0);
  }

  void Prepare(const Pass& pass, std::span<const ConstMatView> w, bool backward,
               Real* prepared) const override {
    const ConstMatView kernel = w[kKernel];
    const Kernels& kernels = *pass.kernels;
    kernels.pack(kernel.data, kernel.cols, kernel.rows, kernel.cols, prepared);
    if (!backward) return;
    kernels.pack_transposed(kernel.data, kernel.cols, kernel.cols, kernel.rows,
                            prepared + PackedSize(kernel.rows, kernel.cols));
  }

  // The slope of the activation, which costs little beside its value.
  Index SavedSize(Index rows, std::span<const Index>) const override {
    return KeepsSlope() ? rows * options_.units : 0;
  }

  Index ScratchSize(std::span<const Index> cols, Index lanes) const override {
    const Index packed = PackedSize(options_.units, cols[0]);
    if (lanes <= 1) return std::max(kWeightGradientScratch, packed);
    const Index rows = std::min(cols[0], kMostGramianRows);
    return std::max({kWeightGradientScratch, packed, GramianScratch(lanes),
                     RowGramianScratch(lanes, rows, cols[0], kRowBlock),
                     LaneRowGramianScratch(kMostPairedRows, cols[0],
                                           options_.units, kRowBlock)});
  }

  void Forward(const Pass& pass, const ForwardArgs& args) const override {
    const MatView y = args.y.Rows(args.first, args.count);
    const Real* bias = options_.bias ? args.w[kBias].data : nullptr;
    const bool relu = options_.activation == Activation::kRelu;
    if (args.x[0].block == nullptr) {
      const ConstMatView x = args.x[0].values.Rows(args.first, args.count);
      pass.kernels->product({.a = x.data,
                             .a_stride = x.cols,
                             .b = args.prepared,
                             .c = y.data,
                             .c_stride = y.cols,
                             .rows = x.rows,
                             .depth = x.cols,
                             .cols = y.cols,
                             .bias = bias,
                             .relu = relu});
    } else {
      pass.kernels->sparse_product(SparseRange(args), args.w[kKernel].data,
                                   y.cols, y.cols, bias, y.data, y.cols);
    }
    const bool applied = relu && args.x[0].block == nullptr;
    const Real shape = ActivationShape(options_.activation);
    if (KeepsSlope()) {
      pass.kernels->activate_with_slope(
          options_.activation, shape, y.data, y.data,
          args.saved + args.first * y.cols, y.size());
    } else if (options_.activation != Activation::kIdentity && !applied) {
      pass.kernels->activate(options_.activation, shape, y.data, y.data,
                             y.size());
    }
  }

  void Backward(const Pass& pass, const BackwardArgs& args) const override {
    UndoActivation(pass, args);
    if (args.dx[0].empty()) return;
    if (args.lane_columns.empty()) {
      for (Index lane = 0; lane < args.dy.count; ++lane) {
        const MatView dx = args.dx[0].Lane(lane);
        InputGradient(pass, args, args.dy.Lane(lane), {0, options_.units},
                      args.prepared + PackedSize(dx.cols, options_.units), dx);
      }
      return;
    }
    for (Index lane = 0; lane < std::ssize(args.lane_columns); ++lane) {
      const ColumnRange columns = args.lane_columns[At(lane)];
      const ConstMatView kernel = args.w[kKernel];
      pass.kernels->pack_transposed(kernel.data + columns.first, kernel.cols,
                                    columns.count, kernel.rows, args.scratch);
      InputGradient(pass, args, args.dy.Lane(0), columns, args.scratch,
                    args.dx[0].Lane(lane));
    }
  }

  void BackwardParams(const Pass& pass, const ParamArgs& args) const override {
    const ConstMatView dy = args.dy.Rows(args.first, args.count);
    if (args.param == kBias) {
      pass.kernels->column_sums(dy.data, dy.cols, dy.rows, dy.cols,
                                args.dw.data);
    } else if (args.x[0].block != nullptr) {
      SparseKernelGradient(pass, args);
    } else {
      const ConstMatView x = args.x[0].values.Rows(args.first, args.count);
      pass.kernels->weight_gradient({.x = x.data + args.first_row,
                                     .x_stride = x.cols,
                                     .dy = dy.data,
                                     .dy_stride = dy.cols,
                                     .dw = args.dw.data,
                                     .dw_stride = dy.cols,
                                     .rows = dy.rows,
                                     .inputs = args.row_count,
                                     .outputs = dy.cols,
                                     .scratch = args.scratch});
    }
  }

  bool HasGramian(const LaneProductArgs& args) const override {
    if (args.param != kKernel || args.x[0].block != nullptr) return false;
    const ConstMatView x = args.x[0].values;
    return args.lane_rows.empty() ||
           (x.rows <= kMostPairedRows &&
            LaneRowGramianPays(args.lanes(), x.rows, x.cols, args.dy.cols));
  }

  void AddGramian(const Pass& pass,
                  const LaneProductArgs& args) const override {
    const ConstMatView x = args.x[0].values;
    if (!args.lane_rows.empty()) {
      ForRowsOfTile(args, [&](Index first, Index count) {
        AddLaneRows(pass, args, first, count);
      });
      return;
    }
    if (x.rows <= std::min(x.cols, kMostGramianRows) &&
        RowGramianPays(args.dy.count, x.rows, x.cols, args.dy.cols)) {
      ForRowsOfTile(args, [&](Index first, Index count) {
        AddRowGramian(pass, args, first, count);
      });
      return;
    }
    for (Index done = 0; done < args.row_count; done += kGramianInputs) {
      pass.kernels->gramian(
          {.x = x.data + args.first_row + done,
           .x_stride = x.cols,
           .dy = args.dy.data,
           .dy_stride = args.dy.cols,
           .lane_stride = args.dy.rows * args.dy.cols,
           .lanes = args.dy.count,
           .rows = args.dy.rows,
           .inputs = std::min(kGramianInputs, args.row_count - done),
           .outputs = args.dy.cols,
           .gram = args.gram,
           .scratch = args.scratch});
    }
  }

 private:
  bool KeepsSlope() const {
    return options_.activation != Activation::kIdentity &&
           !KeepsSign(options_.activation);
  }

  // Calls work(first, count) for a share of the batch's rows in place of this
  // range of the kernel's.
  template <class Work>
  static void ForRowsOfTile(const LaneProductArgs& args, Work work) {
    const ConstMatView x = args.x[0].values;
    const Index end = x.rows * (args.first_row + args.row_count) / x.cols;
    for (Index first = x.rows * args.first_row / x.cols; first < end;
         first += kRowBlock) {
      work(first, std::min(kRowBlock, end - first));
    }
  }

  static void AddRowGramian(const Pass& pass, const LaneProductArgs& args,
                            Index first, Index count) {
    const ConstMatView x = args.x[0].values;
    pass.kernels->row_gramian({.x = x.data,
                               .x_stride = x.cols,
                               .dy = args.dy.data,
                               .dy_stride = args.dy.cols,
                               .lane_stride = args.dy.rows * args.dy.cols,
                               .lanes = args.dy.count,
                               .rows = x.rows,
                               .inputs = x.cols,
                               .outputs = args.dy.cols,
                               .first_row = first,
                               .row_count = count,
                               .gram = args.gram,
                               .scratch = args.scratch});
  }

  static void AddLaneRows(const Pass& pass, const LaneProductArgs& args,
                          Index first, Index count) {
    const ConstMatView x = args.x[0].values;
    pass.kernels->lane_row_gramian({.x = x.data,
                                    .x_stride = x.cols,
                                    .dy = args.dy.data,
                                    .dy_stride = args.dy.cols,
                                    .rows = x.rows,
                                    .inputs = x.cols,
                                    .outputs = args.dy.cols,
                                    .lane_rows = args.lane_rows.data(),
                                    .lanes = args.lanes(),
                                    .first_row = first,
                                    .row_count = count,
                                    .gram = args.gram,
                                    .scratch = args.scratch});
  }

  static SparseRows SparseRange(const LayerArgs& args) {
    const InputBatch& block = *args.x[0].block;
    return {block.row_starts.data() + args.first, block.indices.data(),
            block.values.data(), args.count};
  }

  // Turns the rows of dy into gradients before the activation.
  void UndoActivation(const Pass& pass, const BackwardArgs& args) const {
    if (options_.activation == Activation::kIdentity) return;
    const Index cols = args.dy.cols;
    const Index begin = args.first * cols;
    for (Index lane = 0; lane < args.dy.count; ++lane) {
      Real* dy = args.dy.Lane(lane).data + begin;
      if (KeepsSlope()) {
        pass.kernels->multiply(dy, args.saved + begin, dy, args.count * cols);
      } else {
        pass.kernels->activate_gradient(
            options_.activation, ActivationShape(options_.activation),
            args.y.data + begin, dy, dy, args.count * cols);
      }
    }
  }

  // dx = dy[:, columns] kernel[:, columns]^T; `packed` holds the latter.
  static void InputGradient(const Pass& pass, const BackwardArgs& args,
                            ConstMatView dy, ColumnRange columns,
                            const Real* packed, MatView dx) {
    pass.kernels->product({.a = dy.Row(args.first) + columns.first,
                           .a_stride = dy.cols,
                           .b = packed,
                           .c = dx.Row(args.first),
                           .c_stride = dx.cols,
                           .rows = args.count,
                           .depth = columns.count,
                           .cols = dx.cols});
  }

  static void SparseKernelGradient(const Pass& pass, const ParamArgs& args) {
    std::ranges::fill(args.dw.flat(), Real(0));
    pass.kernels->sparse_weight_gradient({.x = SparseRange(args),
                                          .dy = args.dy.Row(args.first),
                                          .dy_stride = args.dy.cols,
                                          .outputs = args.dy.cols,
                                          .first_index = args.first_row,
                                          .index_count = args.row_count,
                                          .dw = args.dw.data,
                                          .dw_stride = args.dw.cols});
  }

  DenseOptions options_;
};

LayerPtr DenseFrom(const DescribedDense& options) {
  return MakeDense(options.Options());
}

std::vector<LayerSample> DenseSamples() {
  std::vector<LayerSample> samples;
  for (const std::string& name : ActivationNames()) {
    samples.push_back(
        {name,
         MakeDense({.units = 7, .activation = ParseActivation(name)}),
         {5}});
  }
  samples.push_back({"no bias", MakeDense({.units = 3, .bias = false}), {4}});
  samples.push_back({"one output", MakeDense({.units = 1}), {40}});
  samples.push_back({"wide", MakeDense({.units = 37}), {101}});
  samples.push_back(
      {.name = "sparse",
       .layer = MakeDense({.units = 6, .activation = Activation::kRelu}),
       .input_cols = {20},
       .kind = InputKind::kSparse});
  samples.push_back({.name = "tokens",
                     .layer = MakeDense({.units = 3}),
                     .input_cols = {4},
                     .spaces = {{SpaceKind::kTokens, 1, 1, 0}}});
  return samples;
}

}  // namespace

LayerPtr MakeDense(const DenseOptions& options) {
  Require(options.units > 0, ErrorKind::kUsage,
          Str("a layer of ", options.units, " units"));
  return std::make_shared<DenseLayer>(options);
}

extern const LayerEntry kDenseLayer;
const LayerEntry kDenseLayer = MakeLayerEntry<DenseFrom, DescribedDense>(
    "dense", "activation(x kernel + bias), of dense or sparse inputs",
    DenseSamples);

}  // namespace mtlkit
