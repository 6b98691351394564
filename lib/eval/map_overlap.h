#pragma once

#include <vector>

#include "eval/metric.h"

namespace mtlkit {

// What is predicted of a map, counted by pixels of one image that are not
// void. A pixel is of the class of the largest probability, of two classes of
// the second where its probability is above 1/2.
class MapCounts {
 public:
  MapCounts(const MetricRows& maps, Index row);

  Index classes() const { return std::ssize(both_); }
  // Pixels that are truly of the class, that are predicted so, and both.
  double True(Index k) const { return true_[At(k)]; }
  double Predicted(Index k) const { return predicted_[At(k)]; }
  double Both(Index k) const { return both_[At(k)]; }
  double known() const { return known_; }
  // Whether a pixel is truly, or predicted to be, of another class than the
  // first.
  bool HasLesion() const { return known_ > true_[0]; }
  bool IsEmpty() const { return known_ == predicted_[0]; }

 private:
  std::vector<double> true_;
  std::vector<double> predicted_;
  std::vector<double> both_;
  double known_ = 0;
};

// The mean of `overlap(counts, class)` over the classes but the first that an
// image truly has; NaN for an image without a lesion.
double MeanOverlap(const MapCounts& counts,
                   double (*overlap)(const MapCounts&, Index));

// A mean over images (RowMean) of a number of each; NaN does not count.
std::unique_ptr<Metric> MeanOverImages(const MetricRows& maps,
                                       double (*of_image)(const MapCounts&));

// Prepares the mean over images of that mean over an image's classes.
template <double (*overlap)(const MapCounts&, Index)>
std::unique_ptr<Metric> PrepareOverlap(const MetricRows& maps) {
  return MeanOverImages(maps, [](const MapCounts& counts) {
    return MeanOverlap(counts, overlap);
  });
}

}  // namespace mtlkit
