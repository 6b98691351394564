#include "base/normal_quantile.h"

#include <doctest/doctest.h>

namespace mtlkit {
namespace {

// Of Python's statistics.NormalDist().inv_cdf.
TEST_CASE("shares of the normal distribution end where tables say") {
  CHECK(NormalQuantile(0.5) == 0);
  CHECK(NormalQuantile(0.975) ==
        doctest::Approx(1.9599639845400536).epsilon(1e-14));
  CHECK(NormalQuantile(0.0001) ==
        doctest::Approx(-3.71901648545568).epsilon(1e-14));
  CHECK(NormalQuantile(1e-07) ==
        doctest::Approx(-5.199337582192817).epsilon(1e-14));
  CHECK(NormalQuantile(0.3) ==
        doctest::Approx(-0.5244005127080407).epsilon(1e-14));
  CHECK(NormalQuantile(0.92) ==
        doctest::Approx(1.4050715603096327).epsilon(1e-14));
  CHECK(NormalQuantile(0.9999999999999) ==
        doctest::Approx(7.348754540300042).epsilon(1e-14));
}

}  // namespace
}  // namespace mtlkit
