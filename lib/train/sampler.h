#pragma once

#include <memory>
#include <span>
#include <string>
#include <vector>

#include "base/registry.h"
#include "base/rng.h"
#include "base/view.h"
#include "data/dataset.h"

namespace mtlkit {

// What a sampler chooses from.
struct SamplerArgs {
  const Dataset& data;
  std::span<const Index> rows;  // to learn from, ascending
  Index batch = 0;              // rows of a step, at most
};

// The rows of one epoch, in the order they are seen, cut into batches.
struct EpochRows {
  std::vector<Index> rows;
  std::vector<std::size_t> ends;  // of each batch, ascending

  Index batch_count() const { return static_cast<Index>(ends.size()); }
  std::span<const Index> Batch(Index i) const;
};

// Decides which rows an epoch sees, in which order, and how they are cut into
// batches. That depends on (seed, epoch) and what was observed alone, so that a
// resumed run sees what it would have seen; every row comes up sooner or later,
// and every epoch has as many batches, none of them empty. Not thread-safe.
class Sampler {
 public:
  virtual ~Sampler() = default;
  // Sets `epoch` anew. Needs an epoch that was not observed yet.
  virtual void Draw(Seed seed, Index epoch, EpochRows* rows) = 0;

  // An epoch is over: what each task of the data has left to learn, 1 being all
  // and NaN unknown. Epochs come in order.
  virtual void Observe(Index /*epoch*/, std::span<const double> /*left*/) {}
  // What observations have changed; empty: nothing.
  virtual std::vector<double> state() const { return {}; }
  virtual void set_state(std::span<const double> /*state*/) {}

  // What an epoch is where that is not every row once: "101 rows: a 62 (has
  // 80), b 39 (has 21)"; "" otherwise.
  virtual std::string Text(Index /*epoch*/) const { return {}; }
};

// A registered sampler (samplers.def).
struct SamplerEntry
    : RegistryEntry<std::unique_ptr<Sampler>, const SamplerArgs&> {
  // Whether a row may come up more than once in a batch.
  bool repeats = false;
  // Whether rows of a group (Dataset::groups) are always in one batch.
  bool keeps_groups = false;
};

std::span<const SamplerEntry* const> SamplerEntries();
// An unknown name or option is kUsage. Needs rows.
std::unique_ptr<Sampler> MakeSampler(const Choice& choice,
                                     const SamplerArgs& args,
                                     const std::string& where = "--sampler");

// As few batches of at most `batch` rows as there can be, whose sizes differ
// by one at most: a last batch of a few rows would take a step as long as the
// others'.
void CutEvenly(Index batch, EpochRows* epoch);

}  // namespace mtlkit
