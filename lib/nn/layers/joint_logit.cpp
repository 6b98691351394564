#include <algorithm>
#include <cmath>

#include "base/error.h"
#include "nn/layers/layer_options.h"
#include "nn/layers/layers.h"

namespace mtlkit {
namespace {

// With the odds of two events e^a and e^b those of both are 1 / (e^-a + e^-b +
// e^(-a-b)), so the logit is minus the log of a sum of three exponentials,
// which overflows nowhere.
class JointLogitLayer : public Layer {
 public:
  std::string_view kind() const override { return "joint-logit"; }
  LayerTraits traits() const override { return {.reads_input = false}; }
  Index OutputCols(std::span<const Index> cols) const override {
    Require(cols[0] == cols[1], ErrorKind::kUsage,
            Str("inputs of ", cols[0], " and ", cols[1], " columns"),
            "they must be equal");
    return cols[0];
  }
  // Of each element the shares of the three exponentials in their sum.
  Index SavedSize(Index rows, std::span<const Index> cols) const override {
    return 3 * rows * cols[0];
  }

  void Forward(const Pass& pass, const ForwardArgs& args) const override {
    const Index cols = args.y.cols;
    const Index size = args.count * cols;
    const Real* a = args.x[0].values.Row(args.first);
    const Real* b = args.x[1].values.Row(args.first);
    Real* shares = Shares(args);
    for (Index i = 0; i < size; ++i) {
      shares[3 * i] = -a[i];
      shares[3 * i + 1] = -b[i];
      shares[3 * i + 2] = -a[i] - b[i];
    }
    // y takes the largest, then the log of its share.
    Real* y = args.y.Row(args.first);
    pass.kernels->softmax(shares, 3, shares, 3, size, 3);
    for (Index i = 0; i < size; ++i) {
      y[i] = *std::max_element(shares + 3 * i, shares + 3 * i + 3);
    }
    pass.kernels->map(MathFunction::kLog, y, y, size);
    for (Index i = 0; i < size; ++i) {
      y[i] -= std::max({-a[i], -b[i], -a[i] - b[i]});
    }
  }
  void Backward(const Pass&, const BackwardArgs& args) const override {
    const Index size = args.count * args.dy.cols;
    const Real* shares = Shares(args);
    for (std::size_t i = 0; i < 2; ++i) {
      const Lanes& dx = args.dx[i];
      for (Index lane = 0; lane < dx.count && !dx.empty(); ++lane) {
        const Real* from = args.dy.Lane(lane).Row(args.first);
        Real* to = dx.Lane(lane).Row(args.first);
        for (Index at = 0; at < size; ++at) {
          const Real* share = shares + 3 * at;
          to[at] = from[at] * (share[i] + share[2]);
        }
      }
    }
  }

 private:
  static Real* Shares(const LayerArgs& args) {
    return args.saved + 3 * args.first * args.x[0].values.cols;
  }
};

std::vector<LayerSample> JointLogitSamples() {
  return {{"one column", MakeJointLogit(), {1, 1}},
          {"two columns", MakeJointLogit(), {2, 2}}};
}

}  // namespace

LayerPtr MakeJointLogit() {
  return std::make_shared<JointLogitLayer>();
}

extern const LayerEntry kJointLogitLayer;
const LayerEntry kJointLogitLayer = MakeLayerEntry<MakeJointLogit>(
    "joint-logit", "the logit of the product of two probabilities",
    JointLogitSamples, 2, 2);

}  // namespace mtlkit
