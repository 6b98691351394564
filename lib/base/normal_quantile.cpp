#include "base/normal_quantile.h"

#include <cmath>

namespace mtlkit {
namespace {

double Polynomial(const NormalCoefficients& c, double x) {
  double sum = 0;
  for (std::size_t i = c.size(); i-- > 0;) sum = sum * x + c[i];
  return sum;
}

// Of the far tails.
constexpr NormalCoefficients kFarOver = {
    6.65790464350110377720e0,  5.46378491116411436990e0,
    1.78482653991729133580e0,  2.96560571828504891230e-1,
    2.65321895265761230930e-2, 1.24266094738807843860e-3,
    2.71155556874348757815e-5, 2.01033439929228813265e-7};
constexpr NormalCoefficients kFarUnder = {1,
                                          5.99832206555887937690e-1,
                                          1.36929880922735805310e-1,
                                          1.48753612908506148525e-2,
                                          7.86869131145613259100e-4,
                                          1.84631831751005468180e-5,
                                          1.42151175831644588870e-7,
                                          2.04426310338993978564e-15};

}  // namespace

double NormalQuantile(double share) {
  const double q = share - 0.5;
  if (std::abs(q) <= 0.425) {
    const double r = 0.180625 - q * q;
    return q * Polynomial(kNormalMiddleOver, r) /
           Polynomial(kNormalMiddleUnder, r);
  }
  const double r = std::sqrt(-std::log(q < 0 ? share : 1 - share));
  const double x =
      r <= 5 ? Polynomial(kNormalTailOver, r - 1.6) /
                   Polynomial(kNormalTailUnder, r - 1.6)
             : Polynomial(kFarOver, r - 5) / Polynomial(kFarUnder, r - 5);
  return q < 0 ? -x : x;
}

}  // namespace mtlkit
