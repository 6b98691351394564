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
      std::vector<std::uint8_t> kept(
          static_cast<std::size_t>(rows * KeptBytes(cols)), 0xA5);
      Reals y = x;
      DropoutArgs args;
      args.random = &random;
      args.first_row = first;
      args.rate = rate;
      args.x = args.y = y.data();
      args.x_stride = args.y_stride = cols;
      args.rows = rows;
      args.cols = cols;
      args.kept = kept.data();
      kernels->dropout(args);
      CHECK(SameBits(y, expected));
      Reals again(x.size(), kNan);
      args.x = x.data();
      args.y = again.data();
      kernels->dropout_again(args);
      CHECK(SameBits(again, expected));
    }
  }
}

TEST_CASE("axpy in double is one multiply-add an element on every level") {
  for (const Index size : kSizes) {
    const Reals a = Noise(size, 1);
    const Reals b = Noise(size, 2);
    const std::vector<double> x(a.begin(), a.end());
    for (const Kernels* kernels : SupportedKernels()) {
      std::vector<double> y(b.begin(), b.end());
      kernels->axpy_double(-0.3, x.data(), y.data(), size);
      for (std::size_t i = 0; i < x.size(); ++i) {
        const double start = static_cast<double>(b[i]);
        const double fused = std::fma(-0.3, x[i], start);
        if (kernels->fused) {
          CHECK(y[i] == fused);
        } else {
          CHECK(y[i] == doctest::Approx(fused));
        }
      }
    }
  }
}

}  // namespace
}  // namespace mtlkit
