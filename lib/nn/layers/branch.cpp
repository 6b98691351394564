#include <algorithm>
#include <cmath>

#include "base/error.h"
#include "nn/layers/layer_options.h"
#include "nn/layers/layers.h"

namespace mtlkit {
namespace {

class BranchLayer : public Layer {
 public:
  explicit BranchLayer(const BranchOptions& options) : options_(options) {}

  std::string_view kind() const override { return "branch"; }
  LayerTraits traits() const override { return {.random = true}; }
  void Describe(Fields& fields) const override {
    BranchOptions(options_).Describe(fields);
  }
  Index OutputCols(std::span<const Index> cols) const override {
    for (const Index other : cols) {
      Require(other == cols[0], ErrorKind::kUsage,
              Str("inputs of ", cols[0], " and ", other, " columns"),
              "they must be equal");
    }
    return cols[0];
  }
  std::vector<ParamSpec> Params(std::span<const Index> cols) const override {
    return {{.name = "logits",
             .cols = std::ssize(cols),
             .init = {InitKind::kConstant, 0},
             .fan_in = 1,
             .fan_out = std::ssize(cols)}};
  }
  // The relaxed choice, and what each input is multiplied by.
  Index ScratchSize(std::span<const Index> cols, Index) const override {
    return 2 * std::ssize(cols);
  }

  void Forward(const Pass& pass, const ForwardArgs& args) const override {
    const Draw drawn = Choose(pass, args);
    const MatView y = args.y.Rows(args.first, args.count);
    std::ranges::fill(y.flat(), Real(0));
    for (std::size_t e = 0; e < args.x.size(); ++e) {
      if (drawn.factors[e] == 0) continue;
      pass.kernels->axpy(drawn.factors[e], args.x[e].values.Row(args.first),
                         y.data, y.size());
    }
  }
  void Backward(const Pass& pass, const BackwardArgs& args) const override {
    const Draw drawn = Choose(pass, args);
    for (std::size_t e = 0; e < args.x.size(); ++e) {
      const Lanes& dx = args.dx[e];
      for (Index lane = 0; lane < dx.count && !dx.empty(); ++lane) {
        pass.kernels->scale(
            drawn.factors[e], args.dy.Lane(lane).Row(args.first),
            dx.Lane(lane).Row(args.first), args.count * dx.cols);
      }
    }
  }
  // As if the relaxed choice had been taken: of its share e the gradient is
  // <dy, x_e>, whatever was drawn.
  void BackwardParams(const Pass& pass, const ParamArgs& args) const override {
    Real* dw = args.dw.data;
    std::fill_n(dw, args.x.size(), Real(0));
    if (!Learns(pass)) return;
    const Draw drawn = Choose(pass, args);
    double mean = 0;
    for (std::size_t e = 0; e < args.x.size(); ++e) {
      const double slope = pass.kernels->dot(args.dy.Row(args.first),
                                             args.x[e].values.Row(args.first),
                                             args.count * args.dy.cols);
      dw[e] = static_cast<Real>(slope);
      mean += static_cast<double>(drawn.shares[e]) * slope;
    }
    const double scale = 1 / Temperature(pass);
    for (std::size_t e = 0; e < args.x.size(); ++e) {
      dw[e] = static_cast<Real>(scale * static_cast<double>(drawn.shares[e]) *
                                (static_cast<double>(dw[e]) - mean));
    }
  }

 private:
  struct Draw {
    const Real* shares;   // softmax of (logits + noise) / temperature
    const Real* factors;  // what the inputs are multiplied by
  };

  bool Learns(const Pass& pass) const {
    return pass.mode == Mode::kTraining && pass.progress >= options_.warm_up;
  }
  double Temperature(const Pass& pass) const {
    return options_.start *
           std::pow(options_.end / options_.start, pass.progress);
  }

  // One draw for a step, made again wherever it is needed.
  Draw Choose(const Pass& pass, const LayerArgs& args) const {
    const auto count = args.x.size();
    Real* shares = args.scratch;
    Real* factors = args.scratch + count;
    const bool draws = pass.mode == Mode::kTraining;
    for (std::size_t e = 0; e < count; ++e) {
      shares[e] = args.w[0].data[e];
      if (!draws) continue;
      // Gumbel's distribution; the upper half of a row tells layers apart.
      const double u =
          pass.dropout.Uniform(args.node << 32, static_cast<Index>(e));
      shares[e] -= static_cast<Real>(std::log(-std::log(std::max(u, 1e-300))));
    }
    const auto best = static_cast<std::size_t>(
        std::max_element(shares, shares + count) - shares);
    if (draws) {
      const auto scale = static_cast<Real>(1 / Temperature(pass));
      for (std::size_t e = 0; e < count; ++e) shares[e] *= scale;
      const auto cols = static_cast<Index>(count);
      pass.kernels->softmax(shares, cols, shares, cols, 1, cols);
    }
    const bool takes_one = !draws || options_.draw == "one";
    for (std::size_t e = 0; e < count; ++e) {
      factors[e] = takes_one ? Real(e == best ? 1 : 0) : shares[e];
    }
    return {shares, factors};
  }

  BranchOptions options_;
};

LayerPtr BranchFrom(const BranchOptions& options) {
  return MakeBranch(options);
}

// Of single draws the gradient is another one's on purpose (BackwardParams).
std::vector<LayerSample> BranchSamples() {
  return {
      {"a mix of three", MakeBranch({.draw = "mix", .warm_up = 0}), {4, 4, 4}}};
}

}  // namespace

void BranchOptions::Describe(Fields& fields) {
  fields("draw", draw, "what training takes: one input, or a mix of them",
         {"one", "mix"});
  fields("start", start, "temperature at the beginning of training",
         MoreThan(0));
  fields("end", end, "temperature at its end", MoreThan(0));
  fields("warm-up", warm_up,
         "share of training in which all inputs stay equally probable",
         BelowFrom(0, 1));
}

LayerPtr MakeBranch(const BranchOptions& options) {
  return std::make_shared<BranchLayer>(options);
}

extern const LayerEntry kBranchLayer;
const LayerEntry kBranchLayer = MakeLayerEntry<BranchFrom, BranchOptions>(
    "branch", "one of its inputs, which it learns to choose", BranchSamples, 1,
    0);

}  // namespace mtlkit
