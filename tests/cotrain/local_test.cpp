// What methods of one process choose by themselves.
#include <doctest/doctest.h>

#include "cotrain/local.h"
#include "cotrain/run_flags.h"
#include "cotrain/sample_run.h"

namespace mtlkit {
namespace {

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
