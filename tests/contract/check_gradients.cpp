#include "contract/check_gradients.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>

namespace mtlkit::contract {
namespace {

void Move(double step, const AlignedVector& direction, AlignedVector* values) {
  for (std::size_t i = 0; i < values->size(); ++i) {
    (*values)[i] += static_cast<Real>(step) * direction[i];
  }
}

// With a shorter step, too: where the largest of several numbers is taken, a
// long one goes past places without a derivative.
std::vector<double> Steps() {
  return kDouble ? std::vector<double>{1e-5} : std::vector<double>{4e-3, 2e-4};
}

}  // namespace

double Dot(const AlignedVector& a, const AlignedVector& b) {
  double sum = 0;
  for (std::size_t i = 0; i < a.size(); ++i) {
    sum += static_cast<double>(a[i]) * static_cast<double>(b[i]);
  }
  return sum;
}

bool IsFinite(const AlignedVector& values) {
  return std::ranges::all_of(values, [](Real v) { return std::isfinite(v); });
}

void CheckGradients(Seed seed, Index draw, LayerRun* run) {
  const double tolerance = kDouble ? 1e-7 : 5e-3;
  const AlignedVector dy = run->RandomGradient(1, draw);
  run->Forward();
  const LayerRun::Gradients gradients = run->Backward(dy, 1);
  const Rng random(seed, RandomPurpose::kTest, 77);
  std::vector<AlignedVector*> moved;
  std::vector<AlignedVector> directions;
  double expected = 0;
  const auto take = [&](AlignedVector* values, const AlignedVector& grad) {
    REQUIRE(IsFinite(grad));
    AlignedVector direction(values->size());
    for (std::size_t i = 0; i < direction.size(); ++i) {
      direction[i] = static_cast<Real>(
          random.Normal(std::ssize(directions), static_cast<Index>(i)));
    }
    expected += Dot(grad, direction);
    moved.push_back(values);
    directions.push_back(std::move(direction));
  };
  for (std::size_t i = 0; i < run->x.size(); ++i) {
    take(&run->x[i], gradients.dx[i]);
  }
  for (std::size_t i = 0; i < run->w.size(); ++i) {
    take(&run->w[i], gradients.dw[i]);
  }
  const auto at = [&](double distance) {
    for (std::size_t i = 0; i < moved.size(); ++i) {
      Move(distance, directions[i], moved[i]);
    }
    run->Forward();
    return run->Project(dy);
  };
  const double scale =
      std::max({1.0, std::abs(expected), std::sqrt(Dot(dy, dy))});
  double off = HUGE_VAL;
  for (const double step : Steps()) {
    const double up = at(step);
    const double down = at(-2 * step);
    off = std::min(off, std::abs((up - down) / (2 * step) - expected));
    if (off <= tolerance * scale) break;
    at(step);
  }
  CHECK(off <= tolerance * scale);
}

}  // namespace mtlkit::contract
