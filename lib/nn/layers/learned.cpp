#include <algorithm>

#include "nn/layers/layer_options.h"
#include "nn/layers/layers.h"

namespace mtlkit {
namespace {

struct LearnedOptions {
  Index cols = 1;
  std::string init = "constant";
  double value = 0;
  void Describe(Fields& fields) {
    fields("cols", cols, "numbers in a row", AtLeast(1));
    fields("init", init, "how they begin", InitializerNames());
    fields("init-value", value, "number that this takes");
  }
};

class LearnedLayer : public Layer {
 public:
  LearnedLayer(Index cols, Initializer init) : cols_(cols), init_(init) {}

  std::string_view kind() const override { return "learned"; }
  LayerTraits traits() const override { return {.reads_input = false}; }
  Index OutputCols(std::span<const Index>) const override { return cols_; }
  void Describe(Fields& fields) const override {
    LearnedOptions{cols_, std::string(InitializerName(init_)), init_.value}
        .Describe(fields);
  }
  std::vector<ParamSpec> Params(std::span<const Index>) const override {
    return {{.name = "value",
             .cols = cols_,
             .init = init_,
             .fan_in = 1,
             .fan_out = cols_}};
  }

  void Forward(const Pass&, const ForwardArgs& args) const override {
    for (Index row = args.first; row < args.first + args.count; ++row) {
      std::copy_n(args.w[0].data, cols_, args.y.Row(row));
    }
  }
  void Backward(const Pass&, const BackwardArgs& args) const override {
    const Lanes& dx = args.dx[0];
    for (Index lane = 0; lane < dx.count && !dx.empty(); ++lane) {
      std::ranges::fill(dx.Lane(lane).Rows(args.first, args.count).flat(),
                        Real(0));
    }
  }
  void BackwardParams(const Pass& pass, const ParamArgs& args) const override {
    pass.kernels->column_sums(args.dy.Row(args.first), cols_, args.count, cols_,
                              args.dw.data);
  }

 private:
  Index cols_;
  Initializer init_;
};

LayerPtr LearnedFrom(const LearnedOptions& options) {
  return MakeLearned(options.cols,
                     ParseInitializer(options.init, options.value));
}

std::vector<LayerSample> LearnedSamples() {
  return {{"three numbers", MakeLearned(3, {InitKind::kNormal, 0.1}), {2}},
          {"one number", MakeLearned(1, {}), {4}}};
}

}  // namespace

LayerPtr MakeLearned(Index cols, Initializer init) {
  return std::make_shared<LearnedLayer>(cols, init);
}

extern const LayerEntry kLearnedLayer;
const LayerEntry kLearnedLayer = MakeLayerEntry<LearnedFrom, LearnedOptions>(
    "learned", "the same learned numbers in every row", LearnedSamples);

}  // namespace mtlkit
