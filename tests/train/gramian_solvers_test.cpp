#include <doctest/doctest.h>

#include <cmath>
#include <vector>

#include "base/rng.h"
#include "train/gramian_factor.h"
#include "train/half_space_solver.h"

namespace mtlkit {
namespace {

// The Gramian of random rows of so many dimensions, whose lengths span so many
// decades.
std::vector<double> RandomGramian(std::size_t count, Index dimensions,
                                  double decades, std::uint64_t draw) {
  const Rng random(11, RandomPurpose::kTest, draw);
  std::vector<std::vector<double>> rows(count);
  for (std::size_t i = 0; i < count; ++i) {
    const Index row = static_cast<Index>(i);
    const double scale =
        std::pow(10.0, decades * (random.Uniform(row, 999) - 0.5));
    for (Index c = 0; c < dimensions; ++c) {
      rows[i].push_back(scale * random.Normal(row, c));
    }
  }
  std::vector<double> gram;
  for (const auto& a : rows) {
    for (const auto& b : rows) {
      double sum = 0;
      for (std::size_t c = 0; c < a.size(); ++c) sum += a[c] * b[c];
      gram.push_back(sum);
    }
  }
  return gram;
}

Mat<const double> Square(const std::vector<double>& gram, std::size_t count) {
  const Index size = static_cast<Index>(count);
  return {gram.data(), size, size};
}

// By how much x is off the solution, as a part of the lengths of gradients.
double HalfSpaceError(const std::vector<double>& gram,
                      const std::vector<double>& u, double level,
                      const std::vector<double>& x) {
  std::vector<double> v = u;
  double reach = 0;
  for (std::size_t i = 0; i < u.size(); ++i) {
    v[i] += x[i];
    reach += v[i] * std::sqrt(gram[i * u.size() + i]);
  }
  std::vector<double> product(u.size());
  Product(Square(gram, u.size()), v, product);
  double worst = 0;
  for (std::size_t i = 0; i < u.size(); ++i) {
    const double off =
        (product[i] - level) / (std::sqrt(gram[i * u.size() + i]) * reach);
    worst = std::max(worst, x[i] > 0 ? std::abs(off) : -off);
    if (!(x[i] >= 0)) return INFINITY;
  }
  return worst;
}

TEST_CASE("the nearest point in half-spaces meets its conditions") {
  for (std::uint64_t draw = 0; draw < 240; ++draw) {
    const std::size_t count = 2 + draw % 40;
    const Index size = static_cast<Index>(count);
    // Every third has fewer dimensions than gradients.
    const Index dimensions = draw % 3 == 0 ? (size + 1) / 2 : size + 2;
    const double decades = draw % 2 == 0 ? 0 : 6;
    const std::vector<double> gram =
        RandomGramian(count, dimensions, decades, draw);
    CAPTURE(draw);
    HalfSpaceSolver solver(size + 1);
    solver.Begin(Square(gram, count));
    std::vector<double> u(count, 1.0 / static_cast<double>(count));
    std::vector<double> x(count);
    for (const double level : {0.0, -0.1}) {
      CAPTURE(level);
      solver.Solve(u, level, x);
      CHECK(HalfSpaceError(gram, u, level, x) < 1e-12);
    }
    std::fill(u.begin(), u.end(), 0.0);
    u[count / 2] = 1;
    solver.Solve(u, 0, x);
    CHECK(HalfSpaceError(gram, u, 0, x) < 1e-12);
  }
}

TEST_CASE("the nearest point in half-spaces is found by hand") {
  // (1, 0) and (-1, 1): without what goes against the other, (1/2, 1/2).
  const std::vector<double> gram = {1, -1, -1, 2};
  HalfSpaceSolver solver(2);
  solver.Begin(Square(gram, 2));
  std::vector<double> x(2);
  solver.Solve(std::vector<double>{1, 0}, 0, x);
  CHECK(x[0] == 0);
  CHECK(x[1] == doctest::Approx(0.5));
  // As near as (1, 2) has products of 1 with both.
  solver.Solve(std::vector<double>{0, 0}, 1, x);
  CHECK(x[0] == doctest::Approx(3));
  CHECK(x[1] == doctest::Approx(2));
}

TEST_CASE("a factored Gramian solves equations, by columns of eigenvectors") {
  for (std::uint64_t draw = 0; draw < 60; ++draw) {
    const std::size_t count = 1 + draw % 20;
    const Index size = static_cast<Index>(count);
    const bool is_whole = draw % 2 == 0;
    const Index dimensions = is_whole ? size + 1 : (size + 1) / 2;
    const std::vector<double> gram =
        RandomGramian(count, dimensions, is_whole ? 6 : 0, draw);
    GramianFactor factor(size + 3);
    factor.Factorise(Square(gram, count));
    CHECK(factor.rank() == std::min(size, dimensions));
    // b = Gy, so that Gx = b has solutions.
    std::vector<double> y;
    for (Index i = 0; i < size; ++i) {
      y.push_back(std::cos(static_cast<double>(3 * i)));
    }
    std::vector<double> b(count);
    std::vector<double> x(count);
    std::vector<double> product(count);
    Product(Square(gram, count), y, b);
    factor.Solve(b, x);
    Product(Square(gram, count), x, product);
    factor.Diagonalise();
    for (std::size_t i = 0; i < count; ++i) {
      CHECK(std::abs(product[i] - b[i]) <=
            1e-10 * std::sqrt(gram[i * count + i]) * std::sqrt(gram[0]) *
                static_cast<double>(count) * 1e6);
      for (std::size_t j = 0; j < count; ++j) {
        double sum = 0;
        for (Index k = 0; k < factor.rank(); ++k) {
          sum += factor.Axis(k)[i] * factor.Axis(k)[j];
        }
        CHECK(std::abs(sum - gram[i * count + j]) <=
              1e-12 * std::sqrt(gram[i * count + i] * gram[j * count + j]));
      }
    }
    for (Index j = 0; j < factor.rank(); ++j) {
      for (Index k = 0; k < j; ++k) {
        double sum = 0;
        for (std::size_t i = 0; i < count; ++i) {
          sum += factor.Axis(j)[i] * factor.Axis(k)[i];
        }
        CHECK(std::abs(sum) <=
              1e-12 * std::sqrt(factor.Eigenvalue(j) * factor.Eigenvalue(k)));
      }
    }
  }
}

TEST_CASE("of many solutions the shortest is taken, of none the nearest") {
  GramianFactor factor(2);
  std::vector<double> x(2);
  const std::vector<double> same = {1, 1, 1, 1};
  factor.Factorise(Square(same, 2));
  CHECK(factor.rank() == 1);
  factor.Solve(std::vector<double>{2, 2}, x);
  CHECK(x[0] == doctest::Approx(1));
  CHECK(x[1] == doctest::Approx(1));
  factor.Solve(std::vector<double>{1, -1}, x);
  CHECK(x == std::vector<double>{0, 0});
  const std::vector<double> none = {0, 0, 0, 0};
  factor.Factorise(Square(none, 2));
  CHECK(factor.rank() == 0);
  factor.Solve(std::vector<double>{1, 1}, x);
  CHECK(x == std::vector<double>{0, 0});
}

}  // namespace
}  // namespace mtlkit
