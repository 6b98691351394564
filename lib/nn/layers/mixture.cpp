#include <utility>

#include "base/error.h"
#include "nn/layers/layers.h"

namespace mtlkit {
namespace {

class MixtureLayer : public Layer {
 public:
  std::string_view kind() const override { return "mixture"; }
  LayerTraits traits() const override { return {}; }

  Index OutputCols(std::span<const Index> cols) const override {
    Require(std::ssize(cols) == cols[0] + 1, ErrorKind::kUsage,
            Str("a gate over ", cols[0], " experts, but there are ",
                cols.size() - 1));
    for (const Index other : cols.subspan(1)) {
      Require(other == cols[1], ErrorKind::kUsage,
              Str("experts of ", cols[1], " and ", other, " columns"));
    }
    return cols[1];
  }

  // The gates: softmax of the logits.
  Index SavedSize(Index rows, std::span<const Index> cols) const override {
    return rows * cols[0];
  }

  void Forward(const Pass& pass, const ForwardArgs& args) const override {
    const Kernels& kernels = *pass.kernels;
    const ConstMatView logits = args.x[0].values;
    kernels.softmax(logits.Row(args.first), logits.cols,
                    Gates(args, args.first), logits.cols, args.count,
                    logits.cols);
    for (Index row = args.first; row < args.first + args.count; ++row) {
      const Real* gate = Gates(args, row);
      Real* y = args.y.Row(row);
      kernels.scale(gate[0], Expert(args, 0).Row(row), y, args.y.cols);
      for (Index e = 1; e < logits.cols; ++e) {
        kernels.axpy(gate[e], Expert(args, e).Row(row), y, args.y.cols);
      }
    }
  }

  void Backward(const Pass& pass, const BackwardArgs& args) const override {
    for (Index lane = 0; lane < args.dy.count; ++lane) {
      ExpertGradients(pass, args, lane);
      if (!args.dx[0].empty()) GateGradient(pass, args, lane);
    }
  }

 private:
  static Real* Gates(const LayerArgs& args, Index row) {
    return args.saved + row * args.x[0].values.cols;
  }
  static ConstMatView Expert(const LayerArgs& args, Index expert) {
    return args.x[static_cast<std::size_t>(expert + 1)].values;
  }

  static void ExpertGradients(const Pass& pass, const BackwardArgs& args,
                              Index lane) {
    const MatView dy = args.dy.Lane(lane);
    for (std::size_t e = 1; e < args.dx.size(); ++e) {
      if (args.dx[e].empty()) continue;
      const MatView dx = args.dx[e].Lane(lane);
      for (Index row = args.first; row < args.first + args.count; ++row) {
        pass.kernels->scale(Gates(args, row)[e - 1], dy.Row(row), dx.Row(row),
                            dy.cols);
      }
    }
  }

  // Through the softmax: of expert e's gate, the gradient is <dy, expert e>.
  static void GateGradient(const Pass& pass, const BackwardArgs& args,
                           Index lane) {
    const Kernels& kernels = *pass.kernels;
    const MatView dy = args.dy.Lane(lane);
    const MatView dx = args.dx[0].Lane(lane);
    for (Index row = args.first; row < args.first + args.count; ++row) {
      for (Index e = 0; e < dx.cols; ++e) {
        dx(row, e) = static_cast<Real>(
            kernels.dot(dy.Row(row), Expert(args, e).Row(row), dy.cols));
      }
    }
    kernels.softmax_gradient(Gates(args, args.first), dx.cols,
                             dx.Row(args.first), dx.cols, dx.Row(args.first),
                             dx.cols, args.count, dx.cols);
  }
};

std::vector<LayerSample> Samples() {
  return {{"three experts", MakeMixture(), {3, 5, 5, 5}},
          {"one expert", MakeMixture(), {1, 4}}};
}

}  // namespace

LayerPtr MakeMixture() {
  return std::make_shared<MixtureLayer>();
}

extern const LayerEntry kMixtureLayer;
const LayerEntry kMixtureLayer = {
    "mixture", "experts weighted by the softmax of a gate", Samples};

}  // namespace mtlkit
