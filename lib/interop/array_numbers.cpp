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

std::vector<double> NumbersOf(const DataArray& array, Index first,
                              Index count) {
  return std::visit(
      [&](const auto& values) -> std::vector<double> {
        using Values = std::decay_t<decltype(values)>;
        if constexpr (std::is_same_v<Values, CodedTexts>) {
          FailArray(array, "holds texts", "a matrix of texts makes categories");
        } else {
          constexpr auto kMost = std::int64_t{1} << 53;
          std::vector<double> numbers;
          numbers.reserve(At(count));
          for (const auto value : values.Part(first, count)) {
            if constexpr (std::is_same_v<Values, Array<std::int64_t>>) {
              if (value > kMost || value < -kMost) {
                FailArray(array,
                          Str("holds ", value,
                              ", beyond what double precision holds exactly"),
                          "write names as texts: array.astype(str)");
              }
            }
            numbers.push_back(static_cast<double>(value));
            if (std::isinf(numbers.back())) FailInfinite(array);
          }
          return numbers;
        }
      },
      array.values.kept());
}

void VisitNumbers(const DataArray& array,
                  const std::function<void(std::span<const double>)>& visit) {
  constexpr Index kPiece = 1 << 16;
  const Index all = array.values.size();
  for (Index first = 0; first < all; first += kPiece) {
    visit(NumbersOf(array, first, std::min(kPiece, all - first)));
  }
}

bool AreSingle(std::span<const double> numbers) {
  return std::ranges::all_of(numbers, [](double number) {
    return std::isnan(number) ||
           static_cast<double>(static_cast<float>(number)) == number;
  });
}

bool FitSingle(std::span<const double> numbers) {
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
  std::vector<std::int64_t> wholes;
  VisitNumbers(array, [&](std::span<const double> numbers) {
    for (const double number : numbers) {
      if (number != std::floor(number) || std::abs(number) > kMost) {
        FailArray(array, "holds a number that is not whole", hint);
      }
      wholes.push_back(static_cast<std::int64_t>(number));
    }
  });
  return wholes;
}

}  // namespace mtlkit
