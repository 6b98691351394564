#pragma once

#include <memory>
#include <vector>

#include "eval/metric.h"

namespace mtlkit {

// Weighted counts of what is true and what is predicted, by class (or label of
// a set). Of the classes x classes cells of a confusion matrix only sums are
// kept, so that memory and work are linear in classes.
class ClassCounts {
 public:
  // One class more than `known`: all that the model does not know, which is
  // never predicted. Labels of sets are all known.
  explicit ClassCounts(Index known);

  Index known() const { return known_; }
  Index classes() const { return known_ + 1; }

  double Truth(Index label) const { return Misses(label) + Hits(label); }
  double Predicted(Index label) const {
    return cells_[At(classes() + label)] + Hits(label);
  }
  double Hits(Index label) const { return cells_[At(2 * classes() + label)]; }
  double Misses(Index label) const { return cells_[At(label)]; }

  // Rows; of label sets cells, set or not.
  double total = 0;
  // Sums over rows of how many classes in order lie between truth and
  // prediction, and of its square.
  double distance = 0;
  double square = 0;

  // Cells one behind the other: by class how often it is missed, predicted in
  // place of another, and hit.
  std::vector<double>& cells() { return cells_; }

 private:
  Index known_;
  std::vector<double> cells_;
};

// How many classes in order lie between the two; a class that is unknown
// (`known`) is as far away as a known one can be.
double ClassDistance(Index truth, Index predicted, Index known);

// F1 of one class, 2 tp / (true + predicted); 0 where both are 0.
double ClassF1(const ClassCounts& counts, Index label);

// The predicted class of a row, as the head says.
Index PredictedClass(const MetricRows& rows, Index row);

// A metric that is a function of these counts. Of sets a label is predicted
// where its probability is above 1/2, and missing cells are left out.
std::unique_ptr<Metric> FromClassCounts(const MetricRows& rows,
                                        double (*measure)(const ClassCounts&));

}  // namespace mtlkit
