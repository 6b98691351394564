#include "interop/array_numbers.h"

#include <algorithm>
#include <cmath>

#include "base/error.h"

namespace mtlkit {

void FailArray(const DataArray& array, std::string_view why,
               std::string_view hint) {
  Fail(ErrorKind::kBadInput, Str("array '", array.name, "' ", why),
       std::string(hint));
}

std::string ShapeOf(const DataArray& array) {
  std::string text;
  for (const Index length : array.shape) {
    text += Str(text.empty() ? "" : " x ", length);
  }
  return text;
}

namespace {

[[noreturn]] void FailInfinite(const DataArray& array) {
  FailArray(array, "holds an infinite number",
            "NaN stands for a missing value");
}

}  // namespace

void RequireFinite(const DataArray& array, std::span<const float> numbers) {
  const bool any_infinite = std::ranges::any_of(
      numbers, [](float number) { return std::isinf(number); });
  if (any_infinite) FailInfinite(array);
}

std::vector<double> NumbersOf(const DataArray& array) {
  return std::visit(
      [&](const auto& values) -> std::vector<double> {
        using T = typename std::decay_t<decltype(values)>::value_type;
        if constexpr (std::is_same_v<T, std::string>) {
          FailArray(array, "holds texts", "a matrix of texts makes categories");
        } else {
          constexpr auto kMost = std::int64_t{1} << 53;
          std::vector<double> numbers(values.size());
          for (std::size_t i = 0; i < values.size(); ++i) {
            if constexpr (std::is_same_v<T, std::int64_t>) {
              if (values[i] > kMost || values[i] < -kMost) {
                FailArray(array,
                          Str("holds ", values[i],
                              ", beyond what double precision holds exactly"),
                          "write names as texts: array.astype(str)");
              }
            }
            numbers[i] = static_cast<double>(values[i]);
            if (std::isinf(numbers[i])) FailInfinite(array);
          }
          return numbers;
        }
      },
      array.values);
}

bool AreSingle(const std::vector<double>& numbers) {
  return std::ranges::all_of(numbers, [](double number) {
    return std::isnan(number) ||
           static_cast<double>(static_cast<float>(number)) == number;
  });
}

bool FitSingle(const std::vector<double>& numbers) {
  return std::ranges::all_of(numbers, [](double number) {
    const auto single = static_cast<float>(number);
    if (std::isnan(number)) return true;
    if (std::isinf(single) || (single == 0 && number != 0)) return false;
    return number != std::floor(number) ||
           static_cast<double>(single) == number;
  });
}

std::vector<std::int64_t> WholesOf(const DataArray& array,
                                   std::string_view hint) {
  constexpr double kMost = 1LL << 53;
  const std::vector<double> numbers = NumbersOf(array);
  std::vector<std::int64_t> wholes(numbers.size());
  for (std::size_t i = 0; i < wholes.size(); ++i) {
    if (numbers[i] != std::floor(numbers[i]) || std::abs(numbers[i]) > kMost) {
      FailArray(array, "holds a number that is not whole", hint);
    }
    wholes[i] = static_cast<std::int64_t>(numbers[i]);
  }
  return wholes;
}

}  // namespace mtlkit
