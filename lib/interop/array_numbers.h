#pragma once

#include <cstdint>
#include <functional>
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

// Elements [first, first + count) in double precision, as they are. kBadInput,
// naming the array, for texts, whole numbers that it does not hold, and
// infinite ones.
std::vector<double> NumbersOf(const DataArray& array, Index first, Index count);
// Calls visit(numbers) for all of them, in order and in pieces.
void VisitNumbers(const DataArray& array,
                  const std::function<void(std::span<const double>)>& visit);

// All of them as numbers that have to be whole.
std::vector<std::int64_t> WholesOf(const DataArray& array,
                                   std::string_view hint);

// Whether single precision keeps all of them.
bool AreSingle(std::span<const double> numbers);

// Whether single precision keeps whole numbers and makes none infinite.
bool FitSingle(std::span<const double> numbers);

}  // namespace mtlkit
