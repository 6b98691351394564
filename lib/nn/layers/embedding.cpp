#include <algorithm>
#include <numeric>
#include <utility>

#include "base/error.h"
#include "nn/layers/layer_options.h"
#include "nn/layers/layers.h"

namespace mtlkit {
namespace {

struct EmbeddingOptions {
  std::vector<Index> codes;
  std::vector<Index> widths;
  double unknown = 0;
  void Describe(Fields& fields) {
    fields("codes", codes, "of each column", Between(1, 1 << 30));
    fields("widths", widths, "of each table", Between(1, 1 << 20));
    fields("unknown", unknown, "share of codes read as the last in training",
           BelowFrom(0, 1));
  }
};

class EmbeddingLayer : public Layer {
 public:
  EmbeddingLayer(std::vector<Index> codes, std::vector<Index> widths,
                 double unknown)
      : codes_(std::move(codes)),
        widths_(std::move(widths)),
        unknown_(unknown) {}

  std::string_view kind() const override { return "embedding"; }
  LayerTraits traits() const override {
    return {.random = unknown_ > 0, .reads_blocks = true};
  }

  void Describe(Fields& fields) const override {
    EmbeddingOptions{codes_, widths_, unknown_}.Describe(fields);
  }
  // A code names a row of the table.
  void CheckBlock(const InputSpec& block) const override {
    bool fits = block.categories.size() == codes_.size();
    for (std::size_t i = 0; fits && i < codes_.size(); ++i) {
      fits = codes_[i] == std::ssize(block.categories[i]) + 1;
    }
    Require(fits, ErrorKind::kUsage,
            Str("its tables are not for the categories of '", block.name, "'"));
  }
  Index OutputCols(std::span<const Index> cols) const override {
    Require(cols[0] == std::ssize(codes_), ErrorKind::kUsage,
            Str("tables for ", codes_.size(), " columns, but the input has ",
                cols[0]));
    return std::accumulate(widths_.begin(), widths_.end(), Index{0});
  }

  // Rows of a table have about unit length, whatever its width.
  std::vector<ParamSpec> Params(std::span<const Index>) const override {
    std::vector<ParamSpec> specs;
    for (std::size_t i = 0; i < codes_.size(); ++i) {
      specs.push_back({.name = Str("table.", i),
                       .rows = codes_[i],
                       .cols = widths_[i],
                       .init = {InitKind::kTorchLinear, 0},
                       .fan_in = widths_[i],
                       .fan_out = widths_[i]});
    }
    return specs;
  }

  // The codes that are read.
  Index SavedSize(Index rows, std::span<const Index> cols) const override {
    constexpr Index kEach = sizeof(Real) / sizeof(std::int32_t);
    return unknown_ > 0 ? (rows * cols[0] + kEach - 1) / kEach : 0;
  }

  void Forward(const Pass& pass, const ForwardArgs& args) const override {
    if (Draws(pass)) Draw(pass, args);
    const Mat<const std::int32_t> codes = CodesOf(pass, args);
    Real* y = args.y.Row(args.first);
    for (Index column = 0; column < codes.cols; ++column) {
      const ConstMatView table = args.w[At(column)];
      pass.kernels->gather_rows(table.data, table.cols,
                                codes.Row(args.first) + column, codes.cols,
                                args.count, table.cols, y, args.y.cols);
      y += table.cols;
    }
  }

  // Codes have no gradient.
  void Backward(const Pass&, const BackwardArgs&) const override {}

  // Row by row of the batch, so in the same order whatever rows of the table
  // are asked for.
  void BackwardParams(const Pass& pass, const ParamArgs& args) const override {
    const Mat<const std::int32_t> codes = CodesOf(pass, args);
    const Index offset = std::accumulate(
        widths_.begin(), widths_.begin() + args.param, Index{0});
    std::ranges::fill(args.dw.flat(), Real(0));
    pass.kernels->scatter_add_rows({.x = args.dy.Row(args.first) + offset,
                                    .x_stride = args.dy.cols,
                                    .rows = codes.Row(args.first) + args.param,
                                    .rows_stride = codes.cols,
                                    .count = args.count,
                                    .cols = args.dw.cols,
                                    .first_row = args.first_row,
                                    .row_count = args.row_count,
                                    .table = args.dw.data,
                                    .table_stride = args.dw.cols});
  }

 private:
  bool Draws(const Pass& pass) const {
    return unknown_ > 0 && pass.mode == Mode::kTraining;
  }
  Mat<const std::int32_t> CodesOf(const Pass& pass,
                                  const LayerArgs& args) const {
    const Mat<const std::int32_t> codes = args.x[0].block->codes;
    if (!Draws(pass)) return codes;
    return {reinterpret_cast<const std::int32_t*>(args.saved), codes.rows,
            codes.cols};
  }
  void Draw(const Pass& pass, const LayerArgs& args) const {
    const Mat<const std::int32_t> codes = args.x[0].block->codes;
    auto* drawn = reinterpret_cast<std::int32_t*>(args.saved);
    for (Index row = args.first; row < args.first + args.count; ++row) {
      for (Index col = 0; col < codes.cols; ++col) {
        // The upper half of a row number tells the layers of a network apart.
        const bool is_unknown =
            pass.dropout.Uniform((args.node << 32) + row, col) < unknown_;
        drawn[row * codes.cols + col] =
            is_unknown ? static_cast<std::int32_t>(codes_[At(col)] - 1)
                       : codes(row, col);
      }
    }
  }

  std::vector<Index> codes_;
  std::vector<Index> widths_;
  double unknown_;
};

LayerPtr EmbeddingFrom(const EmbeddingOptions& options) {
  return MakeEmbedding(options.codes, options.widths, options.unknown);
}

std::vector<LayerSample> EmbeddingSamples() {
  return {{.name = "three columns",
           .layer = MakeEmbedding({4, 2, 9}, {2, 1, 5}),
           .input_cols = {3},
           .kind = InputKind::kCategorical,
           .codes = {4, 2, 9}},
          {.name = "tokens",
           .layer = MakeEmbedding({7}, {4}),
           .input_cols = {1},
           .kind = InputKind::kTokens,
           .codes = {7},
           .spaces = {{SpaceKind::kTokens, 1, 1, 0}}},
          {.name = "unknown tokens",
           .layer = MakeEmbedding({5}, {3}, 0.4),
           .input_cols = {1},
           .kind = InputKind::kTokens,
           .codes = {5},
           .spaces = {{SpaceKind::kTokens, 1, 1, 0}}}};
}

}  // namespace

LayerPtr MakeEmbedding(std::vector<Index> codes, std::vector<Index> widths,
                       double unknown) {
  Require(codes.size() == widths.size(), ErrorKind::kUsage,
          Str(widths.size(), " widths for ", codes.size(), " tables"));
  return std::make_shared<EmbeddingLayer>(std::move(codes), std::move(widths),
                                          unknown);
}

Index EmbeddingWidth(Index codes) {
  return std::clamp<Index>((codes + 1) / 2, 1, 50);
}

extern const LayerEntry kEmbeddingLayer;
const LayerEntry kEmbeddingLayer =
    MakeLayerEntry<EmbeddingFrom, EmbeddingOptions>(
        "embedding", "a learned row of numbers for each category",
        EmbeddingSamples);

}  // namespace mtlkit
