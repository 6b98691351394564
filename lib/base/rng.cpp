#include "base/rng.h"

#include <cassert>
#include <cmath>
#include <numbers>
#include <utility>

namespace mtlkit {
namespace {

constexpr std::uint32_t kMultiplierA = 0xD2511F53;
constexpr std::uint32_t kMultiplierB = 0xCD9E8D57;
constexpr std::uint32_t kWeylA = 0x9E3779B9;
constexpr std::uint32_t kWeylB = 0xBB67AE85;

std::uint32_t High(std::uint64_t word) {
  return static_cast<std::uint32_t>(word >> 32);
}
std::uint32_t Low(std::uint64_t word) {
  return static_cast<std::uint32_t>(word);
}

__extension__ using Wide128 = unsigned __int128;

double ToUnit(std::uint64_t bits) {
  return static_cast<double>(bits >> 11) * 0x1p-53;
}

}  // namespace

std::array<std::uint32_t, 4> Philox(std::array<std::uint32_t, 4> counter,
                                    std::array<std::uint32_t, 2> key) {
  for (int round = 0; round < 10; ++round) {
    const std::uint64_t a = std::uint64_t{kMultiplierA} * counter[0];
    const std::uint64_t b = std::uint64_t{kMultiplierB} * counter[2];
    counter = {High(b) ^ counter[1] ^ key[0], Low(b),
               High(a) ^ counter[3] ^ key[1], Low(a)};
    key[0] += kWeylA;
    key[1] += kWeylB;
  }
  return counter;
}

Rng::Rng(Seed seed, RandomPurpose purpose, std::uint64_t step)
    : step_(Low(step)) {
  // The key mixes seed, purpose and the high half of the step, so that the
  // counter has room for a 64-bit row, a 32-bit block and a 32-bit step.
  const auto mixed = Philox(
      {Low(seed), High(seed), static_cast<std::uint32_t>(purpose), High(step)},
      {0x6D746C6B, 0x69740001});
  key_ = {mixed[0], mixed[1]};
}

std::array<std::uint32_t, 4> Rng::Block(std::uint64_t row,
                                        std::uint32_t block) const {
  return Philox({block, Low(row), High(row), step_}, key_);
}

std::uint32_t Rng::At(Index row, Index col) const {
  const auto words = Block(static_cast<std::uint64_t>(row),
                           static_cast<std::uint32_t>(col >> 2));
  return words[static_cast<std::size_t>(col & 3)];
}

std::uint64_t Rng::Wide(Index row, Index col) const {
  const auto words = Block(static_cast<std::uint64_t>(row),
                           static_cast<std::uint32_t>(col >> 1));
  const auto half = static_cast<std::size_t>(col & 1) * 2;
  return (std::uint64_t{words[half + 1]} << 32) | words[half];
}

double Rng::Uniform(Index row, Index col) const {
  return ToUnit(Wide(row, col));
}

double Rng::Normal(Index row, Index col) const {
  const auto words =
      Block(static_cast<std::uint64_t>(row), static_cast<std::uint32_t>(col));
  const std::uint64_t a = (std::uint64_t{words[1]} << 32) | words[0];
  const std::uint64_t b = (std::uint64_t{words[3]} << 32) | words[2];
  const double radius = std::sqrt(-2.0 * std::log(1.0 - ToUnit(a)));
  return radius * std::cos(2.0 * std::numbers::pi * ToUnit(b));
}

std::uint64_t Rng::Below(Index row, Index col, std::uint64_t bound) const {
  assert(bound > 0);
  // A rejected draw goes on in blocks far away from those of other places.
  const std::uint64_t limit = (0 - bound) % bound;
  for (Index attempt = 0;; ++attempt) {
    const std::uint64_t draw = Wide(row, col + (attempt << 30));
    const Wide128 product = Wide128{draw} * bound;
    if (static_cast<std::uint64_t>(product) >= limit) {
      return static_cast<std::uint64_t>(product >> 64);
    }
  }
}

namespace {

template <class T>
void ShuffleWith(const Rng& rng, std::span<T> values, Index row) {
  for (std::size_t i = values.size(); i > 1; --i) {
    const auto j = static_cast<std::size_t>(
        rng.Below(row, static_cast<Index>(i), static_cast<std::uint64_t>(i)));
    std::swap(values[i - 1], values[j]);
  }
}

}  // namespace

void Rng::Shuffle(std::span<Index> values, Index row) const {
  ShuffleWith(*this, values, row);
}

void Rng::Shuffle(std::span<std::uint32_t> values, Index row) const {
  ShuffleWith(*this, values, row);
}

Seed DeriveSeed(Seed seed, RandomPurpose purpose, std::uint64_t number) {
  return Rng(seed, purpose).Wide(static_cast<Index>(number), 0);
}

}  // namespace mtlkit
