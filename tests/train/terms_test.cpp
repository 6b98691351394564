// What layers are told of training, and what they add to its loss.
#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "base/error.h"
#include "base/reporter.h"
#include "nn/layers/elementwise.h"
#include "nn/layers/layers.h"
#include "train/loop.h"
#include "train/predict.h"
#include "train/sample.h"

namespace mtlkit {
namespace {

SilentReporter no_term_reports;

// Passes its input on and notes how far training is.
class ProgressLayer : public ElementwiseLayer {
 public:
  explicit ProgressLayer(std::vector<double>* seen) : seen_(seen) {}
  std::string_view kind() const override { return "progress"; }
  LayerTraits traits() const override { return {.reads_input = false}; }

 private:
  void Map(const Pass& pass, const LayerArgs&, ConstMatView x,
           MatView y) const override {
    if (pass.mode == Mode::kTraining) seen_->push_back(pass.progress);
    std::copy_n(x.data, x.size(), y.data);
  }
  void MapGradient(const Pass&, const LayerArgs&, ConstMatView, ConstMatView dy,
                   MatView dx) const override {
    std::copy_n(dy.data, dy.size(), dx.data);
  }

  std::vector<double>* seen_;
};

void Learn(const Dataset& data, TrainOptions options, Model* model) {
  ThreadPool pool(1);
  SilentReporter reporter;
  TrainEnvironment environment;
  environment.pool = &pool;
  environment.reporter = &reporter;
  Train(InputsOf(data, options), options, 1, environment, model);
}

TEST_CASE("layers know how far training is") {
  const Dataset data = SampleData(50);  // 30 rows to learn from
  Model model = BuildModel(data, {}, 1, data.SplitRows("train"));
  std::vector<double> seen;
  const std::vector<Task>& tasks = model.schema.tasks;
  NetworkBuilder b(model.schema.inputs, std::ssize(tasks));
  const Value x =
      b.Add("progress", std::make_shared<ProgressLayer>(&seen), {b.Input(0)});
  for (std::size_t i = 0; i < tasks.size(); ++i) {
    b.Output(static_cast<Index>(i),
             b.Add("head." + tasks[i].name,
                   MakeDense({.units = tasks[i].output_cols()}), {x}));
  }
  model.network = std::make_shared<const Network>(std::move(b).Build());
  model.params = model.network->Initialized(1);
  TrainOptions options;
  options.epochs = 2;
  options.batch = 15;
  options.patience = 0;
  Learn(data, options, &model);
  CHECK(seen == std::vector<double>{0, 0.25, 0.5, 0.75});
}

// The squared coefficient of variation of the experts' gates over all rows.
double Unevenness(const Model& model, const Dataset& data) {
  const Dataset gates =
      ComputeFeatures(model, data, "gate.value", nullptr, &no_term_reports);
  const auto logits = gates.inputs[0].dense.AsRows(gates.inputs[0].cols);
  std::vector<double> used(At(logits.cols));
  for (Index row = 0; row < logits.rows; ++row) {
    const auto weight = [&](Index e) {
      return std::exp(static_cast<double>(logits(row, e)));
    };
    double sum = 0;
    for (Index e = 0; e < logits.cols; ++e) sum += weight(e);
    for (Index e = 0; e < logits.cols; ++e) {
      used[At(e)] += weight(e) / sum;
    }
  }
  double squares = 0;
  for (const double one : used) squares += one * one;
  const double rows = static_cast<double>(logits.rows);
  return static_cast<double>(logits.cols) * squares / (rows * rows) - 1;
}

TEST_CASE("a penalty for uneven experts makes their use even") {
  const Dataset data = SampleData(400);
  double uneven[2];
  for (const std::size_t balanced : {0, 1}) {
    ArchOptions arch;
    arch.arch = balanced == 0 ? "mmoe" : "mmoe:balance=20";
    arch.layers = {"8"};
    Model model = BuildModel(data, arch, 1, data.SplitRows("train"));
    TrainOptions options;
    options.epochs = 15;
    options.batch = 60;
    options.optimizer.rate = 0.02;
    Learn(data, options, &model);
    uneven[balanced] = Unevenness(model, data);
  }
  CHECK(uneven[1] < 0.02);
  CHECK(uneven[1] < uneven[0] / 4);
}

}  // namespace
}  // namespace mtlkit
