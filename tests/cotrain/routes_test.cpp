// The same method by memory and through files.
#include <doctest/doctest.h>

#include "cotrain/local.h"
#include "cotrain/run_flags.h"
#include "cotrain/sample_run.h"

namespace mtlkit {
namespace {

std::vector<Real> WeightsIn(const std::string& path) {
  const Model model = ReadModel(path);
  const auto weights = model.params.weights.all();
  return {weights.begin(), weights.end()};
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
// and peers learn at the same time.
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
    spec.train.optimizer.optimizer = "sgd";
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
      CHECK(by_memory == by_files);
      CHECK(by_memory != WeightsIn(run.folder.ModelPath(peer, kRounds - 1)));
    }
  }
}

TEST_CASE("methods for noisy labels choose weights by decisions, and say so") {
  const TempFolder folder;
  WriteDataset(SampleDataset(), folder / "data.h5");
  class Listener : public SilentReporter {
   public:
    void Note(std::string_view text) override { notes += Str(text, "\n"); }
    std::string notes;
  };
  const auto selected = [&](const std::string& method, const std::string& said,
                            std::string* notes) {
    RunFlags flags("mutual", false);
    flags.spec.method = method;
    flags.spec.arch.layers = {"4"};
    flags.spec.train.epochs = 2;
    if (!said.empty()) flags.spec.train.select_on = said;
    Listener listener;
    TrainEnvironment environment;
    environment.reporter = &listener;
    const std::string path = folder / (method + said);
    TrainLocally(path, flags.Finish(1, folder / "data.h5"), environment);
    *notes = listener.notes;
    return ReadModel(RunFolder(path).ModelPath(0, 1)).log.selected_on;
  };
  std::string notes;
  CHECK(Contains(selected("co-teaching", "", &notes), ".accuracy"));
  CHECK(Contains(notes, "--select-on decisions"));
  CHECK(selected("co-teaching", "loss", &notes) == "valid loss");
  CHECK_FALSE(Contains(notes, "decisions"));
  CHECK(selected("mutual", "", &notes) == "valid loss");
}

}  // namespace
}  // namespace mtlkit
