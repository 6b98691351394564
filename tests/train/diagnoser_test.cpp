// What is measured of steps beside a training (--diagnose).
#include "train/diagnoser.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <atomic>
#include <cmath>
#include <limits>
#include <string>
#include <vector>

#include "base/error.h"
#include "nn/model_io.h"
#include "temp_folder.h"
#include "train/sample.h"

namespace mtlkit {
namespace {

Model DiagnosedModel(const Dataset& data, const std::string& arch = "shared",
                     bool mixes_rows = true) {
  ArchOptions options;
  options.arch = arch;
  options.layers = {"16"};
  options.norm = mixes_rows ? "batch" : "layer";
  options.dropout = mixes_rows ? 0.1 : 0;
  return BuildModel(data, options, 1, data.SplitRows("train"));
}

TrainOptions DiagnosedOptions(const std::string& weighting, Index every) {
  TrainOptions options = SampleOptions();
  options.epochs = 3;
  options.weighting.weighting = weighting;
  options.diagnose = every;
  return options;
}

bool AreAlike(const std::vector<double>& a, const std::vector<double>& b) {
  if (a.size() != b.size()) return false;
  for (std::size_t i = 0; i < a.size(); ++i) {
    if (a[i] != b[i] && !(std::isnan(a[i]) && std::isnan(b[i]))) return false;
  }
  return true;
}

TEST_CASE("no bit of a training depends on what is measured beside it") {
  const Dataset data = SampleData(150);
  for (const char* weighting : {"equal", "pcgrad", "famo", "graddrop"}) {
    CAPTURE(weighting);
    Model without = DiagnosedModel(data);
    Model with = DiagnosedModel(data);
    const TrainOptions plain = DiagnosedOptions(weighting, 0);
    const TrainOptions measured = DiagnosedOptions(weighting, 2);
    Train(InputsOf(data, plain), plain, 1, {}, &without);
    Train(InputsOf(data, measured), measured, 1, {}, &with);
    CHECK(WeightsOf(without) == WeightsOf(with));
    // Running statistics are no weights.
    CHECK(std::ranges::equal(without.params.buffers.all(),
                             with.params.buffers.all()));
    CHECK(without.log.diagnostics.empty());
    // 90 rows in batches of 32 are 3 steps an epoch.
    const Diagnostics& d = with.log.diagnostics;
    CHECK(d.step_count() == 5);
    CHECK(d.epoch_count() == 3);
    CHECK(d.Step(1, d.Find("step")) == 3);
    CHECK(d.Step(2, d.Find("epoch")) == 2);
    CHECK(d.Step(0, d.Find("weight.sign")) > 0);
  }
}

// What one step at rate 1 takes off the shared parameters where only these
// tasks have labels: their gradient.
std::vector<double> SharedGradient(Dataset data, Index only) {
  for (std::size_t t = 0; t < data.labels.size(); ++t) {
    if (only < 0 || static_cast<Index>(t) == only) continue;
    data.labels[t].values.assign(data.labels[t].values.size(),
                                 std::numeric_limits<float>::quiet_NaN());
  }
  Model model = DiagnosedModel(data, "shared", false);
  const std::vector<Real> before = WeightsOf(model);
  TrainOptions options;
  options.epochs = 1;
  options.batch = 1000;
  options.schedule = "constant";
  options.optimizer.optimizer = "sgd:momentum=0";
  options.optimizer.rate = 1;
  TrainInputs inputs = InputsOf(data, options);
  inputs.valid_rows.clear();
  Train(inputs, options, 1, {}, &model);
  const std::vector<Real> after = WeightsOf(model);
  std::vector<double> gradient;
  const Index shared = model.network->weights()->shared_size();
  for (std::size_t i = 0; i < At(shared); ++i) {
    gradient.push_back(static_cast<double>(before[i]) -
                       static_cast<double>(after[i]));
  }
  return gradient;
}

double Product(const std::vector<double>& a, const std::vector<double>& b) {
  double sum = 0;
  for (std::size_t i = 0; i < a.size(); ++i) sum += a[i] * b[i];
  return sum;
}

TEST_CASE("norms and cosines are those of each task's own gradient") {
  const Dataset data = SampleData(100);
  std::vector<std::vector<double>> gradients;
  for (Index t = 0; t < 3; ++t) gradients.push_back(SharedGradient(data, t));
  Model model = DiagnosedModel(data, "shared", false);
  TrainOptions options = DiagnosedOptions("equal", 1);
  options.epochs = 1;
  options.batch = 1000;
  Train(InputsOf(data, options), options, 1, {}, &model);
  const Diagnostics& d = model.log.diagnostics;
  REQUIRE(d.step_count() == 1);
  double below = 0;
  for (Index a = 0; a < 3; ++a) {
    const double norm = std::sqrt(Product(gradients[At(a)], gradients[At(a)]));
    CHECK(d.Step(0, d.Find("norm." + d.tasks[At(a)])) ==
          doctest::Approx(norm).epsilon(1e-3));
    for (Index b = a + 1; b < 3; ++b) {
      const double other =
          std::sqrt(Product(gradients[At(b)], gradients[At(b)]));
      const double cosine =
          Product(gradients[At(a)], gradients[At(b)]) / norm / other;
      CHECK(std::abs(d.Cosine(0, a, b) - cosine) < 1e-3);
      CHECK(d.Cosine(0, b, a) == d.Cosine(0, a, b));
      below += cosine < 0 ? 1 : 0;
    }
  }
  CHECK(d.Step(0, d.Find("conflicts")) == doctest::Approx(below / 3));
}

TEST_CASE("gates say how experts are used") {
  const Dataset data = SampleData(100);
  for (const char* arch : {"mmoe:experts=3", "dselect-k:experts=4"}) {
    CAPTURE(arch);
    Model model = DiagnosedModel(data, arch);
    const TrainOptions options = DiagnosedOptions("equal", 1);
    Train(InputsOf(data, options), options, 1, {}, &model);
    const Diagnostics& d = model.log.diagnostics;
    const std::string gate = "mixture.kind";
    REQUIRE(d.Find("entropy." + gate) >= 0);
    for (Index step = 0; step < d.step_count(); ++step) {
      const double entropy = d.Step(step, d.Find("entropy." + gate));
      CHECK(entropy >= 0);
      CHECK(entropy <= 1 + 1e-6);
      double sum = 0;
      for (Index e = 1; d.Find(Str("load.", gate, ".", e)) >= 0; ++e) {
        sum += d.Step(step, d.Find(Str("load.", gate, ".", e)));
      }
      CHECK(sum == doctest::Approx(1).epsilon(1e-4));
    }
  }
}

TEST_CASE("a task that is not in a batch has no norm and no cosine there") {
  Dataset data = SampleData(100);
  // Labels of "kind" in the last rows only.
  for (std::size_t row = 0; row < 90; ++row) {
    data.labels[1].values[row] = std::numeric_limits<float>::quiet_NaN();
  }
  Model model = DiagnosedModel(data);
  TrainOptions options = DiagnosedOptions("equal", 1);
  options.batch = 4;
  Train(InputsOf(data, options), options, 1, {}, &model);
  const Diagnostics& d = model.log.diagnostics;
  Index absent = 0;
  for (Index step = 0; step < d.step_count(); ++step) {
    const bool has_norm = std::isfinite(d.Step(step, d.Find("norm.kind")));
    CHECK(has_norm == std::isfinite(d.Step(step, d.Find("loss.kind"))));
    absent += has_norm ? 0 : 1;
    CHECK(std::isfinite(d.Step(step, d.Find("cosine"))));
  }
  CHECK(absent > 0);
  CHECK(absent < d.step_count());
}

class StopsAfter : public SilentReporter {
 public:
  void Advance(Index) override {
    if (--left_ == 0) stop.store(true);
  }
  std::atomic<bool> stop{false};

 private:
  int left_ = 4;
};

TEST_CASE("what was measured goes on after a stop, and through a file") {
  const Dataset data = SampleData(150);
  const TrainOptions options = DiagnosedOptions("pcgrad", 2);
  Model whole = DiagnosedModel(data);
  Train(InputsOf(data, options), options, 1, {}, &whole);
  const TempFolder folder;
  Model parts = DiagnosedModel(data);
  int stops = 0;
  for (bool done = false; !done;) {
    parts = DiagnosedModel(data);
    StopsAfter reporter;
    TrainEnvironment environment;
    environment.reporter = &reporter;
    environment.stop = &reporter.stop;
    environment.checkpoint = folder / "m.ckpt.h5";
    try {
      Train(InputsOf(data, options), options, 1, environment, &parts);
      done = true;
    } catch (const Error& error) {
      REQUIRE(error.kind() == ErrorKind::kStopped);
      ++stops;
    }
  }
  CHECK(stops > 1);
  WriteModel(parts, folder / "m.h5");
  const Diagnostics& a = whole.log.diagnostics;
  const Diagnostics b = ReadModel(folder / "m.h5").log.diagnostics;
  CHECK(a.columns == b.columns);
  CHECK(a.tasks == b.tasks);
  CHECK(AreAlike(a.steps, b.steps));
  CHECK(AreAlike(a.cosines, b.cosines));
}

TEST_CASE("more than memory should hold is refused before training") {
  const Dataset data = SampleData(150);
  TrainOptions options = DiagnosedOptions("equal", 1);
  options.epochs = 2'000'000;
  Model model = DiagnosedModel(data);
  CHECK_THROWS_WITH_AS(CheckTraining(InputsOf(data, options), options, &model),
                       doctest::Contains("--diagnose 1 would keep"), Error);
}

}  // namespace
}  // namespace mtlkit
