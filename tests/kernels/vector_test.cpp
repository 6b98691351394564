#include <cstring>

#include "kernels/kernel_testing.h"

namespace mtlkit {
namespace {

constexpr Index kSizes[] = {1, 3, 8, 15, 16, 17, 33, 100};

TEST_CASE("element-wise vector functions compute their formulas") {
  for (const Index size : kSizes) {
    const Reals x = Noise(size, 1);
    const Reals y = Noise(size, 2);
    Reals expected;
    for (std::size_t i = 0; i < x.size(); ++i) {
      expected.push_back(std::fma(Real(0.3), x[i], y[i]));
      expected.push_back(Real(0.3) * x[i]);
      expected.push_back(x[i] + y[i]);
      expected.push_back(x[i] * y[i]);
    }
    CheckLevels(expected, [&](const Kernels& kernels) {
      Reals axpy = y;
      Reals scaled(x.size());
      Reals sum = x;
      Reals product = y;
      kernels.axpy(Real(0.3), x.data(), axpy.data(), size);
      kernels.scale(Real(0.3), x.data(), scaled.data(), size);
      kernels.add(x.data(), y.data(), sum.data(), size);
      kernels.multiply(x.data(), y.data(), product.data(), size);
      Reals all;
      for (std::size_t i = 0; i < x.size(); ++i) {
        for (const Reals* part : {&axpy, &scaled, &sum, &product}) {
          all.push_back((*part)[i]);
        }
      }
      return all;
    });
  }
}

TEST_CASE("dropout keeps what the generator says and scales it") {
  const Rng random(3, RandomPurpose::kDropout, 5);
  const double rate = 0.3;
  const Index rows = 7;
  const Index first = 1000;
  for (const Index cols : {1, 5, 63, 64, 65, 200}) {
    const Reals x(static_cast<std::size_t>(rows * cols), 1);
    Reals expected;
    for (Index r = 0; r < rows; ++r) {
      for (Index c = 0; c < cols; ++c) {
        const bool kept = random.At(first + r, c) >=
                          static_cast<std::uint32_t>(rate * 0x1p32);
        expected.push_back(kept ? static_cast<Real>(1 / (1 - rate)) : 0);
      }
    }
    for (const Kernels* kernels : SupportedKernels()) {
      Reals y = x;
      kernels->dropout(random, rate, first, y.data(), cols, y.data(), cols,
                       rows, cols);
      CHECK(SameBits(y, expected));
    }
  }
}

}  // namespace
}  // namespace mtlkit
