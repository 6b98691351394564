// Networks that are trained side by side are those of runs of their own.
#include "train/ensemble.h"

#include <doctest/doctest.h>

#include <atomic>
#include <filesystem>
#include <fstream>
#include <limits>
#include <string>
#include <vector>

#include "base/error.h"
#include "h5/provenance.h"
#include "nn/model_io.h"
#include "temp_folder.h"
#include "train/ensemble_report.h"
#include "train/loop.h"
#include "train/predict.h"
#include "train/sample.h"

namespace mtlkit {
namespace {

constexpr Index kNetworks = 3;

std::vector<Real> NumbersOf(const Params& params) {
  const std::span<const Real> weights = params.weights.all();
  std::vector<Real> numbers(weights.begin(), weights.end());
  const std::span<const Real> buffers = params.buffers.all();
  numbers.insert(numbers.end(), buffers.begin(), buffers.end());
  return numbers;
}

std::vector<std::vector<Real>> NumbersOf(const Model& model) {
  std::vector<std::vector<Real>> numbers = {NumbersOf(model.params)};
  for (const TrainedNetwork& other : model.others) {
    numbers.push_back(NumbersOf(other.params));
  }
  return numbers;
}

EnsembleWork WorkOn(const Dataset& data,
                    const TrainOptions& options = SampleOptions()) {
  return {[&data, options](Seed seed, const TrainEnvironment& environment) {
            Model model = SampleModel(data, seed);
            Train(InputsOf(data, options), options, seed, environment, &model);
            return model;
          },
          [](Seed seed) { return ExtendProvenance("test", seed, {}, {}); }};
}

Model TrainThree(const Dataset& data, const TrainEnvironment& environment,
                 const TrainOptions& options = SampleOptions()) {
  return TrainEnsemble(7, kNetworks, environment, WorkOn(data, options));
}

// What runs of their own make of the seeds.
std::vector<std::vector<Real>> ThreeAlone(const Dataset& data) {
  std::vector<std::vector<Real>> numbers;
  for (Index i = 0; i < kNetworks; ++i) {
    const Seed seed = EnsembleSeed(7, i);
    Model model = SampleModel(data, seed);
    ThreadPool pool(1);
    TrainEnvironment environment;
    environment.pool = &pool;
    Train(InputsOf(data, SampleOptions()), SampleOptions(), seed, environment,
          &model);
    numbers.push_back(NumbersOf(model.params));
  }
  return numbers;
}

TEST_CASE("each network is what its seed alone makes, for any threads") {
  const Dataset data = SampleData(150);
  const auto alone = ThreeAlone(data);
  CHECK(EnsembleSeed(7, 0) == 7);
  CHECK(EnsembleSeed(7, 2) == 2000007);
  CHECK(EnsembleNumber(7, 2000007) == 2);
  CHECK(EnsembleNumber(7, 7) == 0);
  CHECK(EnsembleNumber(7, 8) == 0);
  CHECK(EnsembleNumber(7, 6) == 0);
  for (const int threads : {1, 2, 5}) {
    ThreadPool pool(threads);
    TrainEnvironment environment;
    environment.pool = &pool;
    const Model model = TrainThree(data, environment);
    CHECK(model.networks() == kNetworks);
    CHECK(NumbersOf(model) == alone);
    CHECK(model.log.epochs() == 6);
    CHECK(model.others[1].log.epochs() == 6);
  }
  CHECK(alone[0] != alone[1]);
}

TEST_CASE("an ensemble goes through a file, and predicts its networks' mean") {
  const TempFolder folder;
  const Dataset data = SampleData(150);
  ThreadPool pool(2);
  TrainEnvironment environment;
  environment.pool = &pool;
  const Model model = TrainThree(data, environment);
  WriteModel(model, folder / "m.h5");
  const Model read = ReadModel(folder / "m.h5");
  CHECK(NumbersOf(read) == NumbersOf(model));
  CHECK(read.others[1].log.best_epoch == model.others[1].log.best_epoch);

  const std::vector<Model> singles = SingleModels(read);
  REQUIRE(std::ssize(singles) == kNetworks);
  CHECK(NumbersOf(EnsembleOf(singles)) == NumbersOf(model));
  std::vector<EnsembleMember> members;
  std::vector<double> mean(150);
  for (const Model& single : singles) {
    CHECK(single.networks() == 1);
    members.push_back({&single, 1});
    const EnsembleMember one = {&single, 1};
    const Predictions said = Predict({&one, 1}, data, {}, &pool);
    for (std::size_t row = 0; row < mean.size(); ++row) {
      mean[row] += static_cast<double>(said.tasks[0].prob[row]) / kNetworks;
    }
  }
  const Predictions all = Predict(members, data, {}, &pool);
  for (std::size_t row = 0; row < mean.size(); ++row) {
    CHECK(static_cast<double>(all.tasks[0].prob[row]) ==
          doctest::Approx(mean[row]).epsilon(1e-6));
  }
  CHECK(all.model_sha256 == read.content_sha256);
}

// Asks to stop after so many events.
class StopSoon : public SilentReporter {
 public:
  explicit StopSoon(int events) : left_(events) {}
  void Advance(Index) override {
    if (--left_ == 0) stop.store(true);
  }
  std::atomic<bool> stop{false};

 private:
  int left_;
};

TEST_CASE("an ensemble that is stopped again and again ends with the same") {
  const TempFolder folder;
  const Dataset data = SampleData(150);
  const std::string checkpoint = folder / "m.h5.ckpt.h5";
  int stops = 0;
  for (int part = 0; part < 100; ++part) {
    StopSoon reporter(4);
    ThreadPool pool(2);
    TrainEnvironment environment;
    environment.pool = &pool;
    environment.reporter = &reporter;
    environment.stop = &reporter.stop;
    environment.checkpoint = checkpoint;
    try {
      const Model model = TrainThree(data, environment);
      CHECK(NumbersOf(model) == ThreeAlone(data));
      break;
    } catch (const Error& error) {
      REQUIRE(error.kind() == ErrorKind::kStopped);
      ++stops;
    }
  }
  CHECK(stops > 1);
  CHECK(stops < 50);
  // All that was kept are the networks, each a model.
  CHECK_FALSE(std::filesystem::exists(checkpoint));
  CHECK(ReadModel(folder / "m.h5.ckpt.2.h5").networks() == 1);

  ThreadPool pool(1);
  TrainEnvironment environment;
  environment.pool = &pool;
  environment.checkpoint = checkpoint;
  CHECK_THROWS_AS(TrainEnsemble(8, kNetworks, environment, WorkOn(data)),
                  Error);
  for (Index i = 0; i < kNetworks; ++i) {
    CHECK(std::filesystem::remove(EnsembleCheckpoint(checkpoint, i)));
  }
  CHECK(std::filesystem::is_empty(folder.path()));
}

TEST_CASE("a network that diverges ends the ensemble with its error") {
  const Dataset data = SampleData(150);
  TrainOptions options = SampleOptions();
  options.optimizer.optimizer = "sgd";
  options.optimizer.rate = 1e20;
  ThreadPool pool(2);
  TrainEnvironment environment;
  environment.pool = &pool;
  try {
    TrainThree(data, environment, options);
    FAIL("it learned");
  } catch (const Error& error) {
    CHECK(error.kind() == ErrorKind::kNo);
    CHECK(error.message().starts_with("network "));
  }
}

TEST_CASE("an ensemble has seeds that a flag can have") {
  const Dataset data = SampleData(150);
  const auto most = static_cast<Seed>(std::numeric_limits<Index>::max());
  CHECK_THROWS_WITH_AS(TrainEnsemble(most - 5, kNetworks, {}, WorkOn(data)),
                       doctest::Contains("its last network has the seed"),
                       Error);
}

class WrittenReport : public SilentReporter {
 public:
  void Begin(std::string_view phase, Index total) override {
    text += Str("[", phase, " ", total, "]");
  }
  void Advance(Index done) override { text += Str(" ", done, ":"); }
  void Measure(std::string_view name, double value, bool) override {
    text += Str(" ", name, " ", ShortNumber(value));
  }
  void Show(std::string_view, double, std::string_view shown) override {
    text += Str(" ", shown);
  }
  void Commit() override { text += ";"; }
  void Note(std::string_view note) override { text += Str(" <", note, ">"); }
  std::string text;
};

TEST_CASE("networks share one line, with their means") {
  WrittenReport written;
  {
    EnsembleReport report(&written, 2);
    for (const Index network : {0, 1}) {
      Reporter& own = *report.ForNetwork(network);
      own.Note("no validation rows");
      own.Begin("epoch", 10);
      const auto number = static_cast<double>(network);
      own.Advance(4);
      own.Measure("valid", 0.5 + 0.1 * number, true);
      own.Show("best", 0.3 + 0.1 * number, "(best .3 @ 2)");
      own.Show("best_epoch", 2);
      own.Show("rows_per_second", 1000, "1k rows/s");
      own.Commit();
    }
    report.Finish(0);
  }
  CHECK(written.text ==
        " <no validation rows>[2 networks, epoch 20] 4: valid .500 (best .300) "
        "1.0k rows/s; 8: valid .550 (best .350) 2.0k rows/s; 14: valid .550 "
        "(best .350) 1.0k rows/s;");
}

}  // namespace
}  // namespace mtlkit
