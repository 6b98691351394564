#pragma once

#include <array>
#include <cstdint>
#include <span>

#include "base/view.h"

namespace mtlkit {

using Seed = std::uint64_t;

// One block of Philox 4x32-10 (Salmon, Moraes, Dror and Shaw, "Parallel random
// numbers: as easy as 1, 2, 3", 2011): four random words from a counter and a
// key, without any state.
std::array<std::uint32_t, 4> Philox(std::array<std::uint32_t, 4> counter,
                                    std::array<std::uint32_t, 2> key);

// What random numbers are for. Numbers of different purposes are independent,
// so that a new use never shifts the numbers of another. Values are part of
// the reproducibility promise: append, never renumber.
enum class RandomPurpose : std::uint32_t {
  kInitialWeights = 1,
  kEpochOrder = 2,
  kDropout = 3,
  kSplit = 4,
  kHideLabels = 5,
  kSampleRows = 6,
  kWeighting = 7,
  kBootstrap = 8,
  kPeerSeed = 9,
  kPeerRows = 10,
  kPool = 11,
  kFolds = 12,
  kKeepLabels = 13,
  kMixup = 14,
  kInputNoise = 15,
  kImportance = 16,
  kAugment = 17,
  kTest = 1000,
};

// Random numbers addressed by position instead of drawn in turn: the number at
// (row, col) depends on (seed, purpose, step, row, col) alone. So
// neither the number of threads nor a resume can change a result, and a dropout
// mask can be made again. A value type; any number of threads may share it.
class Rng {
 public:
  Rng(Seed seed, RandomPurpose purpose, std::uint64_t step = 0);

  // What Block hands to Philox, for kernels that compute many blocks at once.
  std::array<std::uint32_t, 2> key() const { return key_; }
  std::uint32_t step() const { return step_; }

  // The four words of block (row, block): counters of 32 bits each.
  std::array<std::uint32_t, 4> Block(std::uint64_t row,
                                     std::uint32_t block) const;

  // 32 random bits at a place.
  std::uint32_t At(Index row, Index col) const;
  // 64 random bits at a place; shares nothing with At of another place.
  std::uint64_t Wide(Index row, Index col) const;
  // In [0, 1), with 53 random bits.
  double Uniform(Index row, Index col) const;
  // Standard normal, by Box and Muller.
  double Normal(Index row, Index col) const;
  // In [0, bound), without bias (Lemire's rejection). Needs bound > 0.
  std::uint64_t Below(Index row, Index col, std::uint64_t bound) const;

  // Puts `values` into an order that depends on this generator and their
  // number only (Fisher-Yates; `row` tells several shuffles apart).
  void Shuffle(std::span<Index> values, Index row = 0) const;
  void Shuffle(std::span<std::uint32_t> values, Index row = 0) const;

 private:
  std::array<std::uint32_t, 2> key_;
  std::uint32_t step_;
};

// A seed of its own for something numbered within a run (a peer, a fold).
Seed DeriveSeed(Seed seed, RandomPurpose purpose, std::uint64_t number);

}  // namespace mtlkit
