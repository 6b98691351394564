#pragma once

#include <string_view>

#include "base/view.h"

namespace mtlkit {

// Multiply-adds of one call of RunPeak, counted as two operations each.
double PeakOperations(std::string_view level);

// A loop of multiply-adds that stays in registers, at the vector width of a
// kernel level ("AVX512", "AVX2", "BASE"): the ceiling of all products.
void RunPeak(std::string_view level);

}  // namespace mtlkit
