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

TEST_CASE("a round whose model is no better than constants says so") {
  SampleRun run("codistillation");  // two epochs are too few
  Warnings warnings;
  TrainEnvironment environment = run.environment();
  environment.reporter = &warnings;
  RunRound(run.run(), 0, 1, environment);
  CHECK(Contains(warnings.all,
                 "peer 0, round 1: on the validation rows the model is no "
                 "better than the best constants"));
}

TEST_CASE("peers of one process that are no better than constants are told") {
  const SampleRun run("fedavg");
  RunSpec spec = run.spec();
  spec.method = "mutual";
  Warnings warnings;
  ThreadPool pool(1);
  TrainEnvironment environment;
  environment.pool = &pool;
  environment.reporter = &warnings;
  TrainLocally(run / "local", spec, environment);
  CHECK(warnings.all.starts_with("peer "));
  CHECK(Contains(warnings.all,
                 ": on the validation rows the model is no "
                 "better than the best constants"));
}

}  // namespace
}  // namespace mtlkit
