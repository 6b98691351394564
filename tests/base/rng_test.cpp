#include "base/rng.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <numeric>
#include <vector>

namespace mtlkit {
namespace {

using Words = std::array<std::uint32_t, 4>;

// Known answers of the authors' own test suite (Random123, kat_vectors).
TEST_CASE("Philox 4x32-10 gives the published vectors") {
  CHECK(Philox({0, 0, 0, 0}, {0, 0}) ==
        Words{0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8});
  CHECK(Philox({0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff},
               {0xffffffff, 0xffffffff}) ==
        Words{0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd});
  CHECK(Philox({0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344},
               {0xa4093822, 0x299f31d0}) ==
        Words{0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1});
}

TEST_CASE("numbers depend on seed, purpose, step and place") {
  const Rng rng(1, RandomPurpose::kTest, 5);
  const std::uint32_t here = rng.At(7, 3);
  CHECK(here == Rng(1, RandomPurpose::kTest, 5).At(7, 3));
  CHECK(here != Rng(2, RandomPurpose::kTest, 5).At(7, 3));
  CHECK(here != Rng(1, RandomPurpose::kDropout, 5).At(7, 3));
  CHECK(here != Rng(1, RandomPurpose::kTest, 6).At(7, 3));
  CHECK(here != rng.At(7, 4));
  CHECK(here != rng.At(8, 3));
}

TEST_CASE("uniform and normal numbers have the moments of their law") {
  const Rng rng(3, RandomPurpose::kTest);
  constexpr Index kCount = 200'000;
  double mean = 0;
  double normal_mean = 0;
  double normal_square = 0;
  for (Index i = 0; i < kCount; ++i) {
    const double uniform = rng.Uniform(i, 0);
    REQUIRE(uniform >= 0.0);
    REQUIRE(uniform < 1.0);
    mean += uniform;
    const double normal = rng.Normal(i, 1);
    normal_mean += normal;
    normal_square += normal * normal;
  }
  CHECK(std::abs(mean / kCount - 0.5) < 0.003);
  CHECK(std::abs(normal_mean / kCount) < 0.01);
  CHECK(std::abs(normal_square / kCount - 1.0) < 0.02);
}

TEST_CASE("a shuffle is a permutation and every place is equally likely") {
  constexpr int kDraws = 24'000;
  std::array<int, 4> first{};
  for (int draw = 0; draw < kDraws; ++draw) {
    std::vector<Index> values(4);
    std::iota(values.begin(), values.end(), 0);
    Rng(4, RandomPurpose::kTest).Shuffle(values, draw);
    ++first[static_cast<std::size_t>(values[0])];
    std::sort(values.begin(), values.end());
    REQUIRE(values == std::vector<Index>{0, 1, 2, 3});
  }
  for (const int count : first) CHECK(std::abs(count - kDraws / 4) < 300);
}

TEST_CASE("a shuffle is the one of Fisher and Yates by bounded draws") {
  const Rng random(5, RandomPurpose::kTest);
  for (const Index size : {1, 2, 3, 8, 139}) {
    std::vector<Index> shuffled(static_cast<std::size_t>(size));
    std::iota(shuffled.begin(), shuffled.end(), Index{0});
    std::vector<Index> expected = shuffled;
    random.Shuffle(shuffled, 7);
    for (Index i = size; i > 1; --i) {
      const auto j = random.Below(7, i, static_cast<std::uint64_t>(i));
      std::swap(expected[static_cast<std::size_t>(i - 1)], expected[j]);
    }
    CHECK(shuffled == expected);
  }
}

TEST_CASE("a bounded draw stays below its bound") {
  const Rng rng(5, RandomPurpose::kTest);
  for (Index i = 0; i < 1000; ++i) {
    CHECK(rng.Below(i, 0, 7) < 7);
    CHECK(rng.Below(i, 0, 1) == 0);
  }
}

}  // namespace
}  // namespace mtlkit
