#include "h5/convert_numbers.h"

#include <cmath>
#include <cstdint>
#include <limits>
#include <type_traits>
#include <utility>

namespace mtlkit::internal {
namespace {

// Whether every value of From is a value of To.
template <class From, class To>
constexpr bool IsWidening() {
  using FromLimits = std::numeric_limits<From>;
  using ToLimits = std::numeric_limits<To>;
  if (std::is_floating_point_v<From> && !std::is_floating_point_v<To>) {
    return false;
  }
  if (std::is_signed_v<From> && !std::is_signed_v<To>) return false;
  return FromLimits::digits <= ToLimits::digits;
}

// Long double holds every value of every type here, so it judges all of them.
static_assert(std::numeric_limits<long double>::digits >= 64);

template <class From, class To>
bool ConvertOne(From from, To* to) {
  const auto exact = static_cast<long double>(from);
  if constexpr (std::is_floating_point_v<To>) {
    *to = static_cast<To>(from);
    return std::isnan(exact) || static_cast<long double>(*to) == exact;
  } else {
    using Limits = std::numeric_limits<To>;
    const bool fits = exact >= static_cast<long double>(Limits::lowest()) &&
                      exact <= static_cast<long double>(Limits::max());
    if (!fits) return false;
    // NOLINTNEXTLINE(bugprone-signed-char-misuse): int8 is a number here.
    *to = static_cast<To>(from);
    return static_cast<long double>(*to) == exact;
  }
}

template <class From, class To>
Index ConvertAll(const From* from, To* to, Index count) {
  for (Index i = 0; i < count; ++i) {
    if constexpr (IsWidening<From, To>()) {
      // NOLINTNEXTLINE(bugprone-signed-char-misuse): int8 is a number here.
      to[i] = static_cast<To>(from[i]);
    } else {
      if (!ConvertOne(from[i], &to[i])) return i;
    }
  }
  return -1;
}

// Calls `work` with a null pointer of the type.
template <class Work>
Index WithType(ElementType type, Work work) {
  switch (type) {
    case ElementType::kI8:
      return work(static_cast<std::int8_t*>(nullptr));
    case ElementType::kI16:
      return work(static_cast<std::int16_t*>(nullptr));
    case ElementType::kI32:
      return work(static_cast<std::int32_t*>(nullptr));
    case ElementType::kI64:
      return work(static_cast<std::int64_t*>(nullptr));
    case ElementType::kU8:
      return work(static_cast<std::uint8_t*>(nullptr));
    case ElementType::kU16:
      return work(static_cast<std::uint16_t*>(nullptr));
    case ElementType::kU32:
      return work(static_cast<std::uint32_t*>(nullptr));
    case ElementType::kU64:
      return work(static_cast<std::uint64_t*>(nullptr));
    case ElementType::kF32:
      return work(static_cast<float*>(nullptr));
    case ElementType::kF64:
      return work(static_cast<double*>(nullptr));
  }
  return 0;
}

}  // namespace

Index ConvertNumbers(ElementType from, const void* source, ElementType to,
                     void* target, Index count) {
  return WithType(from, [&]<class From>(From*) {
    return WithType(to, [&]<class To>(To*) {
      return ConvertAll(static_cast<const From*>(source),
                        static_cast<To*>(target), count);
    });
  });
}

}  // namespace mtlkit::internal
