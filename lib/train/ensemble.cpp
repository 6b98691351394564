#include "train/ensemble.h"

#include <algorithm>
#include <iterator>
#include <limits>
#include <utility>
#include <vector>

#include "base/error.h"
#include "base/text.h"
#include "train/side_by_side.h"

namespace mtlkit {
namespace {

constexpr Seed kSeedStep = 1'000'000;

}  // namespace

Seed EnsembleSeed(Seed seed, Index number) {
  return seed + kSeedStep * static_cast<Seed>(number);
}

Index EnsembleNumber(Seed seed, Seed own) {
  constexpr Seed kMost = 1'000'000;
  const Seed steps = (own - seed) / kSeedStep;
  const bool is_one = (own - seed) % kSeedStep == 0 && steps < kMost;
  return is_one ? static_cast<Index>(steps) : 0;
}

void RequireSeeds(Seed seed, Index networks) {
  // Each is what its own seed makes, which a flag has to hold.
  constexpr auto kMostSeed =
      static_cast<Seed>(std::numeric_limits<Index>::max());
  const Seed above = kSeedStep * static_cast<Seed>(networks - 1);
  Require(
      seed <= kMostSeed - above, ErrorKind::kUsage,
      Str("--ensemble ", networks, ": its last network has the seed --seed + ",
          above, ", which is more than ", kMostSeed),
      Str("give a --seed of ", kMostSeed - above, " at most"));
}

std::string EnsembleCheckpoint(const std::string& checkpoint, Index number) {
  return PartCheckpoint(checkpoint, std::to_string(number + 1));
}

Model TrainEnsemble(Seed seed, Index networks,
                    const TrainEnvironment& environment,
                    const EnsembleWork& work, std::optional<Model> first) {
  RequireSeeds(seed, networks);
  std::vector<Model> models;
  if (first) models.push_back(std::move(*first));
  std::vector<TrainingJob> jobs;
  for (Index i = std::ssize(models); i < networks; ++i) {
    const Seed own = EnsembleSeed(seed, i);
    jobs.push_back({EnsembleCheckpoint(environment.checkpoint, i),
                    work.provenance(own), Str("network ", i + 1),
                    [&work, own](const TrainEnvironment& environment_of_one) {
                      return work.train(own, environment_of_one);
                    }});
  }
  std::vector<Model> trained = TrainSideBySide(jobs, "networks", environment);
  std::ranges::move(trained, std::back_inserter(models));
  return EnsembleOf(std::move(models));
}

}  // namespace mtlkit
