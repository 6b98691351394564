#include "base/rng.h"

#include <cassert>
#include <cmath>
#include <numbers>
#include <optional>
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

std::uint64_t HalfOf(const std::array<std::uint32_t, 4>& words, Index half) {
  const auto at = static_cast<std::size_t>(half) * 2;
  return (std::uint64_t{words[at + 1]} << 32) | words[at];
}

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
  return HalfOf(words, col & 1);
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

namespace {

// Lemire's number below `bound` from `draw`; none: draw again. The division is
// only for the few draws that may have to be rejected.
std::optional<std::uint64_t> Bounded(std::uint64_t draw, std::uint64_t bound) {
  const Wide128 product = Wide128{draw} * bound;
  const auto low = static_cast<std::uint64_t>(product);
  if (low < bound && low < (0 - bound) % bound) return {};
  return static_cast<std::uint64_t>(product >> 64);
}

}  // namespace

std::uint64_t Rng::Below(Index row, Index col, std::uint64_t bound) const {
  assert(bound > 0);
  // A rejected draw goes on in blocks far away from those of other places.
  for (Index attempt = 0;; ++attempt) {
    const auto number = Bounded(Wide(row, col + (attempt << 30)), bound);
    if (number) return *number;
  }
}

namespace {

// By Below(row, i, i), of which two make use of one block.
template <class T>
void ShuffleWith(const Rng& rng, std::span<T> values, Index row) {
  std::array<std::uint32_t, 4> words{};
  for (std::size_t i = values.size(); i > 1; --i) {
    const auto col = static_cast<Index>(i);
    if (i == values.size() || col % 2 == 1) {
      words = rng.Block(static_cast<std::uint64_t>(row),
                        static_cast<std::uint32_t>(col / 2));
    }
    const auto drawn = Bounded(HalfOf(words, col % 2), i);
    const std::uint64_t j = drawn ? *drawn : rng.Below(row, col, i);
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
