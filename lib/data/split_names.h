#pragma once

#include <string_view>

namespace mtlkit {

// What is kept in place of a split's name where folds of the training rows,
// all of them in turn, chose how long a model was trained.
inline constexpr std::string_view kAllFolds = "folds";

// The same where rows did that mtl-train held out of a split to learn from.
inline constexpr std::string_view kHeldOutRows = "held out";

}  // namespace mtlkit
