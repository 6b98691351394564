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

TEST_CASE("rows are shifted by a bias and scaled by a factor") {
  const Reals y = {1, 2, 9, 3, 4, 9};  // 2 x 2, stride 3
  const Reals bias = {10, 20};
  CheckLevels({11, 22, 9, 13, 24, 9}, [&](const Kernels& kernels) {
    Reals out = y;
    kernels.add_bias(bias.data(), out.data(), 3, 2, 2);
    return out;
  });
  const Reals factor = {0, 2};
  const Reals x = {kNan, kInfinite, 9, 3, 4, 9};
  CheckLevels({0, 0, 7, 6, 8, 7}, [&](const Kernels& kernels) {
    Reals out(6, 7);
    kernels.scale_rows(factor.data(), x.data(), 3, out.data(), 3, 2, 2);
    return out;
  });
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
