// Hochreiter and Schmidhuber, "Long short-term memory", 1997; the forget gate
// of Gers, Schmidhuber and Cummins, "Learning to forget", 2000.
#include <algorithm>

#include "nn/layers/layer_options.h"
#include "nn/layers/layers.h"
#include "nn/recurrent.h"

namespace mtlkit {
namespace {

constexpr Index kGates = 4;
// Gates, cell and its tanh.
constexpr Index kKept = 6;

struct DescribedLstm : LstmOptions {
  void Describe(Fields& fields) {
    fields("both", both, "whether also from the last to the first");
    fields("forget-bias", forget_bias, "more for the forget gate");
  }
};

class LstmLayer : public RecurrentLayer {
 public:
  explicit LstmLayer(const LstmOptions& options)
      : RecurrentLayer(kGates, kKept, options.both), options_(options) {}

  std::string_view kind() const override { return "lstm"; }
  void Describe(Fields& fields) const override {
    DescribedLstm{options_}.Describe(fields);
  }

 private:
  static const Real* CellOf(const Real* kept, Index units) {
    return kept == nullptr ? nullptr : kept + kGates * units;
  }

  void Make(const Pass& pass, const Step& step, const Real* x,
            Real* y) const override {
    const Index units = step.units;
    pass.kernels->lstm_step(
        {.x = x,
         .recurrent = step.recurrent,
         .before = CellOf(step.kept_before, units),
         .forget_bias = static_cast<Real>(options_.forget_bias),
         .size = units,
         .gates = step.kept,
         .cell = step.kept + kGates * units,
         .squashed = step.kept + (kGates + 1) * units,
         .y = y});
  }

  void MakeGradient(const Pass& pass, const Step& step, const Real* dy,
                    Real* dy_before, Real* dstate, Real* dx,
                    Real* dz) const override {
    const Index units = step.units;
    pass.kernels->lstm_step_gradient(
        {.gates = step.kept,
         .squashed = step.kept + (kGates + 1) * units,
         .before = CellOf(step.kept_before, units),
         .dy = dy,
         .size = units,
         .dcell = dstate,
         .dz = dz});
    std::fill_n(dy_before, units, Real(0));
    if (dx != nullptr) std::copy_n(dz, kGates * units, dx);
  }

  LstmOptions options_;
};

LayerPtr LstmFrom(const DescribedLstm& options) {
  return MakeLstm(options);
}

std::vector<LayerSample> LstmSamples() {
  const Space tokens = {SpaceKind::kTokens, 1, 1, 0};
  return {{.name = "one way",
           .layer = MakeLstm(),
           .input_cols = {12},
           .spaces = {tokens}},
          {.name = "both ways",
           .layer = MakeLstm({.both = true}),
           .input_cols = {40},
           .spaces = {tokens}},
          {.name = "pixels",
           .layer = MakeLstm({.both = true, .forget_bias = 0}),
           .input_cols = {8},
           .spaces = {{SpaceKind::kGrid, 1, 7, -1}}}};
}

}  // namespace

LayerPtr MakeLstm(const LstmOptions& options) {
  return std::make_shared<LstmLayer>(options);
}

extern const LayerEntry kLstmLayer;
const LayerEntry kLstmLayer = MakeLayerEntry<LstmFrom, DescribedLstm>(
    "lstm", "long short-term memory through each sequence", LstmSamples);

}  // namespace mtlkit
