#pragma once

#include "golden/golden.h"

namespace mtlkit {

// Compare a case of tests/golden/weightings.json; false for one of another
// method.

// Methods that need losses only.
bool CheckLossWeighting(const golden::json& entry);
// Methods on gradients that the other tests do not know.
bool CheckGradientWeighting(const golden::json& entry);
// Methods on the Gramian (gramian_golden.cpp).
bool CheckGramianCase(const golden::json& entry);

}  // namespace mtlkit
