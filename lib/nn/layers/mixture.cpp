#include <utility>

#include "base/error.h"
#include "nn/layers/gate_shares.h"
#include "nn/layers/layer_options.h"
#include "nn/layers/layers.h"

namespace mtlkit {
namespace {

struct MixtureOptions {
  double balance = 0;
  void Describe(Fields& fields) {
    fields("balance", balance, "factor of the penalty for uneven use",
           AtLeast(0));
  }
};

class MixtureLayer : public Layer {
 public:
  explicit MixtureLayer(double balance) : balance_(balance) {}

  std::string_view kind() const override { return "mixture"; }
  LayerTraits traits() const override {
    return {.has_penalty = balance_ > 0, .has_gates = true};
  }

  void Describe(Fields& fields) const override {
    MixtureOptions{balance_}.Describe(fields);
  }
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

  // How much each expert is used, then the gates: softmax of the logits.
  Index SavedSize(Index rows, std::span<const Index> cols) const override {
    return (rows + 1) * cols[0];
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

  // balance E / R^2 sum over e of I_e^2, less balance, with I_e the sum of
  // expert e's gate over the R rows: the squared coefficient of variation.
  double Penalty(const Pass& pass, const LayerArgs& args) const override {
    const ConstMatView logits = args.x[0].values;
    pass.kernels->column_sums(Gates(args, 0), logits.cols, logits.rows,
                              logits.cols, args.saved);
    const double squares =
        pass.kernels->dot(args.saved, args.saved, logits.cols);
    const double rows = static_cast<double>(logits.rows);
    return balance_ *
           (static_cast<double>(logits.cols) * squares / (rows * rows) - 1);
  }

  ConstMatView Gates(const LayerArgs& args) const override {
    const ConstMatView logits = args.x[0].values;
    return {Gates(args, 0), logits.rows, logits.cols};
  }
  Index GateCount(std::span<const Index> cols) const override {
    return cols[0];
  }
  void GateShares(const LayerArgs& args,
                  std::span<double> shares) const override {
    const Index rows = args.x[0].values.rows;
    MeanOfRows(Gates(args, 0), rows, shares);
  }

  void Backward(const Pass& pass, const BackwardArgs& args) const override {
    for (Index lane = 0; lane < args.dy.count; ++lane) {
      ExpertGradients(pass, args, lane);
      if (!args.dx[0].empty()) GateGradient(pass, args, lane);
    }
  }

 private:
  static Real* Gates(const LayerArgs& args, Index row) {
    return args.saved + (row + 1) * args.x[0].values.cols;
  }
  static ConstMatView Expert(const LayerArgs& args, Index expert) {
    return args.x[At(expert + 1)].values;
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
  void GateGradient(const Pass& pass, const BackwardArgs& args,
                    Index lane) const {
    const Kernels& kernels = *pass.kernels;
    const MatView dy = args.dy.Lane(lane);
    const MatView dx = args.dx[0].Lane(lane);
    for (Index row = args.first; row < args.first + args.count; ++row) {
      for (Index e = 0; e < dx.cols; ++e) {
        dx(row, e) = static_cast<Real>(
            kernels.dot(dy.Row(row), Expert(args, e).Row(row), dy.cols));
      }
    }
    if (!args.penalty.empty() && balance_ > 0) {
      AddBalance(kernels, args, args.penalty[At(lane)], dx);
    }
    kernels.softmax_gradient(Gates(args, args.first), dx.cols,
                             dx.Row(args.first), dx.cols, dx.Row(args.first),
                             dx.cols, args.count, dx.cols);
  }

  // The penalty's gradient with respect to a gate of expert e is 2 balance E /
  // R^2 I_e, whatever the row.
  void AddBalance(const Kernels& kernels, const BackwardArgs& args,
                  double factor, MatView dx) const {
    const double rows = static_cast<double>(dx.rows);
    const auto scale = static_cast<Real>(
        factor * 2 * balance_ * static_cast<double>(dx.cols) / (rows * rows));
    for (Index row = args.first; row < args.first + args.count; ++row) {
      kernels.axpy(scale, args.saved, dx.Row(row), dx.cols);
    }
  }

  double balance_;
};

LayerPtr MixtureFrom(const MixtureOptions& options) {
  return MakeMixture(options.balance);
}

std::vector<LayerSample> MixtureSamples() {
  return {{"three experts", MakeMixture(), {3, 5, 5, 5}},
          {"one expert", MakeMixture(), {1, 4}},
          {"balanced", MakeMixture(3), {3, 2, 2, 2}}};
}

}  // namespace

LayerPtr MakeMixture(double balance) {
  return std::make_shared<MixtureLayer>(balance);
}

extern const LayerEntry kMixtureLayer;
const LayerEntry kMixtureLayer = MakeLayerEntry<MixtureFrom, MixtureOptions>(
    "mixture", "experts weighted by the softmax of a gate", MixtureSamples, 2,
    0);

}  // namespace mtlkit
