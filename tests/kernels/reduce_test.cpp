#include "kernels/kernel_testing.h"

namespace mtlkit {
namespace {

constexpr Index kSizes[] = {0, 1, 7, 16, 17, 100, 1001};

TEST_CASE("sums and dots are taken in double with one tree on every level") {
  for (const Index size : kSizes) {
    const Reals x = Noise(size, 1);
    const Reals y = Noise(size, 2);
    double sum = 0;
    double dot = 0;
    for (std::size_t i = 0; i < x.size(); ++i) {
      sum += static_cast<double>(x[i]);
      dot += static_cast<double>(x[i]) * static_cast<double>(y[i]);
    }
    const Kernels& best = *SupportedKernels()[0];
    for (const Kernels* kernels : SupportedKernels()) {
      const double own_sum = kernels->sum(x.data(), size);
      const double own_dot = kernels->dot(x.data(), y.data(), size);
      CHECK(std::abs(own_sum - sum) <= 1e-12);
      CHECK(std::abs(own_dot - dot) <= 1e-12);
      CHECK(own_sum == best.sum(x.data(), size));
      if (sizeof(Real) == 4 || kernels->fused == best.fused) {
        // The product of two floats is exact in double, fused or not.
        CHECK(own_dot == best.dot(x.data(), y.data(), size));
      }
    }
  }
}

TEST_CASE("one number that is not finite is found wherever it is") {
  for (const Kernels* kernels : SupportedKernels()) {
    for (const Index size : {1, 16, 37}) {
      Reals x(static_cast<std::size_t>(size), 1);
      CHECK(kernels->finite(x.data(), size));
      for (const Real bad : {kNan, kInfinite, -kInfinite}) {
        for (std::size_t at = 0; at < x.size(); ++at) {
          x[at] = bad;
          CHECK_FALSE(kernels->finite(x.data(), size));
          x[at] = 1;
        }
      }
    }
  }
}

TEST_CASE("column sums add rows in order") {
  for (const Index cols : {1, 5, 16, 64, 70, 130}) {
    const Index rows = 37;
    const Reals y = Noise(rows * (cols + 2), 4);
    Reals expected(static_cast<std::size_t>(cols), 0);
    for (Index r = 0; r < rows; ++r) {
      for (Index c = 0; c < cols; ++c) {
        expected[static_cast<std::size_t>(c)] +=
            y[static_cast<std::size_t>(r * (cols + 2) + c)];
      }
    }
    for (const Kernels* kernels : SupportedKernels()) {
      Reals sums(expected.size(), kNan);
      kernels->column_sums(y.data(), cols + 2, rows, cols, sums.data());
      CHECK(SameBits(sums, expected));
    }
  }
}

TEST_CASE("the gramian of rows holds every inner product, added to") {
  for (const Index lanes : {1, 2, 5, 8}) {
    const Index size = 45;
    const Reals g = Noise(lanes * 50, 6);
    for (const Kernels* kernels : SupportedKernels()) {
      std::vector<double> gram(static_cast<std::size_t>(lanes * lanes), 1);
      kernels->gramian_of_rows(g.data(), 50, lanes, size, gram.data());
      for (Index i = 0; i < lanes; ++i) {
        for (Index j = 0; j < lanes; ++j) {
          const double expected =
              1 + kernels->dot(g.data() + i * 50, g.data() + j * 50, size);
          const double own = gram[static_cast<std::size_t>(i * lanes + j)];
          CHECK(std::abs(own - expected) <= 1e-12);
        }
      }
    }
  }
}

TEST_CASE("rows are combined by their weights in order") {
  const Reals g = Noise(60, 7);
  const std::vector<double> weight = {0.5, -2, 0.25};
  Reals expected;
  for (std::size_t c = 0; c < 19; ++c) {
    Real sum = 0;
    for (std::size_t i = 0; i < 3; ++i) {
      sum = std::fma(static_cast<Real>(weight[i]), g[i * 20 + c], sum);
    }
    expected.push_back(sum);
  }
  CheckLevels(expected, [&](const Kernels& kernels) {
    Reals out(19);
    kernels.combine_rows(g.data(), 20, 3, 19, weight.data(), out.data());
    return out;
  });
}

}  // namespace
}  // namespace mtlkit
