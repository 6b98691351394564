#pragma once

#include <cstdint>
#include <span>

namespace mtlkit {

// Weights of tasks that are none below 0 and sum to 1.

// Replaces numbers by the nearest ones of that kind, exactly (Michelot, "A
// finite algorithm for finding the projection of a point onto the canonical
// simplex of R^n", 1986). Needs finite numbers, at least one.
void ProjectOnSimplex(std::span<double> values);

// The share of each task among some of them, of shares that a weighting keeps
// in its state, `stride` numbers a task. The tasks of a batch share out what
// they have together, so that those that are not there keep what they have.
// Begins with 1 each.
class KeptShares {
 public:
  KeptShares(std::span<double> state, std::size_t stride)
      : state_(state), stride_(stride) {}

  void Start();
  // Sets the shares of the tasks of `which` among them, and 0 for others; they
  // are equal where these tasks have nothing.
  void Take(std::span<const std::uint8_t> which, std::span<double> share) const;
  // Divides what the tasks of `which` have by shares that sum to 1.
  void Keep(std::span<const std::uint8_t> which,
            std::span<const double> share) const;

 private:
  double Sum(std::span<const std::uint8_t> which) const;

  std::span<double> state_;
  std::size_t stride_;
};

}  // namespace mtlkit
