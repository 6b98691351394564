#pragma once

#include <array>
#include <span>
#include <vector>

#include "base/view.h"

namespace mtlkit {

// Two normal distributions that losses of rows come from, those of right labels
// and those of wrong ones, by expectation and maximisation (Arazo, Ortego,
// Albert, O'Connor and McGuinness, "Unsupervised label noise modeling and loss
// correction", 2019; as Li, Socher and Hoi 2020 have it). Losses are scaled to
// 0 .. 1 first. Begins at the ends of these, takes at most 10 steps, stops
// where the mean log-likelihood gains less than .01, and adds 5e-4 to
// variances. Where all losses are the same there is one distribution, and all
// labels are right.
class LossMixture {
 public:
  // Of the losses that are not NaN; without any, nothing is right.
  void Fit(std::span<const Real> losses);
  // The probability that a label with this loss is right: of the distribution
  // with the smaller mean. NaN: 0.
  double RightAt(Real loss) const;

 private:
  struct Part {
    double share = 0.5;
    double mean = 0;
    double variance = 1;
  };
  // The log of its density times its share.
  static double LogAt(const Part& part, double x);
  double Scaled(Real loss) const;
  // One step; returns the mean log-likelihood before it.
  double Improve(std::span<const Real> losses, double count);

  double least_ = 0;
  double range_ = -1;  // below 0: no losses; 0: all the same
  std::array<Part, 2> parts_;
};

}  // namespace mtlkit
