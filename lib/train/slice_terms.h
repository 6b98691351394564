#pragma once

#include <string>
#include <vector>

#include "nn/network.h"
#include "train/train_options.h"

namespace mtlkit {

// How the parameters of a slice move.
struct SliceTerms {
  double rate = 1;   // times that of the step
  double decay = 0;  // weight decay
  friend bool operator==(const SliceTerms&, const SliceTerms&) = default;
};

// One a slice of the network's weights: the rate of all, and OptimizerOptions::
// decay for those that decay, unless rate_of and decay_of say otherwise
// (PATTERN=NUMBER, slice_pattern.h; later texts replace earlier ones). decay_of
// is for what decays as it is, for tables and other parameters of several rows,
// and for a slice that is named itself. kUsage: texts of another form, patterns
// that name nothing, or nothing that learns (`frozen`: FrozenSlices) or can
// decay.
std::vector<SliceTerms> TermsOfSlices(const Network& network,
                                      const TrainOptions& options,
                                      const std::vector<bool>& frozen);

// Without exceptions.
std::vector<SliceTerms> TermsOfSlices(const Network& network, double decay);

}  // namespace mtlkit
