#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "interop/data_array.h"

namespace mtlkit {

// "array 'x' WHY", as kBadInput.
[[noreturn]] void FailArray(const DataArray& array, std::string_view why,
                            std::string_view hint);

// "4 x 3".
std::string ShapeOf(const DataArray& array);

// All numbers in double precision, as they are. kBadInput, naming the array,
// for texts, whole numbers that it does not hold, and infinite ones.
std::vector<double> NumbersOf(const DataArray& array);

// Refuses an infinite one as NumbersOf does.
void RequireFinite(const DataArray& array, std::span<const float> numbers);

// All of them as numbers that have to be whole.
std::vector<std::int64_t> WholesOf(const DataArray& array,
                                   std::string_view hint);

// Whether single precision keeps all of them.
bool AreSingle(const std::vector<double>& numbers);

// Whether single precision keeps whole numbers and makes none infinite.
bool FitSingle(const std::vector<double>& numbers);

}  // namespace mtlkit
