#include <numbers>

#include "kernels/kernel_testing.h"

namespace mtlkit {
namespace {

constexpr Index kNumberRows = 5;
constexpr Index kCols = 3;
constexpr Index kCounts[] = {1, 3, 8, 16, 19};

TEST_CASE("pieces are how far a number is from an edge, held to 0 and 1") {
  for (const Index count : kCounts) {
    const Reals x = Noise(kNumberRows * kCols, 1);
    const Reals edges = Noise(kCols * (count + 1), 2);
    Reals scale = Noise(kCols * count, 3);
    for (Real& each : scale) each = std::abs(each) * 4;
    scale[0] = 0;
    Reals expected;
    for (Index i = 0; i < kNumberRows * kCols; ++i) {
      for (Index k = 0; k < count; ++k) {
        const Index col = i % kCols;
        const Real part = (x[At(i)] - edges[At(col * (count + 1) + k)]) *
                          scale[At(col * count + k)];
        expected.push_back(std::clamp(part, Real(0), Real(1)));
      }
    }
    CheckLevels(expected, [&](const Kernels& kernels) {
      Reals y(expected.size());
      kernels.pieces({.x = x.data(),
                      .x_stride = kCols,
                      .rows = kNumberRows,
                      .cols = kCols,
                      .count = count,
                      .edges = edges.data(),
                      .scale = scale.data(),
                      .y = y.data(),
                      .y_stride = kCols * count});
      return y;
    });
  }
}

// Waves, then the gradient of their frequencies.
Reals WavesBy(const Kernels& kernels, const Reals& x, const Reals& frequency,
              const Reals& dy) {
  const Index count = std::ssize(frequency) / kCols;
  Reals y(At(kNumberRows * kCols * 2 * count));
  kernels.waves({.x = x.data(),
                 .x_stride = kCols,
                 .rows = kNumberRows,
                 .cols = kCols,
                 .count = count,
                 .frequency = frequency.data(),
                 .y = y.data(),
                 .y_stride = kCols * 2 * count});
  Reals own(At(kCols * count));
  kernels.waves_gradient({.x = x.data(),
                          .x_stride = kCols,
                          .rows = kNumberRows,
                          .cols = kCols,
                          .count = count,
                          .y = y.data(),
                          .y_stride = kCols * 2 * count,
                          .dy = dy.data(),
                          .dy_stride = kCols * 2 * count,
                          .dfrequency = own.data()});
  y.insert(y.end(), own.begin(), own.end());
  return y;
}

TEST_CASE("waves are sines and cosines of whole turns, however many") {
  for (const Index count : kCounts) {
    Reals x = Noise(kNumberRows * kCols, 1);
    // Quarters of turns, and many of them.
    x[0] = Real(0.25);
    x[1] = Real(-0.75);
    x[2] = Real(0.5);
    x[3] = Real(1000.125);
    Reals frequency = Noise(kCols * count, 2);
    for (Index col = 0; col < kCols; ++col) frequency[At(col * count)] = 1;
    const Reals dy = Noise(kNumberRows * kCols * 2 * count, 4);
    Reals expected;
    std::vector<double> gradient(At(kCols * count));
    for (Index i = 0; i < kNumberRows * kCols; ++i) {
      const Index col = i % kCols;
      Reals cosines;
      for (Index k = 0; k < count; ++k) {
        const Index at = col * count + k;
        // As they are rounded: the angle is that of the product.
        const Real turns = x[At(i)] * frequency[At(at)];
        const double angle = 2 * std::numbers::pi *
                             static_cast<double>(turns - std::round(turns));
        expected.push_back(static_cast<Real>(std::sin(angle)));
        cosines.push_back(static_cast<Real>(std::cos(angle)));
        const std::size_t sine = At(i * 2 * count + k);
        gradient[At(at)] +=
            2 * std::numbers::pi * static_cast<double>(x[At(i)]) *
            (static_cast<double>(dy[sine]) * std::cos(angle) -
             static_cast<double>(dy[sine + At(count)]) * std::sin(angle));
      }
      expected.insert(expected.end(), cosines.begin(), cosines.end());
    }
    for (const double each : gradient) {
      expected.push_back(static_cast<Real>(each));
    }
    CheckLevels(
        expected,
        [&](const Kernels& kernels) {
          return WavesBy(kernels, x, frequency, dy);
        },
        4 * kTolerance);
  }
}

}  // namespace
}  // namespace mtlkit
