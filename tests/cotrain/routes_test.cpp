// The same method by memory and through files.
#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>

#include "cotrain/local.h"
#include "cotrain/sample_run.h"

namespace mtlkit {
namespace {

std::vector<Real> WeightsIn(const std::string& path) {
  const Model model = ReadModel(path);
  const auto weights = model.params.weights.all();
  return {weights.begin(), weights.end()};
}

// To the bit; in double, where files hold predictions in single precision, to
// its roundings.
bool AreAlike(const std::vector<Real>& a, const std::vector<Real>& b) {
  constexpr Real kMost = sizeof(Real) == sizeof(float) ? Real(0) : Real(1e-6);
  return std::ranges::equal(
      a, b, [](Real one, Real two) { return std::abs(one - two) <= kMost; });
}

// Predictions of classes are the same numbers in files as in memory, those of
// other tasks are rounded to their units; nothing chooses among epochs.
void WriteClassesOnly(const std::string& path) {
  Dataset data = SampleDataset(60);
  for (const char* type : {"regression", "ordinal"}) {
    for (std::size_t t = data.tasks.size(); t-- > 0;) {
      if (TaskTypeName(data.tasks[t].type) != type) continue;
      data.tasks.erase(data.tasks.begin() + static_cast<std::ptrdiff_t>(t));
      data.labels.erase(data.labels.begin() + static_cast<std::ptrdiff_t>(t));
    }
  }
  REQUIRE(data.tasks.size() >= 2);
  data.splits.erase("valid");
  WriteDataset(data, path);
}

// One step a round sees what the others said after the round before, which is
// what mutual learning sees in its next step. Targets are constants in both,
// and peers learn at the same time. What a round does not take from the one
// before must not matter: the momentum of an optimiser, the step that dropout
// is drawn for.
TEST_CASE(
    "mutual learning is codistillation in rounds of one step, bit by bit") {
  constexpr Index kRounds = 4;
  for (const Index peers : {2, 3}) {
    CAPTURE(peers);
    const TempFolder folder;
    WriteClassesOnly(folder / "data.h5");
    RunSpec spec;
    spec.peers = peers;
    spec.data = folder / "data.h5";
    spec.arch.layers = {"6"};
    spec.arch.dropout = 0;
    spec.train.batch = 60;
    spec.train.sampler = "proportional:order=stored";
    spec.train.optimizer.optimizer = "sgd:momentum=0";
    spec.train.optimizer.rate = 0.1;
    spec.train.schedule = "constant";
    spec.train.patience = 0;
    RunSpec together = spec;
    together.method = "mutual:burn-in=1";
    together.train.epochs = kRounds;
    ThreadPool pool(2);
    TrainEnvironment environment;
    environment.pool = &pool;
    TrainLocally(folder / "local", together, environment);
    spec.method = "codistillation";
    spec.train.epochs = 1;
    const Collaboration run = InitRun(folder / "run", spec);
    for (Index round = 1; round <= kRounds; ++round) {
      for (Index peer = 0; peer < peers; ++peer) {
        RunRound(run, peer, round, environment);
      }
    }
    for (Index peer = 0; peer < peers; ++peer) {
      const auto by_memory =
          WeightsIn(RunFolder(folder / "local").ModelPath(peer, 1));
      const auto by_files = WeightsIn(run.folder.ModelPath(peer, kRounds));
      CHECK(AreAlike(by_memory, by_files));
      CHECK_FALSE(AreAlike(by_memory,
                           WeightsIn(run.folder.ModelPath(peer, kRounds - 1))));
    }
  }
}

}  // namespace
}  // namespace mtlkit
