// Weightings that see three samples of a batch.
#include "train/batch_samples.h"

#include <doctest/doctest.h>

#include <cmath>
#include <memory>
#include <string>
#include <vector>

#include "data/batch.h"
#include "train/sample.h"
#include "train/step.h"

namespace mtlkit {
namespace {

// Keeps the gradients that it sees.
class Watcher : public Weighting {
 public:
  explicit Watcher(bool samples) : samples_(samples) {}
  WeightingNeeds needs() const override {
    return {.gramian = true, .gradients = true, .samples = samples_};
  }
  void Track(const WeightingSignals&, std::span<const double>,
             const TaskGradients& given) const override {
    gradients.clear();
    for (Index i = 0; i < given.gradients.rows; ++i) {
      const Real* row = given.gradients.Row(i);
      gradients.emplace_back(row, row + given.gradients.cols);
    }
  }
  void Weights(const WeightingSignals& signals, std::span<double>,
               std::span<double> w) const override {
    const auto all = signals.gramian.flat();
    products.assign(all.begin(), all.end());
    sampled.assign(signals.sampled.begin(), signals.sampled.end());
    std::fill(w.begin(), w.end(), 1.0);
  }

  mutable std::vector<std::vector<double>> gradients;
  mutable std::vector<double> products;
  mutable std::vector<std::uint8_t> sampled;

 private:
  bool samples_;
};

// One step of a network on some rows.
struct Sight {
  Sight(const std::vector<Index>& rows, bool samples,
        const std::string& members = "1", const std::string& norm = "none")
      : watcher(samples), data(SampleData(64)) {
    ArchOptions arch;
    arch.dropout = 0;
    arch.layers = {"8"};
    arch.members = members;
    arch.norm = norm;
    const Model model = BuildModel(data, arch, 1, data.SplitRows("train"));
    const auto losses = MakeLosses(data.tasks, {});
    const auto optimizer = MakeOptimizer({"sgd", {}});
    const OptimizerOptions options;
    LearnerSetup setup;
    setup.network = model.network.get();
    setup.tasks = data.tasks;
    setup.losses = losses;
    setup.optimizer = optimizer.get();
    setup.optimizer_options = &options;
    setup.weighting = &watcher;
    setup.task_weight = {1, 2, 0.5};
    setup.capacity = 64;
    Learner learner(setup);
    learner.Start(model.params, &state);
    Batcher batcher(data, 64);
    const Batch& batch = batcher.Load(rows);
    learner.Forward(batch, 0, &state);
    REQUIRE(learner.Learn(batch, 0, 0.01, &state) == -1);
  }

  Watcher watcher;
  Dataset data;
  LearnerState state;
};

std::vector<Index> FirstRows(Index count) {
  std::vector<Index> rows;
  for (Index row = 0; row < count; ++row) rows.push_back(row);
  return rows;
}

// Of a task: every third of its labelled rows, from `first` on.
std::vector<Index> RowsOfSample(std::size_t task, std::size_t first) {
  std::vector<Index> rows;
  std::size_t place = 0;
  for (const Index row : FirstRows(48)) {
    if (task == 1 && row % 3 == 0) continue;  // no label
    if (place++ % 3 == first) rows.push_back(row);
  }
  return rows;
}

double ProductOf(const std::vector<double>& a, const std::vector<double>& b) {
  double sum = 0;
  for (std::size_t i = 0; i < a.size(); ++i) sum += a[i] * b[i];
  return sum;
}

TEST_CASE("samples of a batch are what batches of their rows are") {
  for (const char* members : {"1", "2"}) {
    CAPTURE(members);
    const Sight whole(FirstRows(48), true, members);
    CHECK(whole.watcher.sampled == std::vector<std::uint8_t>{1, 1, 1});
    // The first labelled row is of the last sample.
    std::vector<std::vector<double>> first;
    std::vector<std::vector<double>> second;
    for (std::size_t task = 0; task < 3; ++task) {
      const auto of = [&](std::size_t start) {
        return Sight(RowsOfSample(task, start), false, members)
            .watcher.gradients[task];
      };
      first.push_back(of(1));
      second.push_back(of(2));
      const std::vector<double> last = of(0);
      for (std::size_t c = 0; c < last.size(); ++c) {
        REQUIRE(whole.watcher.gradients[task][c] ==
                doctest::Approx(last[c]).epsilon(1e-4));
      }
    }
    for (std::size_t i = 0; i < 3; ++i) {
      for (std::size_t j = 0; j < 3; ++j) {
        CHECK(whole.watcher.products[3 * i + j] ==
              doctest::Approx(ProductOf(first[i], second[j])).epsilon(1e-3));
      }
    }
  }
}

TEST_CASE("a task of few rows is in the last sample first") {
  // Of these two rows one has no label of the second task.
  const Sight few({3, 4}, true);
  CHECK(few.watcher.sampled == std::vector<std::uint8_t>{0, 0, 0});
  for (const double product : few.watcher.products) {
    CHECK(std::isfinite(product));
  }
  const Sight one({4}, false);
  for (std::size_t c = 0; c < one.watcher.gradients[1].size(); ++c) {
    CHECK(few.watcher.gradients[1][c] ==
          doctest::Approx(one.watcher.gradients[1][c]).epsilon(1e-4));
  }
}

TEST_CASE("running statistics see a batch of samples once") {
  const Sight samples(FirstRows(48), true, "1", "batch");
  const Sight whole(FirstRows(48), false, "1", "batch");
  const auto a = samples.state.params.buffers.all();
  const auto b = whole.state.params.buffers.all();
  REQUIRE(!a.empty());
  CHECK(std::equal(a.begin(), a.end(), b.begin(), b.end()));
}

}  // namespace
}  // namespace mtlkit
