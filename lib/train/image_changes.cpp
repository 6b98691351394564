#include "train/image_changes.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numbers>

#include "base/choice.h"
#include "base/error.h"
#include "base/text.h"

namespace mtlkit {
namespace {

// What is drawn for an image, each at a place of its own.
enum Draw : Index {
  kDrawMirror,
  kDrawFlip,
  kDrawAngle,
  kDrawScale,
  kDrawShiftY,
  kDrawShiftX,
  kDrawCropY,
  kDrawCropX,
  kDrawGain,
  kDrawOffset,
  kDrawCutY,
  kDrawCutX,
  kDraws,
};

}  // namespace

struct ImageChanger::Draws {
  const Rng& rng;
  Index row;
  Index first;

  double Symmetric(Index what) const {
    return 2 * rng.Uniform(row, first + what) - 1;
  }
  bool Coin(Index what) const { return rng.Uniform(row, first + what) < 0.5; }
  Index Below(Index what, Index count) const {
    return static_cast<Index>(
        rng.Below(row, first + what, static_cast<std::uint64_t>(count)));
  }
};

void ImageChange::Describe(Fields& fields) {
  fields("mirror", mirror, "left and right exchanged, for half of the images");
  fields("flip", flip, "above and below exchanged, for half of them");
  fields("rotate", rotate, "degrees, at most", Between(0, 180));
  fields("scale", scale, "log of a factor, at most", Between(0, 2));
  fields("shift", shift, "share of a side, at most", Between(0, 1));
  fields("crop", crop, "pixels that it moves, at most", Between(0, 65536));
  fields("gain", gain, "change of the factor 1, at most", Between(0, 1));
  fields("offset", offset, "added to normalised numbers, at most",
         Between(0, 100));
  fields("cutout", cutout, "side of a square that is left out",
         Between(0, 65536));
}

ImageChange ParseAugment(const std::vector<std::string>& texts,
                         const std::string& where) {
  Choice choice;
  for (const std::string& text : texts) {
    const std::size_t equals = text.find('=');
    // A word alone is what can be had or not.
    const std::string name = text.substr(0, equals);
    const std::string value =
        equals == std::string::npos ? "yes" : text.substr(equals + 1);
    Require(std::ranges::none_of(
                choice.options,
                [&](const auto& option) { return option.first == name; }),
            ErrorKind::kUsage, Str(where, ": '", name, "' is there twice"));
    choice.options.emplace_back(name, value);
  }
  ImageChange change;
  ReadOptions(choice, where, &change);
  return change;
}

ImageChanger::ImageChanger(const ImageChange& change, const InputSpec& image)
    : change_(change),
      height_(image.height),
      width_(image.width),
      channels_(image.cols) {
  Require(change.crop < std::min(height_, width_), ErrorKind::kUsage,
          Str("--augment crop=", change.crop, ": images of '", image.name,
              "' are ", height_, " x ", width_));
}

void ImageChanger::Apply(const Rng& rng, Index number, Index input,
                         const Real* from, Real* into) const {
  const Draws draws = {rng, number, input * kDraws};
  if (change_.is_turned()) {
    Sample(TurnOf(draws), from, into);
  } else {
    Move(draws, channels_, Real(0), from, into);
  }
  const Index size = height_ * width_ * channels_;
  if (change_.gain > 0 || change_.offset > 0) {
    const auto gain =
        static_cast<Real>(1 + change_.gain * draws.Symmetric(kDrawGain));
    const auto offset =
        static_cast<Real>(change_.offset * draws.Symmetric(kDrawOffset));
    for (Index i = 0; i < size; ++i) into[i] = gain * into[i] + offset;
  }
  if (change_.cutout > 0) Cut(draws, into);
}

void ImageChanger::MoveMap(const Rng& rng, Index number, Index input,
                           const Real* from, Real* into) const {
  const Draws draws = {rng, number, input * kDraws};
  if (change_.is_turned()) {
    SampleNearest(TurnOf(draws), from, into);
  } else {
    Move(draws, 1, std::numeric_limits<Real>::quiet_NaN(), from, into);
  }
}

// Turned and scaled about the middle, then moved; what is mirrored looks the
// other way along x, what is flipped along y.
ImageChanger::Turn ImageChanger::TurnOf(const Draws& draws) const {
  const double angle =
      change_.rotate * std::numbers::pi / 180 * draws.Symmetric(kDrawAngle);
  const double factor = std::exp(change_.scale * draws.Symmetric(kDrawScale));
  const double x = change_.mirror && draws.Coin(kDrawMirror) ? -1 : 1;
  const double y = change_.flip && draws.Coin(kDrawFlip) ? -1 : 1;
  const auto moved = [&](Draw shift, Draw crop, Index side) {
    const double pixels =
        change_.shift * static_cast<double>(side) * draws.Symmetric(shift);
    const Index steps = 2 * change_.crop + 1;
    return pixels +
           static_cast<double>(draws.Below(crop, steps) - change_.crop);
  };
  return {.xx = factor * std::cos(angle) * x,
          .xy = -factor * std::sin(angle) * y,
          .x0 = moved(kDrawShiftX, kDrawCropX, width_),
          .yx = factor * std::sin(angle) * x,
          .yy = factor * std::cos(angle) * y,
          .y0 = moved(kDrawShiftY, kDrawCropY, height_)};
}

template <class Take>
void ImageChanger::ForEachSource(const Turn& turn, const Take& take) const {
  const double last_x = static_cast<double>(width_ - 1);
  const double last_y = static_cast<double>(height_ - 1);
  for (Index l = 0; l < height_; ++l) {
    for (Index q = 0; q < width_; ++q) {
      const double x = static_cast<double>(q) - last_x / 2;
      const double y = static_cast<double>(l) - last_y / 2;
      take(std::clamp(turn.xx * x + turn.xy * y + turn.x0 + last_x / 2, 0.0,
                      last_x),
           std::clamp(turn.yx * x + turn.yy * y + turn.y0 + last_y / 2, 0.0,
                      last_y));
    }
  }
}

void ImageChanger::Sample(const Turn& turn, const Real* from,
                          Real* into) const {
  ForEachSource(turn, [&](double at_x, double at_y) {
    const auto left = static_cast<Index>(at_x);
    const auto top = static_cast<Index>(at_y);
    const Index right = std::min(left + 1, width_ - 1);
    const Index below = std::min(top + 1, height_ - 1);
    const auto part_x = static_cast<Real>(at_x - static_cast<double>(left));
    const auto part_y = static_cast<Real>(at_y - static_cast<double>(top));
    const Real* a = from + (top * width_ + left) * channels_;
    const Real* b = from + (top * width_ + right) * channels_;
    const Real* c = from + (below * width_ + left) * channels_;
    const Real* d = from + (below * width_ + right) * channels_;
    for (Index i = 0; i < channels_; ++i) {
      const Real high = a[i] + part_x * (b[i] - a[i]);
      const Real low = c[i] + part_x * (d[i] - c[i]);
      *into++ = high + part_y * (low - high);
    }
  });
}

void ImageChanger::SampleNearest(const Turn& turn, const Real* from,
                                 Real* into) const {
  ForEachSource(turn, [&](double at_x, double at_y) {
    *into++ = from[static_cast<Index>(at_y + 0.5) * width_ +
                   static_cast<Index>(at_x + 0.5)];
  });
}

void ImageChanger::Move(const Draws& draws, Index channels, Real outside,
                        const Real* from, Real* into) const {
  const Index steps = 2 * change_.crop + 1;
  const Index down = draws.Below(kDrawCropY, steps) - change_.crop;
  const Index across = draws.Below(kDrawCropX, steps) - change_.crop;
  const bool mirror = change_.mirror && draws.Coin(kDrawMirror);
  const bool flip = change_.flip && draws.Coin(kDrawFlip);
  for (Index l = 0; l < height_; ++l) {
    const Index y = (flip ? height_ - 1 - l : l) + down;
    for (Index q = 0; q < width_; ++q, into += channels) {
      const Index x = (mirror ? width_ - 1 - q : q) + across;
      if (y < 0 || y >= height_ || x < 0 || x >= width_) {
        std::fill_n(into, channels, outside);
      } else {
        std::copy_n(from + (y * width_ + x) * channels, channels, into);
      }
    }
  }
}

// The square's middle is in the image; what of it lies beyond is lost.
void ImageChanger::Cut(const Draws& draws, Real* image) const {
  const Index half = change_.cutout / 2;
  const Index top = draws.Below(kDrawCutY, height_) - half;
  const Index left = draws.Below(kDrawCutX, width_) - half;
  const Index begin = std::max<Index>(left, 0);
  const Index end = std::min(left + change_.cutout, width_);
  for (Index y = std::max<Index>(top, 0);
       y < std::min(top + change_.cutout, height_); ++y) {
    if (begin >= end) break;
    std::fill_n(image + (y * width_ + begin) * channels_,
                (end - begin) * channels_, Real(0));
  }
}

}  // namespace mtlkit
