#include <algorithm>
#include <numeric>

#include "base/error.h"
#include "nn/layers/layer_options.h"
#include "nn/layers/layers.h"

namespace mtlkit {
namespace {

// Copies count rows of `cols` numbers between matrices of other widths.
void CopyColumns(const Real* from, Index from_stride, Index rows, Index cols,
                 Real* to, Index to_stride) {
  for (Index row = 0; row < rows; ++row) {
    std::copy_n(from + row * from_stride, cols, to + row * to_stride);
  }
}

class ConcatLayer : public Layer {
 public:
  std::string_view kind() const override { return "concat"; }
  LayerTraits traits() const override { return {.reads_input = false}; }
  Index OutputCols(std::span<const Index> cols) const override {
    return std::accumulate(cols.begin(), cols.end(), Index{0});
  }

  void Forward(const Pass&, const ForwardArgs& args) const override {
    Real* y = args.y.Row(args.first);
    for (const Operand& operand : args.x) {
      const ConstMatView x = operand.values;
      CopyColumns(x.Row(args.first), x.cols, args.count, x.cols, y,
                  args.y.cols);
      y += x.cols;
    }
  }

  void Backward(const Pass&, const BackwardArgs& args) const override {
    Index offset = 0;
    for (std::size_t i = 0; i < args.dx.size(); ++i) {
      const Lanes& dx = args.dx[i];
      for (Index lane = 0; lane < dx.count && !dx.empty(); ++lane) {
        CopyColumns(args.dy.Lane(lane).Row(args.first) + offset, args.dy.cols,
                    args.count, dx.cols, dx.Lane(lane).Row(args.first),
                    dx.cols);
      }
      offset += args.x[i].values.cols;
    }
  }
};

struct ColumnsOptions {
  Index first = 0;
  Index count = 1;
  void Describe(Fields& fields) {
    fields("first", first, "of the columns", AtLeast(0));
    fields("count", count, "of them", AtLeast(1));
  }
};

class ColumnsLayer : public Layer {
 public:
  ColumnsLayer(Index first, Index count) : first_(first), count_(count) {}

  std::string_view kind() const override { return "columns"; }
  LayerTraits traits() const override { return {.reads_input = false}; }
  Index OutputCols(std::span<const Index> cols) const override {
    Require(first_ >= 0 && count_ > 0 && count_ <= cols[0] &&
                first_ <= cols[0] - count_,
            ErrorKind::kUsage,
            Str("takes ", count_, " columns from ", first_, " of ", cols[0]));
    return count_;
  }
  void Describe(Fields& fields) const override {
    ColumnsOptions{first_, count_}.Describe(fields);
  }

  void Forward(const Pass&, const ForwardArgs& args) const override {
    const ConstMatView x = args.x[0].values;
    CopyColumns(x.Row(args.first) + first_, x.cols, args.count, count_,
                args.y.Row(args.first), count_);
  }

  void Backward(const Pass&, const BackwardArgs& args) const override {
    const Lanes& dx = args.dx[0];
    for (Index lane = 0; lane < dx.count && !dx.empty(); ++lane) {
      const MatView rows = dx.Lane(lane).Rows(args.first, args.count);
      std::ranges::fill(rows.flat(), Real(0));
      CopyColumns(args.dy.Lane(lane).Row(args.first), count_, args.count,
                  count_, rows.data + first_, rows.cols);
    }
  }

 private:
  Index first_;
  Index count_;
};

LayerPtr ConcatFrom(const ColumnsOptions& options) {
  return MakeColumns(options.first, options.count);
}

std::vector<LayerSample> ConcatSamples() {
  return {{"three inputs", MakeConcat(), {2, 1, 4}},
          {"one input", MakeConcat(), {3}}};
}

std::vector<LayerSample> ColumnsSamples() {
  return {{"inner", MakeColumns(1, 3), {5}}, {"all", MakeColumns(0, 2), {2}}};
}

}  // namespace

LayerPtr MakeConcat() {
  return std::make_shared<ConcatLayer>();
}

LayerPtr MakeColumns(Index first, Index count) {
  return std::make_shared<ColumnsLayer>(first, count);
}

extern const LayerEntry kConcatLayer;
const LayerEntry kConcatLayer = MakeLayerEntry<MakeConcat>(
    "concat", "its inputs side by side", ConcatSamples, 1, 0);

extern const LayerEntry kColumnsLayer;
const LayerEntry kColumnsLayer = MakeLayerEntry<ConcatFrom, ColumnsOptions>(
    "columns", "some columns of its input", ColumnsSamples);

}  // namespace mtlkit
