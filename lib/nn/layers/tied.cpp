// Press and Wolf, "Using the output embedding to improve language models",
// 2017.
#include "base/error.h"
#include "nn/layers/layer_options.h"
#include "nn/layers/layers.h"

namespace mtlkit {
namespace {

struct TiedOptions {
  Index codes = 0;
  void Describe(Fields& fields) {
    fields("codes", codes, "rows of the table", Between(1, 1 << 30));
  }
};

class TiedLayer : public Layer {
 public:
  explicit TiedLayer(Index codes) : codes_(codes) {}

  std::string_view kind() const override { return "tied"; }
  LayerTraits traits() const override { return {}; }
  void Describe(Fields& fields) const override {
    TiedOptions{codes_}.Describe(fields);
  }
  Index OutputCols(std::span<const Index>) const override { return codes_; }

  // As an embedding of one column has it.
  std::vector<ParamSpec> Params(std::span<const Index> cols) const override {
    return {{.name = "table.0",
             .rows = codes_,
             .cols = cols[0],
             .init = {InitKind::kTorchLinear, 0},
             .fan_in = cols[0],
             .fan_out = cols[0]}};
  }
  Index WorkPerRow(std::span<const Index> cols) const override {
    return cols[0] * codes_;
  }

  Index PreparedSize(std::span<const Index> cols,
                     bool backward) const override {
    return PackedSize(cols[0], codes_) +
           (backward ? PackedSize(codes_, cols[0]) : 0);
  }
  void Prepare(const Pass& pass, std::span<const ConstMatView> w, bool backward,
               Real* prepared) const override {
    const ConstMatView table = w[0];
    pass.kernels->pack_transposed(table.data, table.cols, table.cols,
                                  table.rows, prepared);
    if (!backward) return;
    pass.kernels->pack(table.data, table.cols, table.rows, table.cols,
                       prepared + PackedSize(table.cols, table.rows));
  }
  Index ScratchSize(std::span<const Index>, Index) const override {
    return kWeightGradientScratch;
  }

  void Forward(const Pass& pass, const ForwardArgs& args) const override {
    const ConstMatView x = args.x[0].values;
    Multiply(pass, args, x, args.prepared, args.y);
  }

  void Backward(const Pass& pass, const BackwardArgs& args) const override {
    const Lanes& dx = args.dx[0];
    for (Index lane = 0; lane < dx.count && !dx.empty(); ++lane) {
      Multiply(pass, args, args.dy.Lane(lane),
               args.prepared + PackedSize(dx.cols, codes_), dx.Lane(lane));
    }
  }

  void BackwardParams(const Pass& pass, const ParamArgs& args) const override {
    const ConstMatView x = args.x[0].values;
    pass.kernels->weight_gradient(
        {.x = args.dy.Row(args.first) + args.first_row,
         .x_stride = args.dy.cols,
         .dy = x.Row(args.first),
         .dy_stride = x.cols,
         .dw = args.dw.data,
         .dw_stride = args.dw.cols,
         .rows = args.count,
         .inputs = args.row_count,
         .outputs = x.cols,
         .scratch = args.scratch});
  }

 private:
  static void Multiply(const Pass& pass, const LayerArgs& args, ConstMatView a,
                       const Real* packed, MatView c) {
    pass.kernels->product({.a = a.Row(args.first),
                           .a_stride = a.cols,
                           .b = packed,
                           .c = c.Row(args.first),
                           .c_stride = c.cols,
                           .rows = args.count,
                           .depth = a.cols,
                           .cols = c.cols});
  }

  Index codes_;
};

LayerPtr TiedFrom(const TiedOptions& options) {
  return MakeTied(options.codes);
}

std::vector<LayerSample> TiedSamples() {
  return {{.name = "tokens",
           .layer = MakeTied(37),
           .input_cols = {5},
           .spaces = {{SpaceKind::kTokens, 1, 1, 0}}},
          {"rows", MakeTied(3), {4}}};
}

}  // namespace

LayerPtr MakeTied(Index codes) {
  Require(codes > 0, ErrorKind::kUsage, Str("a table of ", codes, " rows"));
  return std::make_shared<TiedLayer>(codes);
}

extern const LayerEntry kTiedLayer;
const LayerEntry kTiedLayer = MakeLayerEntry<TiedFrom, TiedOptions>(
    "tied", "the product with each row of an embedding's table", TiedSamples);

}  // namespace mtlkit
