#include "base/arena.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <cstdint>
#include <utility>

#include "base/error.h"

namespace mtlkit {
namespace {

TEST_CASE("arrays of an arena are aligned, apart and zero") {
  ArenaPlan plan;
  const ArenaSlot<float> weights = plan.Add<float>("weights", 5);
  const ArenaSlot<double> sums = plan.Add<double>("sums", 9);
  const ArenaSlot<char> none = plan.Add<char>("none", 0);
  CHECK(plan.Describe() == "weights 0 20\nsums 64 72\nnone 192 0\n");
  CHECK(plan.bytes() == 192);

  Arena arena(plan);
  CHECK(arena.At(weights).size() == 5);
  CHECK(arena.At(none).empty());
  CHECK(reinterpret_cast<std::uintptr_t>(arena.At(sums).data()) % 64 == 0);
  const auto is_zero = [](double value) { return value == 0; };
  const auto values = arena.At(sums);
  CHECK(std::all_of(values.begin(), values.end(), is_zero));

  double* const place = values.data();
  const Arena moved = std::move(arena);
  CHECK(moved.At(sums).data() == place);
}

TEST_CASE("an arena larger than memory is refused by size") {
  CHECK_THROWS_WITH_AS(Arena(Index{1} << 60),
                       "out of memory: 1152921504606846976 bytes are needed "
                       "(use a smaller batch or network, or a machine with "
                       "more memory)",
                       Error);
}

}  // namespace
}  // namespace mtlkit
