#include "train/small_loss.h"

#include <algorithm>
#include <cmath>

namespace mtlkit {

void SmallLossOptions::Describe(Fields& field) {
  field("forget", forget, "part of the labels thought to be wrong",
        BelowFrom(0, 1));
  field("ramp", ramp, "epochs in which the part left out grows to that",
        AtLeast(0));
}

double SmallLossOptions::KeepRate(Index epoch) const {
  const double e = static_cast<double>(epoch);
  const double grown = ramp > 0 ? std::min(e / ramp, 1.0) : 1.0;
  return 1 - forget * grown;
}

std::pair<Real, std::size_t> SmallLoss::Limit(double rate) {
  // A hair above, so that 0.8 x 5 is 4 and not 3.
  const double kept =
      std::floor(rate * static_cast<double>(rows_.size()) + 1e-9);
  const auto last =
      rows_.begin() + static_cast<std::ptrdiff_t>(std::max(1.0, kept)) - 1;
  std::nth_element(rows_.begin(), last, rows_.end());
  return *last;
}

}  // namespace mtlkit
