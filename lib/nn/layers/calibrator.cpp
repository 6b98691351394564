#include <algorithm>

#include "base/error.h"
#include "nn/layers/layer_options.h"
#include "nn/layers/layers.h"

namespace mtlkit {
namespace {

struct CalibratorOptions {
  double factor = 1;
  void Describe(Fields& fields) {
    fields("factor", factor, "of the penalty", AtLeast(0));
  }
};

class CalibratorLayer : public Layer {
 public:
  explicit CalibratorLayer(double factor) : factor_(factor) {}

  std::string_view kind() const override { return "calibrator"; }
  LayerTraits traits() const override {
    return {.reads_input = false, .has_penalty = true};
  }
  void Describe(Fields& fields) const override {
    CalibratorOptions{factor_}.Describe(fields);
  }
  Index OutputCols(std::span<const Index> cols) const override {
    Require(cols[0] == cols[1], ErrorKind::kUsage,
            Str("inputs of ", cols[0], " and ", cols[1], " columns"),
            "they must be equal");
    return cols[0];
  }
  // The probabilities of both.
  Index SavedSize(Index rows, std::span<const Index> cols) const override {
    return 2 * rows * cols[0];
  }

  void Forward(const Pass& pass, const ForwardArgs& args) const override {
    const Index size = args.count * args.y.cols;
    for (const Index i : {0, 1}) {
      pass.kernels->map(MathFunction::kSigmoid,
                        args.x[At(i)].values.Row(args.first),
                        Probabilities(args, i, args.first), size);
    }
    std::copy_n(args.x[0].values.Row(args.first), size, args.y.Row(args.first));
  }

  double Penalty(const Pass&, const LayerArgs& args) const override {
    const ConstMatView x = args.x[0].values;
    const Real* own = Probabilities(args, 0, 0);
    const Real* before = Probabilities(args, 1, 0);
    double sum = 0;
    for (Index i = 0; i < x.size(); ++i) {
      sum += std::max(
          0.0, static_cast<double>(own[i]) - static_cast<double>(before[i]));
    }
    return factor_ * sum / static_cast<double>(std::max<Index>(x.rows, 1));
  }

  void Backward(const Pass&, const BackwardArgs& args) const override {
    for (Index lane = 0; lane < args.dy.count; ++lane) {
      const double factor = args.penalty.empty() ? 0 : args.penalty[At(lane)];
      AddLane(args, lane, factor);
    }
  }

 private:
  static Real* Probabilities(const LayerArgs& args, Index input, Index row) {
    const ConstMatView x = args.x[0].values;
    return args.saved + (input * x.rows + row) * x.cols;
  }

  // y is the first input; only the penalty reaches the second.
  void AddLane(const BackwardArgs& args, Index lane, double factor) const {
    const Index size = args.count * args.dy.cols;
    const auto slope =
        static_cast<Real>(factor_ * factor / static_cast<double>(args.dy.rows));
    const Real* own = Probabilities(args, 0, args.first);
    const Real* before = Probabilities(args, 1, args.first);
    const Real* dy = args.dy.Lane(lane).Row(args.first);
    if (!args.dx[0].empty()) {
      Real* dx = args.dx[0].Lane(lane).Row(args.first);
      for (Index i = 0; i < size; ++i) {
        dx[i] = dy[i] +
                (own[i] > before[i] ? slope * own[i] * (1 - own[i]) : Real(0));
      }
    }
    if (!args.dx[1].empty()) {
      Real* dx = args.dx[1].Lane(lane).Row(args.first);
      for (Index i = 0; i < size; ++i) {
        dx[i] =
            own[i] > before[i] ? -slope * before[i] * (1 - before[i]) : Real(0);
      }
    }
  }

  double factor_;
};

LayerPtr CalibratorFrom(const CalibratorOptions& options) {
  return MakeCalibrator(options.factor);
}

std::vector<LayerSample> CalibratorSamples() {
  return {{"one column", MakeCalibrator(3), {1, 1}},
          {"two columns", MakeCalibrator(0.5), {2, 2}}};
}

}  // namespace

LayerPtr MakeCalibrator(double factor) {
  return std::make_shared<CalibratorLayer>(factor);
}

extern const LayerEntry kCalibratorLayer;
const LayerEntry kCalibratorLayer =
    MakeLayerEntry<CalibratorFrom, CalibratorOptions>(
        "calibrator",
        "its first input, with a penalty for a probability above that of the "
        "second",
        CalibratorSamples, 2, 2);

}  // namespace mtlkit
