#include <algorithm>

#include "base/error.h"
#include "nn/layers/layer_options.h"
#include "nn/layers/layers.h"

namespace mtlkit {
namespace {

constexpr Index kColumnKernel = 0;
constexpr Index kColumnBias = 1;

struct DescribedColumnDense {
  Index each = 1;
  Index units = 1;
  void Describe(Fields& fields) {
    fields("each", each, "numbers of each column", Between(1, 1 << 20));
    fields("units", units, "outputs of each column", Between(1, 1 << 20));
  }
};

// Column j has the columns from j `each` on of x, the same rows of the kernel,
// and the columns from j `units` on of y.
class ColumnDenseLayer : public Layer {
 public:
  ColumnDenseLayer(Index each, Index units) : each_(each), units_(units) {}

  std::string_view kind() const override { return "column-dense"; }
  LayerTraits traits() const override { return {}; }
  void Describe(Fields& fields) const override {
    DescribedColumnDense{each_, units_}.Describe(fields);
  }
  Index OutputCols(std::span<const Index> cols) const override {
    Require(cols[0] % each_ == 0, ErrorKind::kUsage,
            Str("reads ", each_, " numbers of each column, but gets ", cols[0],
                " in all"));
    return cols[0] / each_ * units_;
  }
  std::vector<ParamSpec> Params(std::span<const Index> cols) const override {
    const Initializer init = {InitKind::kTorchLinear, 0};
    return {{.name = "kernel",
             .rows = cols[0],
             .cols = units_,
             .init = init,
             .fan_in = each_,
             .fan_out = units_,
             .decay = true},
            {.name = "bias",
             .rows = cols[0] / each_,
             .cols = units_,
             .init = init,
             .fan_in = each_,
             .fan_out = units_}};
  }
  Index WorkPerRow(std::span<const Index> cols) const override {
    return cols[0] * units_;
  }

  // The kernels packed, then all of them transposed.
  Index PreparedSize(std::span<const Index> cols,
                     bool backward) const override {
    return cols[0] / each_ * (packed() + (backward ? turned() : 0));
  }
  void Prepare(const Pass& pass, std::span<const ConstMatView> w, bool backward,
               Real* prepared) const override {
    const Index columns = w[kColumnBias].rows;
    for (Index j = 0; j < columns; ++j) {
      const Real* kernel = w[kColumnKernel].Row(j * each_);
      pass.kernels->pack(kernel, units_, each_, units_,
                         prepared + j * packed());
      if (!backward) continue;
      pass.kernels->pack_transposed(
          kernel, units_, units_, each_,
          prepared + columns * packed() + j * turned());
    }
  }
  Index ScratchSize(std::span<const Index>, Index) const override {
    return kWeightGradientScratch;
  }

  void Forward(const Pass& pass, const ForwardArgs& args) const override {
    const ConstMatView x = args.x[0].values;
    for (Index j = 0; j < args.w[kColumnBias].rows; ++j) {
      pass.kernels->product({.a = x.Row(args.first) + j * each_,
                             .a_stride = x.cols,
                             .b = args.prepared + j * packed(),
                             .c = args.y.Row(args.first) + j * units_,
                             .c_stride = args.y.cols,
                             .rows = args.count,
                             .depth = each_,
                             .cols = units_,
                             .bias = args.w[kColumnBias].Row(j)});
    }
  }

  void Backward(const Pass& pass, const BackwardArgs& args) const override {
    if (args.dx[0].empty()) return;
    const Index columns = args.w[kColumnBias].rows;
    const Real* packed_back = args.prepared + columns * packed();
    for (Index lane = 0; lane < args.dy.count; ++lane) {
      const ConstMatView dy = args.dy.Lane(lane);
      const MatView dx = args.dx[0].Lane(lane);
      for (Index j = 0; j < columns; ++j) {
        pass.kernels->product({.a = dy.Row(args.first) + j * units_,
                               .a_stride = dy.cols,
                               .b = packed_back + j * turned(),
                               .c = dx.Row(args.first) + j * each_,
                               .c_stride = dx.cols,
                               .rows = args.count,
                               .depth = units_,
                               .cols = each_});
      }
    }
  }

  void BackwardParams(const Pass& pass, const ParamArgs& args) const override {
    const Real* dy = args.dy.Row(args.first);
    if (args.param == kColumnBias) {
      pass.kernels->column_sums(dy + args.first_row * units_, args.dy.cols,
                                args.count, args.row_count * units_,
                                args.dw.data);
      return;
    }
    const ConstMatView x = args.x[0].values;
    const Index end = args.first_row + args.row_count;
    for (Index row = args.first_row; row < end;) {
      const Index j = row / each_;
      const Index count = std::min((j + 1) * each_, end) - row;
      pass.kernels->weight_gradient({.x = x.Row(args.first) + row,
                                     .x_stride = x.cols,
                                     .dy = dy + j * units_,
                                     .dy_stride = args.dy.cols,
                                     .dw = args.dw.Row(row - args.first_row),
                                     .dw_stride = units_,
                                     .rows = args.count,
                                     .inputs = count,
                                     .outputs = units_,
                                     .scratch = args.scratch});
      row += count;
    }
  }

 private:
  Index packed() const { return PackedSize(each_, units_); }
  Index turned() const { return PackedSize(units_, each_); }

  Index each_;
  Index units_;
};

LayerPtr ColumnDenseFrom(const DescribedColumnDense& options) {
  return MakeColumnDense(options.each, options.units);
}

std::vector<LayerSample> ColumnDenseSamples() {
  return {{"three columns", MakeColumnDense(5, 2), {15}},
          {"one column", MakeColumnDense(4, 3), {4}},
          {"many outputs", MakeColumnDense(2, 19), {6}}};
}

}  // namespace

LayerPtr MakeColumnDense(Index each, Index units) {
  Require(each > 0 && units > 0, ErrorKind::kUsage,
          Str(units, " outputs of ", each, " numbers"));
  return std::make_shared<ColumnDenseLayer>(each, units);
}

extern const LayerEntry kColumnDenseLayer;
const LayerEntry kColumnDenseLayer =
    MakeLayerEntry<ColumnDenseFrom, DescribedColumnDense>(
        "column-dense", "x kernel + bias, with those of each column's own",
        ColumnDenseSamples);

}  // namespace mtlkit
