// Cho et al., "Learning phrase representations using RNN encoder-decoder for
// statistical machine translation", 2014, with the reset gate behind the
// product, as in cuDNN and PyTorch.
#include "nn/layers/layer_options.h"
#include "nn/layers/layers.h"
#include "nn/recurrent.h"

namespace mtlkit {
namespace {

constexpr Index kGates = 3;
constexpr Index kKept = 4;  // r, u, n and what r weighs
constexpr Index kBias = 1;

struct GruOptions {
  bool both = false;
  void Describe(Fields& fields) {
    fields("both", both, "whether also from the last to the first");
  }
};

class GruLayer : public RecurrentLayer {
 public:
  explicit GruLayer(bool both) : RecurrentLayer(kGates, kKept, both, "bias") {}

  std::string_view kind() const override { return "gru"; }
  void Describe(Fields& fields) const override {
    GruOptions{both()}.Describe(fields);
  }

 private:
  void Make(const Pass& pass, const Step& step, const Real* x,
            Real* y) const override {
    pass.kernels->gru_step({.x = x,
                            .recurrent = step.recurrent,
                            .bias = step.w[kBias].data,
                            .before = step.y_before,
                            .size = step.units,
                            .gates = step.kept,
                            .y = y});
  }

  void MakeGradient(const Pass& pass, const Step& step, const Real* dy,
                    Real* dy_before, Real* /*dstate*/, Real* dx,
                    Real* dz) const override {
    pass.kernels->gru_step_gradient({.gates = step.kept,
                                     .before = step.y_before,
                                     .dy = dy,
                                     .size = step.units,
                                     .dbefore = dy_before,
                                     .dx = dx,
                                     .dz = dz});
  }

  void AddVectorGradient(const Pass& pass, const Real* dz, Index units,
                         Real* dw) const override {
    pass.kernels->add(dw, dz + 2 * units, dw, units);
  }
};

LayerPtr GruFrom(const GruOptions& options) {
  return MakeGru(options.both);
}

std::vector<LayerSample> GruSamples() {
  const Space tokens = {SpaceKind::kTokens, 1, 1, 0};
  return {{.name = "one way",
           .layer = MakeGru(),
           .input_cols = {15},
           .spaces = {tokens}},
          {.name = "both ways",
           .layer = MakeGru(true),
           .input_cols = {24},
           .spaces = {tokens}}};
}

}  // namespace

LayerPtr MakeGru(bool both) {
  return std::make_shared<GruLayer>(both);
}

extern const LayerEntry kGruLayer;
const LayerEntry kGruLayer = MakeLayerEntry<GruFrom, GruOptions>(
    "gru", "gated recurrent units through each sequence", GruSamples);

}  // namespace mtlkit
