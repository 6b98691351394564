// Terms that rounds ask training for: being held to where it began, and
// teachers that give way to labels.
#include <doctest/doctest.h>

#include "train/sample.h"
#include "train/soft_source.h"

namespace mtlkit {
namespace {

// Weights after so many steps of all rows, held to the first ones.
std::vector<Real> After(Index steps, double proximal) {
  const Dataset data = SampleData(100);
  TrainOptions options;
  options.epochs = steps;
  options.batch = 100;
  options.optimizer.optimizer = "sgd:momentum=0";
  options.optimizer.rate = 0.1;
  options.schedule = "constant";
  ArchOptions arch;
  arch.layers = {"8"};
  Model model = BuildModel(data, arch, 1, data.SplitRows("train"));
  TrainInputs inputs = InputsOf(data, options);
  inputs.valid_rows.clear();
  inputs.keeps_last = true;
  inputs.proximal = proximal;
  if (steps > 0) Train(inputs, options, 1, {}, &model);
  return WeightsOf(model);
}

// w' = w - rate (g + mu (w - w_0)): from the first step nothing, in the second
// -rate mu (w_1 - w_0).
TEST_CASE("a network that is held is drawn to where it began") {
  const auto start = After(0, 0);
  const auto one = After(1, 0);
  const auto free = After(2, 0);
  const auto held = After(2, 0.5);
  CHECK(After(1, 0.5) == one);
  double most = 0;
  for (std::size_t i = 0; i < start.size(); ++i) {
    const double moved = static_cast<double>(one[i] - start[i]);
    const double drawn = static_cast<double>(held[i] - free[i]);
    CHECK(std::abs(drawn + 0.1 * 0.5 * moved) < 2e-6);
    most = std::max(most, std::abs(moved));
  }
  CHECK(most > 1e-3);
}

TEST_CASE("a teacher that anneals gives way to the labels") {
  SoftSource source;
  source.factor = 2;
  source.fall = 4;
  CHECK(source.Factor(0) == 2);
  CHECK(source.LabelShare(0) == 0);
  CHECK(source.Factor(1) == doctest::Approx(1.5));
  CHECK(source.LabelShare(1) == doctest::Approx(0.25));
  CHECK(source.Factor(9) == 0);
  CHECK(source.LabelShare(9) == 1);
  source.fall = 0;
  CHECK(source.Factor(9) == 2);
  CHECK(source.LabelShare(0) == 1);
}

// At the end of a round of one epoch labels count in full, at its beginning
// not at all: with one batch, training learns from the teacher alone.
TEST_CASE("labels count nothing while the teacher has it all") {
  const auto learned = [](bool annealed, bool flipped) {
    Dataset data = SampleData(100);
    if (flipped) {
      for (std::size_t i = 0; i < data.labels[0].values.size(); ++i) {
        LabelCells::Cell cell = data.labels[0].values[i];
        cell = 1 - static_cast<float>(cell);
      }
    }
    data.tasks.resize(1);
    data.labels.resize(1);
    TrainOptions options;
    options.epochs = 1;
    options.batch = 100;
    ArchOptions arch;
    arch.layers = {"8"};
    Model model = BuildModel(data, arch, 1, {});
    TrainInputs inputs = InputsOf(data, options);
    inputs.valid_rows.clear();
    inputs.keeps_last = true;
    SoftTargets soft;
    for (const Index row : inputs.train_rows) {
      soft.rows.push_back(row);
      soft.values.push_back(0.7F);
    }
    soft.fall_epochs = annealed ? 1 : 0;
    inputs.soft_targets = {soft};
    Train(inputs, options, 1, {}, &model);
    return WeightsOf(model);
  };
  CHECK(learned(true, false) == learned(true, true));
  CHECK(learned(false, false) != learned(false, true));
}

}  // namespace
}  // namespace mtlkit
