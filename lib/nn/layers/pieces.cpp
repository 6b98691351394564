#include <algorithm>
#include <limits>

#include "nn/layers/chosen_columns.h"
#include "nn/layers/layer_options.h"
#include "nn/layers/layers.h"
#include "prep/piece_edges.h"

namespace mtlkit {
namespace {

struct DescribedPieces : PiecesOptions {
  void Describe(Fields& fields) {
    fields("count", count, "pieces of the range of each column",
           Between(1, 1 << 20));
    fields("beside", beside, "whether the numbers themselves are there, too");
    fields("columns", columns, "that have pieces; all where none is named");
  }
};

class PiecesLayer : public Layer {
 public:
  explicit PiecesLayer(const PiecesOptions& options)
      : options_(options), chosen_{options.columns} {}

  std::string_view kind() const override { return "pieces"; }
  LayerTraits traits() const override { return {.fits_buffers = true}; }
  void Describe(Fields& fields) const override {
    DescribedPieces{options_}.Describe(fields);
  }
  Index OutputCols(std::span<const Index> cols) const override {
    return chosen_.Count(cols[0]) * options_.count +
           (options_.beside ? cols[0] : 0);
  }
  std::vector<ParamSpec> Buffers(std::span<const Index> cols) const override {
    return {{.name = "edges",
             .rows = chosen_.Count(cols[0]),
             .cols = options_.count + 1}};
  }
  // One over the width of each piece, and the chosen numbers of a row.
  Index ScratchSize(std::span<const Index> cols, Index) const override {
    return chosen_.Count(cols[0]) * (options_.count + 1);
  }

  void FitBuffers(ConstMatView values, Index first,
                  std::span<const MatView> buffers) const override {
    std::vector<double> column;
    for (Index col = 0; col < values.cols; ++col) {
      const Index place = chosen_.Find(first + col);
      if (place < 0) continue;
      column.clear();
      for (Index row = 0; row < values.rows; ++row) {
        column.push_back(static_cast<double>(values(row, col)));
      }
      const std::vector<double> edges = EdgesOf(PieceLevelsOf(column));
      assert(std::ssize(edges) <= options_.count + 1);
      Real* own = buffers[0].Row(place);
      std::fill_n(own, options_.count + 1, static_cast<Real>(edges.back()));
      std::ranges::transform(
          edges, own, [](double edge) { return static_cast<Real>(edge); });
    }
  }

  void Forward(const Pass& pass, const ForwardArgs& args) const override {
    const ConstMatView x = args.x[0].values;
    FillInverseWidths(args.buffers[0], args.scratch);
    const Index beside = options_.beside ? x.cols : 0;
    for (Index row = args.first; row < args.first + args.count; ++row) {
      std::copy_n(x.Row(row), beside, args.y.Row(row));
    }
    const Index cols = args.buffers[0].rows;
    PiecesArgs pieces = {.x = x.Row(args.first),
                         .x_stride = x.cols,
                         .rows = args.count,
                         .cols = cols,
                         .count = options_.count,
                         .edges = args.buffers[0].data,
                         .scale = args.scratch,
                         .y = args.y.Row(args.first) + beside,
                         .y_stride = args.y.cols};
    if (chosen_.are_all()) return pass.kernels->pieces(pieces);
    pieces.rows = 1;
    for (Index row = args.first; row < args.first + args.count; ++row) {
      pieces.x = chosen_.Take(x.Row(row), args.scratch + cols * options_.count);
      pieces.y = args.y.Row(row) + beside;
      pass.kernels->pieces(pieces);
    }
  }

  void Backward(const Pass&, const BackwardArgs& args) const override {
    if (args.dx[0].empty()) return;
    const ConstMatView x = args.x[0].values;
    const ConstMatView edges = args.buffers[0];
    FillInverseWidths(edges, args.scratch);
    for (Index lane = 0; lane < args.dy.count; ++lane) {
      for (Index row = args.first; row < args.first + args.count; ++row) {
        const Real* dy = args.dy.Lane(lane).Row(row);
        Real* dx = args.dx[0].Lane(lane).Row(row);
        const Real* pieces = options_.beside ? dy + x.cols : dy;
        for (Index col = 0; col < x.cols; ++col) {
          dx[col] = options_.beside ? dy[col] : Real(0);
        }
        for (Index i = 0; i < edges.rows; ++i) {
          const Index at = i * options_.count;
          dx[chosen_[i]] += SlopeAt(x(row, chosen_[i]), edges.Row(i),
                                    args.scratch + at, pieces + at);
        }
      }
    }
  }

 private:
  std::vector<double> EdgesOf(const std::vector<PieceLevel>& levels) const {
    if (levels.empty()) return {0};
    return PieceEdges(levels, options_.count);
  }

  // 0 of pieces without a width.
  void FillInverseWidths(ConstMatView edges, Real* inverse) const {
    for (Index col = 0; col < edges.rows; ++col) {
      const Real* own = edges.Row(col);
      for (Index k = 0; k < options_.count; ++k) {
        const Real width = own[k + 1] - own[k];
        *inverse++ =
            width >= std::numeric_limits<Real>::min() ? 1 / width : Real(0);
      }
    }
  }

  // The pieces of a column by their gradients, summed: one of them, or none.
  Real SlopeAt(Real x, const Real* edges, const Real* inverse,
               const Real* dy) const {
    Real sum = 0;
    for (Index k = 0; k < options_.count; ++k) {
      const Real part = (x - edges[k]) * inverse[k];
      if (part > 0 && part < 1) sum += inverse[k] * dy[k];
    }
    return sum;
  }

  PiecesOptions options_;
  ChosenColumns chosen_;
};

LayerPtr PiecesFrom(const DescribedPieces& options) {
  return MakePieces(options);
}

std::vector<LayerSample> PiecesSamples() {
  return {
      {"beside three numbers", MakePieces({.count = 4}), {3}},
      {"alone", MakePieces({.count = 7, .beside = false}), {2}},
      {"one of each", MakePieces({.count = 1}), {2}},
      {"of some columns", MakePieces({.count = 3, .columns = {1, 2, 4}}), {5}},
      {"of one column alone",
       MakePieces({.count = 3, .beside = false, .columns = {1}}),
       {3}}};
}

}  // namespace

LayerPtr MakePieces(const PiecesOptions& options) {
  Require(options.count > 0, ErrorKind::kUsage,
          Str(options.count, " pieces of a number"));
  return std::make_shared<PiecesLayer>(options);
}

extern const LayerEntry kPiecesLayer;
const LayerEntry kPiecesLayer = MakeLayerEntry<PiecesFrom, DescribedPieces>(
    "pieces",
    "how far numbers are through pieces of their range (Gorishniy et al. 2022)",
    PiecesSamples);

}  // namespace mtlkit
