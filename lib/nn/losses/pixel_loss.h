// Losses of maps (HeadTraits::is_map) whose pixels are rows of another loss.
#pragma once

#include <algorithm>
#include <cassert>
#include <memory>
#include <utility>

#include "data/head.h"
#include "nn/losses/loss_tools.h"

namespace mtlkit {

// A pixel of a map as a task: binary or of several classes.
inline Task PixelTask(const Task& map) {
  Task pixel = map;
  pixel.map_height = 0;
  pixel.map_width = 0;
  pixel.type =
      map.classes.size() == 2 ? TaskType::kBinary : TaskType::kMulticlass;
  return pixel;
}

inline Index KnownPixels(const Real* target, Index pixels) {
  return std::count_if(target, target + pixels,
                       [](Real label) { return !IsMissing(label); });
}

// The mean over the known pixels of an image, so that each image counts as
// much as its weight, however much of it is void.
class PixelLoss : public Loss {
 public:
  PixelLoss(const Task& map, std::unique_ptr<Loss> pixel)
      : pixels_(map.target_cols()),
        each_(map.output_cols() / map.target_cols()),
        pixel_(std::move(pixel)) {}

  Index target_cols() const override { return pixels_; }

  void Evaluate(const LossArgs& args, std::span<Real> row_loss,
                MatView gradient) const override {
    assert(args.target.cols == pixels_);
    for (Index row = 0; row < args.output.rows; ++row) {
      const Real weight = args.weight[At(row)];
      const Index known =
          weight == 0 ? 0 : KnownPixels(args.target.Row(row), pixels_);
      if (known == 0) {
        SkipRow(row, row_loss, gradient);
        continue;
      }
      row_loss[At(row)] =
          Image(args, row, weight / static_cast<Real>(known), gradient);
    }
  }

 private:
  static constexpr Index kChunk = 128;

  // Sums of a chunk in single precision, of chunks in double.
  Real Image(const LossArgs& args, Index row, Real share,
             MatView gradient) const {
    double sum = 0;
    Real weight[kChunk];
    Real loss[kChunk];
    const Real* output = args.output.Row(row);
    const Real* target = args.target.Row(row);
    Real* slopes = gradient.empty() ? nullptr : gradient.Row(row);
    for (Index first = 0; first < pixels_; first += kChunk) {
      const Index count = std::min(kChunk, pixels_ - first);
      for (Index i = 0; i < count; ++i) {
        weight[i] = IsMissing(target[first + i]) ? Real{0} : share;
      }
      LossArgs chunk = {{output + first * each_, count, each_},
                        {target + first, count, 1},
                        {weight, At(count)}};
      chunk.kernels = args.kernels;
      const MatView into = slopes == nullptr
                               ? MatView{}
                               : MatView{slopes + first * each_, count, each_};
      pixel_->Evaluate(chunk, {loss, At(count)}, into);
      for (Index i = 0; i < count; ++i) sum += static_cast<double>(loss[i]);
    }
    return static_cast<Real>(sum);
  }

  Index pixels_;
  Index each_;  // outputs of a pixel
  std::unique_ptr<Loss> pixel_;
};

}  // namespace mtlkit
