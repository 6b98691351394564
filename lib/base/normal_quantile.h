#pragma once

#include <array>

namespace mtlkit {

// The x below which a share in (0, 1) of the standard normal distribution lies,
// to about 16 digits (Wichura, Algorithm AS 241, PPND16, 1988).
double NormalQuantile(double share);

// What it is made of, for exports: with q = share - 1/2 it is q times the ratio
// of the first two polynomials in .180625 - q^2 up to |q| = .425; beyond, up to
// shares of 1e-11 from the ends, that of the other two in r - 1.6, where
// r = sqrt(-log(the distance from the end)), with the sign of q.
using NormalCoefficients = std::array<double, 8>;  // from the constant on
inline constexpr NormalCoefficients kNormalMiddleOver = {
    3.3871328727963666080e0, 1.3314166789178437745e2, 1.9715909503065514427e3,
    1.3731693765509461125e4, 4.5921953931549871457e4, 6.7265770927008700853e4,
    3.3430575583588128105e4, 2.5090809287301226727e3};
inline constexpr NormalCoefficients kNormalMiddleUnder = {
    1,
    4.2313330701600911252e1,
    6.8718700749205790830e2,
    5.3941960214247511077e3,
    2.1213794301586595867e4,
    3.9307895800092710610e4,
    2.8729085735721942674e4,
    5.2264952788528545610e3};
inline constexpr NormalCoefficients kNormalTailOver = {
    1.42343711074968357734e0,  4.63033784615654529590e0,
    5.76949722146069140550e0,  3.64784832476320460504e0,
    1.27045825245236838258e0,  2.41780725177450611770e-1,
    2.27238449892691845833e-2, 7.74545014278341407640e-4};
inline constexpr NormalCoefficients kNormalTailUnder = {
    1,
    2.05319162663775882187e0,
    1.67638483018380384940e0,
    6.89767334985100004550e-1,
    1.48103976427480074590e-1,
    1.51986665636164571966e-2,
    5.47593808499534494600e-4,
    1.05075007164441684324e-9};

}  // namespace mtlkit
