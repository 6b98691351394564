#include "train/best_keeper.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <string>
#include <vector>

#include "base/error.h"
#include "train/sample.h"

namespace mtlkit {
namespace {

// Few rows at a high rate: tasks peak soon, each in an epoch of its own.
Dataset PeakingData() {
  return SampleData(90, 3);
}

TrainOptions PeakingOptions(Index epochs) {
  TrainOptions options = SampleOptions();
  options.schedule = "constant";
  options.optimizer.rate = 0.03;
  options.batch = 27;
  options.patience = 0;
  options.epochs = epochs;
  return options;
}

Model PeakingModel(const Dataset& data, const std::string& arch,
                   const std::string& norm = "batch") {
  ArchOptions options;
  options.arch = arch;
  options.layers = {"16"};
  options.norm = norm;
  return BuildModel(data, options, 1, data.SplitRows("train"));
}

// The model as epoch `epochs` leaves it.
Model LeftAfter(const Dataset& data, const std::string& arch,
                TrainOptions options, Index epochs) {
  options.epochs = epochs;
  options.keep_best = "together";
  Model model = PeakingModel(data, arch);
  TrainInputs inputs = InputsOf(data, options);
  inputs.valid_rows.clear();
  Train(inputs, options, 1, {}, &model);
  return model;
}

Index LowestAt(const History& history, const std::string& column) {
  const std::vector<double>* series = history.Find(column);
  REQUIRE(series != nullptr);
  return std::min_element(series->begin(), series->end()) - series->begin() + 1;
}

// Whether columns of a slice hold the same numbers.
bool SameColumns(ConstMatView a, ConstMatView b, const ColumnRange& columns) {
  for (Index row = 0; row < a.rows; ++row) {
    for (Index i = 0; i < columns.count; ++i) {
      const Index col = columns.first + i;
      if (a(row, col) != b(row, col)) return false;
    }
  }
  return true;
}

// That a task's parts of `model` are those of `left`.
void CheckParts(const Model& model, const Model& left, Index task) {
  const Network& network = *model.network;
  for (const Node& node : network.nodes()) {
    CAPTURE(node.name);
    const bool is_own =
        network.info(node.output).tasks == std::vector<Index>{task};
    if (!is_own && !node.split_by_task) continue;
    const ColumnRange split = network.output(task).columns;
    for (const Index slice : node.params) {
      const ConstMatView ours = model.params.weights.At(slice);
      CHECK(
          SameColumns(ours, left.params.weights.At(slice),
                      node.split_by_task ? split : ColumnRange{0, ours.cols}));
    }
    for (const Index slice : node.buffers) {
      const ConstMatView ours = model.params.buffers.At(slice);
      CHECK(SameColumns(ours, left.params.buffers.At(slice), {0, ours.cols}));
    }
  }
}

TEST_CASE("tasks that share nothing keep each the weights of its best epoch") {
  const Dataset data = PeakingData();
  TrainOptions options = PeakingOptions(14);
  std::string arch = "single";
  SUBCASE("networks of their own") {}
  SUBCASE("columns of one layer behind a frozen trunk") {
    arch = "shared";
    options.freeze = {"trunk"};
  }
  options.keep_best = "each-task";
  Model model = PeakingModel(data, arch);
  const History history =
      Train(InputsOf(data, options), options, 1, {}, &model);
  std::vector<Index> best;
  for (Index task = 0; task < 3; ++task) {
    best.push_back(
        LowestAt(history, "valid." + data.tasks[At(task)].name + ".loss"));
    CheckParts(model, LeftAfter(data, arch, options, best.back()), task);
  }
  CHECK_FALSE((best[0] == best[1] && best[1] == best[2]));
  CHECK(history.best_epoch == *std::max_element(best.begin(), best.end()));
}

TEST_CASE("keeping each task's best is refused where tasks learn together") {
  const Dataset data = PeakingData();
  const auto refused = [&](const TrainOptions& options, const char* why) {
    Model model = PeakingModel(data, "shared");
    TrainInputs inputs = InputsOf(data, options);
    if (options.valid_split != "valid") inputs.valid_rows.clear();
    CHECK_THROWS_WITH_AS(Train(inputs, options, 1, {}, &model),
                         doctest::Contains(why), Error);
  };
  TrainOptions options = PeakingOptions(2);
  options.keep_best = "each-task";
  refused(options, "'trunk.0/kernel' serves several tasks");
  options.freeze = {"trunk"};
  options.select_on = "sign.accuracy";
  refused(options, "chooses one epoch for all tasks");
  options.select_on = "loss";
  options.valid_split = "test";
  refused(options, "there are no validation rows");
}

TEST_CASE("a task that has peaked learns no more, and the last ends training") {
  const Dataset data = PeakingData();
  TrainOptions options = PeakingOptions(60);
  options.task_patience = 3;
  Model model = PeakingModel(data, "single", "none");
  const History history =
      Train(InputsOf(data, options), options, 1, {}, &model);
  Index last = 0;
  for (const Task& task : data.tasks) {
    CAPTURE(task.name);
    const std::vector<double>& valid =
        *history.Find("valid." + task.name + ".loss");
    const std::vector<double>& learned =
        *history.Find("train." + task.name + ".loss");
    // The first epoch with three behind the lowest so far.
    Index stop = 0;
    Index lowest = 1;
    for (Index epoch = 1; stop == 0 && epoch <= std::ssize(valid); ++epoch) {
      if (valid[At(epoch - 1)] < valid[At(lowest - 1)]) lowest = epoch;
      if (epoch - lowest >= 3) stop = epoch;
    }
    REQUIRE(stop > 0);
    last = std::max(last, stop);
    for (Index epoch = 1; epoch <= history.epochs(); ++epoch) {
      CHECK(std::isnan(learned[At(epoch - 1)]) == (epoch > stop));
      // Its network stays as it is.
      if (epoch > stop) CHECK(valid[At(epoch - 1)] == valid[At(stop - 1)]);
    }
  }
  CHECK(history.epochs() == last);
  CHECK(last < 60);
}

TEST_CASE("what several tasks learn goes on with those that are left") {
  const Dataset data = PeakingData();
  TrainOptions options = PeakingOptions(60);
  options.task_patience = 3;
  Model model = PeakingModel(data, "shared");
  const History history =
      Train(InputsOf(data, options), options, 1, {}, &model);
  // Measured on, what a stopped task says moves with the trunk.
  bool any = false;
  for (const Task& task : data.tasks) {
    const std::vector<double>& learned =
        *history.Find("train." + task.name + ".loss");
    const std::vector<double>& valid =
        *history.Find("valid." + task.name + ".loss");
    for (std::size_t i = 1; i < learned.size(); ++i) {
      if (!std::isnan(learned[i])) continue;
      any = true;
      CHECK(valid[i] != valid[i - 1]);
    }
  }
  CHECK(any);
}

}  // namespace
}  // namespace mtlkit
