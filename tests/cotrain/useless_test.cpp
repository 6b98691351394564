// Peers that learn nothing are told, as single models are.
#include <doctest/doctest.h>

#include "cotrain/local.h"
#include "cotrain/rounds.h"
#include "cotrain/sample_run.h"

namespace mtlkit {
namespace {

struct Warnings : SilentReporter {
  void Warn(std::string_view text) override { all += std::string(text) + "|"; }
  std::string all;
};

// Steps of no size leave peers as they began.
void LearnNothing(RunSpec* spec) {
  spec->train.optimizer.rate = 1e-12;
}

TEST_CASE("a round whose model is no better than constants says so") {
  SampleRun run("codistillation", LearnNothing);
  Warnings warnings;
  TrainEnvironment environment = run.environment();
  environment.reporter = &warnings;
  RunRound(run.run(), 1, 1, environment);
  CHECK(Contains(warnings.all,
                 "peer 1, round 1: on the validation rows the model is no "
                 "better than the best constants"));
}

TEST_CASE("peers of one process that are no better than constants are told") {
  const SampleRun run("fedavg");
  RunSpec spec = run.spec();
  spec.method = "mutual";
  LearnNothing(&spec);
  Warnings warnings;
  ThreadPool pool(1);
  TrainEnvironment environment;
  environment.pool = &pool;
  environment.reporter = &warnings;
  TrainLocally(run / "local", spec, environment);
  for (const char* peer : {"peer 0: on the valid", "peer 1: on the valid"}) {
    CHECK(Contains(warnings.all, peer));
  }
}

}  // namespace
}  // namespace mtlkit
