#include "train/small_solvers.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <vector>

#include "base/rng.h"
#include "train/newton_solver.h"

namespace mtlkit {
namespace {

using Rows = std::vector<std::vector<double>>;

std::vector<double> GramianOf(const Rows& rows) {
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

std::vector<double> MinNorm(const Rows& rows) {
  const Index count = static_cast<Index>(rows.size());
  const std::vector<double> gram = GramianOf(rows);
  MinNormSolver solver(count);
  std::vector<double> w(rows.size(), std::nan(""));
  solver.Solve({gram.data(), count, count}, w);
  return w;
}

void CheckClose(const std::vector<double>& a, const std::vector<double>& b) {
  REQUIRE(a.size() == b.size());
  for (std::size_t i = 0; i < a.size(); ++i) {
    CHECK(a[i] == doctest::Approx(b[i]).epsilon(1e-12));
  }
}

TEST_CASE("the shortest point of a hull is found by hand") {
  CheckClose(MinNorm({{1, 0}, {0, 1}}), {0.5, 0.5});
  // On the line x/2 + y = 1 the point nearest to 0 is (2/5, 4/5).
  CheckClose(MinNorm({{2, 0}, {0, 1}}), {0.2, 0.8});
  // The nearest point is a corner.
  CheckClose(MinNorm({{1, 0}, {3, 1}}), {1, 0});
  // The hull holds 0.
  CheckClose(MinNorm({{1, 0}, {-2, 0}}), {2.0 / 3, 1.0 / 3});
  CheckClose(MinNorm({{1, 0}, {-1, 1}, {-1, -1}}), {0.5, 0.25, 0.25});
  CheckClose(MinNorm({{0, 0}, {1, 1}, {0, 0}}), {0.5, 0, 0.5});
  CheckClose(MinNorm({{3, 4}}), {1});
  // Two that are the same share what one would have, in whatever way.
  const std::vector<double> twice = MinNorm({{2, 0}, {2, 0}, {0, 1}});
  CHECK(twice[0] + twice[1] == doctest::Approx(0.2));
  CHECK(twice[2] == doctest::Approx(0.8));
}

TEST_CASE("scales of vectors, alone or together, leave the solution exact") {
  for (const double scale : {1e-140, 1e-10, 1e10, 1e140}) {
    CAPTURE(scale);
    CheckClose(MinNorm({{2 * scale, 0}, {0, scale}}), {0.2, 0.8});
  }
  // The long one has the share s^2 / (1 + s^2) of the short one's length s.
  const std::vector<double> w = MinNorm({{1, 0}, {0, 1e-6}});
  CHECK(w[0] == doctest::Approx(1e-12).epsilon(1e-9));
  CHECK(w[1] == doctest::Approx(1));
}

TEST_CASE("non-negative least squares meets its optimality conditions") {
  for (int trial = 0; trial < 200; ++trial) {
    const Rng rng(5, RandomPurpose::kTest, static_cast<std::uint64_t>(trial));
    const Index size = 1 + trial % 12;
    // Every third problem has fewer dimensions than variables.
    const Index dimensions = trial % 3 == 0 ? (size + 1) / 2 : size + 2;
    Rows rows;
    std::vector<double> b;
    for (Index i = 0; i < size; ++i) {
      rows.emplace_back();
      for (Index c = 0; c < dimensions; ++c) {
        rows.back().push_back(rng.Normal(i, c));
      }
    }
    // b = A'y, so that the objective is bounded.
    for (Index i = 0; i < size; ++i) {
      double sum = 0;
      for (Index c = 0; c < dimensions; ++c) {
        sum += rows[static_cast<std::size_t>(i)][static_cast<std::size_t>(c)] *
               rng.Normal(size, c);
      }
      b.push_back(sum);
    }
    const std::vector<double> q = GramianOf(rows);
    NonNegativeSolver solver(size);
    std::vector<double> x(b.size());
    solver.Solve({q.data(), size, size}, b, x);
    for (std::size_t i = 0; i < x.size(); ++i) {
      double gradient = -b[i];
      for (std::size_t j = 0; j < x.size(); ++j) {
        gradient += q[i * x.size() + j] * x[j];
      }
      CHECK(x[i] >= 0);
      CHECK(gradient > -1e-9);
      if (x[i] > 0) CHECK(std::abs(gradient) < 1e-9);
    }
  }
}

TEST_CASE("a solver can be used for smaller problems, again and again") {
  MinNormSolver solver(8);
  const std::vector<double> large(64, 1.0);
  std::vector<double> w(8);
  solver.Solve({large.data(), 8, 8}, w);
  const std::vector<double> gram = {4, 0, 0, 1};
  std::vector<double> two(2);
  solver.Solve({gram.data(), 2, 2}, two);
  CheckClose(two, {0.2, 0.8});
}

struct Balance {
  bool certified;
  std::vector<double> x;
  double residual;
};

Balance SolveBalance(const std::vector<double>& q, const std::vector<double>& b,
                     double p) {
  const Index count = static_cast<Index>(b.size());
  NewtonSolver solver(count + 2);
  Balance balance = {false, std::vector<double>(b.size(), std::nan("")), 0};
  balance.certified = solver.Solve({q.data(), count, count}, b, p, balance.x);
  balance.residual = solver.residual();
  return balance;
}

// The largest of |x_i^p (Qx)_i / b_i - 1|.
double BalanceError(const std::vector<double>& q, const std::vector<double>& b,
                    double p, const std::vector<double>& x) {
  double worst = 0;
  for (std::size_t i = 0; i < x.size(); ++i) {
    double sum = 0;
    for (std::size_t j = 0; j < x.size(); ++j)
      sum += q[i * x.size() + j] * x[j];
    worst = std::max(worst, std::abs(std::pow(x[i], p) * sum / b[i] - 1));
  }
  return worst;
}

TEST_CASE("the balance of gradients is found by hand") {
  // q x = 1 / x.
  CheckClose(SolveBalance({4, 0, 0, 1.0 / 9}, {1, 1}, 1).x, {0.5, 3});
  // 3 x = 1 / x.
  const double third = 1 / std::sqrt(3.0);
  CheckClose(SolveBalance({2, 1, 1, 2}, {1, 1}, 1).x, {third, third});
  // Shares of 4 and 1 of orthogonal gradients.
  CheckClose(SolveBalance({1, 0, 0, 1}, {4, 1}, 1).x, {2, 1});
  // q x = 1 / x^2.
  CheckClose(SolveBalance({8, 0, 0, 1}, {1, 1}, 2).x, {0.5, 1});
  // q x = x^(-1/2).
  CheckClose(SolveBalance({8, 0, 0, 1}, {1, 1}, 0.5).x, {0.25, 1});
  CheckClose(SolveBalance({1e-300}, {1}, 1).x, {1e150});
}

// Rows of random gradients whose lengths span so many decades are balanced.
void CheckBalances(double decades, double p) {
  for (Index draw = 0; draw < 60; ++draw) {
    const Rng random(7, RandomPurpose::kTest, static_cast<std::uint64_t>(draw));
    const std::size_t count = 2 + static_cast<std::size_t>(draw) % 11;
    Rows rows(count, std::vector<double>(count + 3));
    std::vector<double> b;
    for (std::size_t i = 0; i < count; ++i) {
      const double scale =
          std::pow(10.0, decades * random.Uniform(static_cast<Index>(i), 99) -
                             decades / 2);
      for (std::size_t c = 0; c < rows[i].size(); ++c) {
        rows[i][c] =
            scale * random.Normal(static_cast<Index>(i), static_cast<Index>(c));
      }
      b.push_back(0.1 + random.Uniform(static_cast<Index>(i), 98));
    }
    const std::vector<double> q = GramianOf(rows);
    const Balance balance = SolveBalance(q, b, p);
    CHECK(balance.certified);
    CHECK(BalanceError(q, b, p, balance.x) < 1e-8);
    CHECK(balance.residual < 1e-9);
  }
}

TEST_CASE("a balance is certified whatever the scales") {
  CheckBalances(30, 1);
  CheckBalances(2, 0.25);
  CheckBalances(2, 2);
}

TEST_CASE("gradients that cancel have no balance, and it is said so") {
  const auto cancels = [](const Rows& rows) {
    const std::vector<double> b(rows.size(), 1);
    const Balance balance = SolveBalance(GramianOf(rows), b, 1);
    for (const double x : balance.x) CHECK(std::isfinite(x));
    return !balance.certified && balance.residual > 1e-9;
  };
  CHECK(cancels({{1, 0}, {-1, 0}}));
  CHECK(cancels({{1, 0}, {-1, 1}, {-1, -1}}));
  CHECK(cancels({{0, 0}, {1, 1}}));
}

}  // namespace
}  // namespace mtlkit
