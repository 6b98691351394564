#pragma once

#include <span>

namespace mtlkit {

// Whether a spread that was read from the middle of values (`sorted`) is that
// of one value but for rounding: more than one in twenty, and more than one
// alone, lie beyond a million times it from `centre`. Fewer are outliers, which
// such a spread is not to look at.
bool IsSpreadOfRounding(std::span<const double> sorted, double centre,
                        double spread);

}  // namespace mtlkit
