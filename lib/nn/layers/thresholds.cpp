#include <algorithm>
#include <cmath>

#include "nn/layers/layer_options.h"
#include "nn/layers/layers.h"

namespace mtlkit {
namespace {

struct ThresholdsOptions {
  Index count = 1;
  bool ordered = false;
  void Describe(Fields& fields) {
    fields("count", count, "thresholds", AtLeast(1));
    fields("ordered", ordered, "whether each is above the one before");
  }
};

double SoftplusOfGap(double z) {
  return std::max(z, 0.0) + std::log1p(std::exp(-std::abs(z)));
}

class ThresholdsLayer : public Layer {
 public:
  ThresholdsLayer(Index count, bool ordered)
      : count_(count), ordered_(ordered) {}

  std::string_view kind() const override { return "thresholds"; }
  LayerTraits traits() const override { return {.reads_input = false}; }
  void Describe(Fields& fields) const override {
    ThresholdsOptions{count_, ordered_}.Describe(fields);
  }
  Index OutputCols(std::span<const Index> cols) const override {
    Require(cols[0] == 1, ErrorKind::kUsage,
            Str("thresholds of ", cols[0], " scores; there is to be one"));
    return count_;
  }
  std::vector<ParamSpec> Params(std::span<const Index>) const override {
    return {{.name = "value", .cols = count_, .fan_in = 1, .fan_out = count_}};
  }
  // The thresholds themselves.
  Index PreparedSize(std::span<const Index>, bool) const override {
    return count_;
  }
  void Prepare(const Pass&, std::span<const ConstMatView> w, bool,
               Real* prepared) const override {
    double at = FirstThreshold(count_);
    for (Index k = 0; k < count_; ++k) {
      const auto value = static_cast<double>(w[0].data[k]);
      if (ordered_) {
        at += k == 0 ? value : SoftplusOfGap(value);
        prepared[k] = static_cast<Real>(at);
      } else {
        prepared[k] = static_cast<Real>(at + value);
        at += kThresholdGap;
      }
    }
  }

  void Forward(const Pass&, const ForwardArgs& args) const override {
    for (Index row = args.first; row < args.first + args.count; ++row) {
      const Real score = args.x[0].values(row, 0);
      Real* y = args.y.Row(row);
      for (Index k = 0; k < count_; ++k) y[k] = score - args.prepared[k];
    }
  }
  void Backward(const Pass&, const BackwardArgs& args) const override {
    const Lanes& dx = args.dx[0];
    for (Index lane = 0; lane < dx.count && !dx.empty(); ++lane) {
      const MatView into = dx.Lane(lane);
      for (Index row = args.first; row < args.first + args.count; ++row) {
        const Real* dy = args.dy.Lane(lane).Row(row);
        Real sum = 0;
        for (Index k = 0; k < count_; ++k) sum += dy[k];
        into(row, 0) = sum;
      }
    }
  }
  // By threshold k it is minus the sum of column k; of ordered ones a value
  // moves all thresholds from its own on.
  void BackwardParams(const Pass&, const ParamArgs& args) const override {
    const Real* value = args.w[0].data;
    double behind = 0;
    for (Index k = count_; k-- > 0;) {
      double sum = 0;
      for (Index row = args.first; row < args.first + args.count; ++row) {
        sum -= static_cast<double>(args.dy(row, k));
      }
      behind = ordered_ ? behind + sum : sum;
      const auto z = static_cast<double>(value[k]);
      const double slope = ordered_ && k > 0 ? std::exp(-SoftplusOfGap(-z)) : 1;
      args.dw.data[k] = static_cast<Real>(slope * behind);
    }
  }

 private:
  Index count_;
  bool ordered_;
};

LayerPtr ThresholdsFrom(const ThresholdsOptions& options) {
  return MakeThresholds(options.count, options.ordered);
}

std::vector<LayerSample> ThresholdsSamples() {
  return {{"free", MakeThresholds(3, false), {1}},
          {"ordered", MakeThresholds(4, true), {1}},
          {.name = "of members",
           .layer = MakeThresholds(2, true),
           .input_cols = {1},
           .spaces = {{SpaceKind::kMembers, 1, 3, -1}}}};
}

}  // namespace

double FirstThreshold(Index count) {
  return -kThresholdGap * static_cast<double>(count - 1) / 2;
}

LayerPtr MakeThresholds(Index count, bool ordered) {
  return std::make_shared<ThresholdsLayer>(count, ordered);
}

extern const LayerEntry kThresholdsLayer;
const LayerEntry kThresholdsLayer =
    MakeLayerEntry<ThresholdsFrom, ThresholdsOptions>(
        "thresholds", "a score less each of several learned thresholds",
        ThresholdsSamples);

}  // namespace mtlkit
