// What must hold of a training step of every architecture, on tasks of several
// types of which labels are missing.
#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <string>
#include <vector>

#include "allocations.h"
#include "base/error.h"
#include "nn/fitting_data.h"
#include "temp_folder.h"
#include "train/loop.h"
#include "train/trainee.h"

namespace mtlkit {
namespace {

ArchOptions OptionsOf(const ArchEntry& entry) {
  ArchOptions options;
  options.arch = entry.name;
  options.layers = FittingLayers(options.arch, "6", "4");
  options.activation = "tanh";
  options.dropout = 0;
  return options;
}

TrainOptions Steps() {
  TrainOptions options;
  options.epochs = 3;
  options.batch = 24;
  options.optimizer.rate = 0.01;
  return options;
}

// One network that takes steps on the same rows.
class Pupil {
 public:
  Pupil(const ArchOptions& arch, const TrainOptions& options,
        ThreadPool* pool = nullptr)
      : data_(FittingDataset(SampleDataset(60), arch, 60)),
        model_(BuildModel(data_, arch, 3, data_.SplitRows("train"))),
        protocol_(MakeProtocol({"solo", {}}, 1)),
        trainee_(Peer{&model_, 1, InputsOf(data_, options)}, options,
                 *protocol_, pool) {}

  const Network& network() const { return *model_.network; }
  Trainee& trainee() { return trainee_; }
  Params& params() { return trainee_.state().learner.params; }

  void Step(std::size_t rows, double rate) {
    trainee_.Forward(std::span(trainee_.train_rows()).first(rows), 0);
    REQUIRE(trainee_.Learn(0, rate, 0.5) == -1);
  }
  // What a step lowers: the losses, times what the weighting makes of them.
  double Loss() {
    Step(24, 0);
    double sum = 0;
    for (std::size_t t = 0; t < trainee_.tasks().size(); ++t) {
      if (!(trainee_.learner().factors()[t] > 0)) continue;
      sum += trainee_.learner().factors()[t] * trainee_.learner().losses()[t];
    }
    return sum;
  }

 private:
  Dataset data_;
  Model model_;
  std::unique_ptr<Protocol> protocol_;
  Trainee trainee_;
};

// A penalty is no part of a loss, and what stops a gradient is constant to
// those behind it alone: neither has these differences.
bool HasDifferences(const Network& network) {
  return network.penalties().empty() &&
         std::ranges::none_of(network.nodes(), [](const Node& node) {
           const LayerTraits traits = node.layer->traits();
           return traits.has_penalty || traits.stops_gradient;
         });
}

TEST_CASE("the gradient of every architecture is that of finite differences") {
  const bool in_double = sizeof(Real) == sizeof(double);
  const double step = in_double ? 1e-5 : 1e-2;
  const double tolerance = in_double ? 1e-5 : 1e-2;
  TrainOptions options = Steps();
  options.optimizer.optimizer = "sgd:momentum=0";
  int compared = 0;
  for (const ArchEntry* entry : ArchEntries()) {
    CAPTURE(std::string(entry->name));
    Pupil pupil(OptionsOf(*entry), options);
    if (!HasDifferences(pupil.network())) continue;
    ++compared;
    constexpr double kRate = 1e-3;
    const std::span<Real> weights = pupil.params().weights.all();
    const std::vector<Real> before(weights.begin(), weights.end());
    pupil.Step(24, kRate);
    const std::vector<Real> after(weights.begin(), weights.end());
    std::ranges::copy(before, weights.begin());
    // Some of each matrix.
    for (std::size_t i = 0; i < weights.size(); i += 1 + weights.size() / 60) {
      const double slope = static_cast<double>(before[i] - after[i]) / kRate;
      weights[i] = before[i] + static_cast<Real>(step);
      const double above = pupil.Loss();
      weights[i] = before[i] - static_cast<Real>(step);
      const double below = pupil.Loss();
      weights[i] = before[i];
      CHECK(slope == doctest::Approx((above - below) / (2 * step))
                         .epsilon(tolerance)
                         .scale(1));
    }
  }
  CHECK(compared > 12);
}

TEST_CASE("no architecture allocates in a step after its first epoch") {
  ThreadPool pool(2);
  for (const ArchEntry* entry : ArchEntries()) {
    CAPTURE(std::string(entry->name));
    Pupil pupil(OptionsOf(*entry), Steps(), &pool);
    for (const std::size_t rows : {24, 16}) pupil.Step(rows, 0.01);
    const long long before = AllocationCount();
    for (const std::size_t rows : {24, 16}) pupil.Step(rows, 0.01);
    CHECK(AllocationCount() == before);
  }
}

// Stops after so many batches.
class StopAt : public SilentReporter {
 public:
  explicit StopAt(int batches) : left_(batches) {}
  void Advance(Index) override {
    if (--left_ == 0) stop.store(true);
  }
  std::atomic<bool> stop{false};

 private:
  int left_;
};

std::vector<Real> TrainedWeights(const ArchOptions& arch, int threads,
                                 const std::string& checkpoint) {
  const Dataset data = FittingDataset(SampleDataset(60), arch, 60);
  const TrainOptions options = Steps();
  ThreadPool pool(threads, 1);
  for (;;) {
    Model model = BuildModel(data, arch, 3, data.SplitRows("train"));
    StopAt reporter(checkpoint.empty() ? 0 : 2);
    TrainEnvironment environment;
    environment.pool = &pool;
    environment.reporter = &reporter;
    environment.checkpoint = checkpoint;
    if (!checkpoint.empty()) environment.stop = &reporter.stop;
    try {
      Train(InputsOf(data, options), options, 1, environment, &model);
    } catch (const Error& error) {
      REQUIRE(error.kind() == ErrorKind::kStopped);
      continue;
    }
    const std::span<const Real> all = model.params.weights.all();
    return {all.begin(), all.end()};
  }
}

TEST_CASE("threads and stops change no bit of any architecture") {
  for (const ArchEntry* entry : ArchEntries()) {
    CAPTURE(std::string(entry->name));
    const TempFolder folder;
    ArchOptions arch = OptionsOf(*entry);
    arch.dropout = 0.1;
    const std::vector<Real> one = TrainedWeights(arch, 1, "");
    CHECK(TrainedWeights(arch, 2, "") == one);
    CHECK(TrainedWeights(arch, 3, "") == one);
    CHECK(TrainedWeights(arch, 2, folder / "run.ckpt.h5") == one);
  }
}

}  // namespace
}  // namespace mtlkit
