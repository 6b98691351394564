#pragma once

#include <algorithm>
#include <vector>

#include "nn/convolution.h"
#include "nn/layers/layers.h"

namespace mtlkit {

// What convolutions and their transposes have in common: a kernel of rows (ky,
// kx, channel of the large grid) by units of the small one, and a bias.
class ConvBase : public Layer {
 public:
  LayerTraits traits() const override { return {.by_group = true}; }

  Index ScratchSize(std::span<const Index> cols, Index) const override {
    return ConvolutionOf(cols[0]).ScratchSize();
  }
  void BackwardParams(const Pass& pass, const ParamArgs& args) const override;

  // kUsage for options that no input could fit.
  static void CheckOptions(const ConvOptions& options);

 protected:
  static constexpr Index kKernelParam = 0;
  static constexpr Index kBiasParam = 1;

  ConvBase(bool bias, bool reads_large)
      : has_bias_(bias), reads_large_(reads_large) {}

  static void CheckGroups(Index channels, const ConvOptions& options);

  // Of an input of so many columns.
  virtual Convolution ConvolutionOf(Index cols) const = 0;
  bool has_bias() const { return has_bias_; }
  const Real* BiasOf(const LayerArgs& args) const {
    return has_bias_ ? args.w[At(kBiasParam)].data : nullptr;
  }
  std::vector<ParamSpec> Specs(const Convolution& convolution) const;

 private:
  bool has_bias_;
  bool reads_large_;  // and makes the small grid, or the other way round
};

}  // namespace mtlkit
