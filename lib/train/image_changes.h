#pragma once

#include <span>
#include <string>
#include <vector>

#include "base/options.h"
#include "base/rng.h"
#include "base/view.h"
#include "data/dataset.h"

namespace mtlkit {

// How images that are learned from are changed. Where it does not matter what
// is drawn (0, no), nothing is done.
struct ImageChange {
  bool mirror = false;  // left and right exchanged, for half of the images
  bool flip = false;    // above and below exchanged, for half of them
  double rotate = 0;    // degrees, at most, both ways
  double scale = 0;     // log of the factor, at most, both ways
  double shift = 0;     // share of a side, at most, both ways, along each
  Index crop = 0;       // pixels, at most, both ways; what comes in is 0
  double gain = 0;      // factor 1 + this, at most, both ways
  double offset = 0;    // of normalised numbers, at most, both ways
  Index cutout = 0;     // side of a square that is 0

  void Describe(Fields& fields);
  // Whether pixels come from other places.
  bool moves() const { return mirror || flip || crop > 0 || is_turned(); }
  // Whether pixels come from between pixels.
  bool is_turned() const { return rotate > 0 || scale > 0 || shift > 0; }
};
// "mirror", "crop=4", ... as the texts of --augment; kUsage with `where` in
// front for what is none.
ImageChange ParseAugment(const std::vector<std::string>& texts,
                         const std::string& where);

// Changes one image of normalised numbers after the other. Turned, scaled and
// shifted ones are bilinear between the pixels of the original, whose edge goes
// on beyond it. A square of zeros, anywhere, is that of DeVries and Taylor,
// "Improved regularization of convolutional neural networks with cutout"
// (2017). What is drawn follows from the generator and the image's number
// alone: never from its place in a batch, threads, or a resume.
class ImageChanger {
 public:
  ImageChanger(const ImageChange& change, const InputSpec& image);

  // `from` and `into`: height x width x channels, apart. `number`: of the image
  // in its dataset; `input`: of its block.
  void Apply(const Rng& rng, Index number, Index input, const Real* from,
             Real* into) const;
  // A map of the image (height x width, NaN: void) moved as it: each pixel is
  // the nearest, and void where the image got zeros from beyond its edge. What
  // is cut out of the image stays in its map.
  void MoveMap(const Rng& rng, Index number, Index input, const Real* from,
               Real* into) const;
  bool moves() const { return change_.moves(); }
  bool IsOf(Index height, Index width) const {
    return height == height_ && width == width_;
  }

 private:
  // Where the pixels of an image come from: x' = a x + b y + c and so on,
  // counted from the middle.
  struct Turn {
    double xx = 1;
    double xy = 0;
    double x0 = 0;
    double yx = 0;
    double yy = 1;
    double y0 = 0;
  };
  struct Draws;  // the random numbers of an image

  Turn TurnOf(const Draws& draws) const;
  // take(x, y) for each pixel, line by line: where it comes from, inside.
  template <class Take>
  void ForEachSource(const Turn& turn, const Take& take) const;
  void Sample(const Turn& turn, const Real* from, Real* into) const;
  void SampleNearest(const Turn& turn, const Real* from, Real* into) const;
  // What comes in is `outside`.
  void Move(const Draws& draws, Index channels, Real outside, const Real* from,
            Real* into) const;
  void Cut(const Draws& draws, Real* image) const;

  ImageChange change_;
  Index height_;
  Index width_;
  Index channels_;
};

}  // namespace mtlkit
