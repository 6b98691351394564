#include "data/head.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <string>

#include "base/error.h"
#include "base/rng.h"
#include "data/label_statistics.h"
#include "data/output_distance.h"

namespace mtlkit {
namespace {

constexpr Index kRows = 5;

// A task for a head, without a scale.
Task SampleOf(const HeadEntry& entry) {
  Task task;
  task.name = "sample";
  if (entry.traits.is_type) {
    task.type = TaskType(&entry);
  } else {
    task.form = TaskType(&entry);
  }
  if (entry.traits.has_levels) task.levels = {0.1, 0.5, 0.9};
  if (entry.traits.has_classes) task.classes = {"a", "b", "c"};
  if (entry.traits.has_positive) task.classes = {"a", "b"};
  if (entry.traits.is_map) {
    task.map_height = 2;
    task.map_width = 1;
  }
  if (entry.traits.of_tokens) task.tokens = "text";
  if (entry.traits.is_written) {
    task.tokens = "text";
    task.from = "source";
    task.codes = 3;
  }
  if (!entry.traits.has_classes) task.width = entry.traits.is_ranking ? 1 : 2;
  return task;
}

template <class Check>
void ForEachHead(const Check& check) {
  for (const HeadEntry* entry : HeadEntries()) {
    CAPTURE(std::string(entry->name));
    check(*entry, SampleOf(*entry));
  }
}

struct Said {
  explicit Said(const Task& task) {
    const Rng rng(5, RandomPurpose::kTest);
    const Index cols = task.output_cols();
    for (Index i = 0; i < kRows * cols; ++i) {
      outputs.push_back(static_cast<Real>(2 * rng.Normal(i, 0)));
    }
    predictions.resize(
        static_cast<std::size_t>(kRows * task.prediction_cols()));
    // As thresholds that ascend make them, which others are put in order.
    if (task.traits().thresholds != Thresholds::kNone) {
      for (Index row = 0; row < kRows; ++row) {
        const auto first = outputs.begin() + row * cols;
        std::sort(first, first + cols, std::greater<>());
      }
    }
    task.head().Link(task, Outputs(task), Predictions(task));
  }
  ConstMatView Outputs(const Task& task) const {
    return {outputs.data(), kRows, task.output_cols()};
  }
  MatView Predictions(const Task& task) {
    return {predictions.data(), kRows, task.prediction_cols()};
  }
  std::vector<Real> outputs;
  std::vector<Real> predictions;
};

std::vector<Real> LinkOf(const Task& task, std::vector<Real> outputs) {
  const Index rows = static_cast<Index>(outputs.size()) / task.output_cols();
  std::vector<Real> said(
      static_cast<std::size_t>(rows * task.prediction_cols()));
  task.head().Link(task, {outputs.data(), rows, task.output_cols()},
                   {said.data(), rows, task.prediction_cols()});
  return said;
}

TEST_CASE("a possible task has no fault and names for its columns") {
  ForEachHead([](const HeadEntry& entry, const Task& task) {
    CHECK(task.head().Fault(task).empty());
    CHECK_FALSE(task.head().Describe(task).empty());
    CHECK_FALSE(entry.help.empty());
    std::vector<std::string> names;
    for (Index col = 0; col < task.prediction_cols(); ++col) {
      names.push_back(task.head().PredictionSuffix(task, col));
    }
    std::sort(names.begin(), names.end());
    CHECK(std::unique(names.begin(), names.end()) == names.end());
    Task broken = task;
    broken.width = 0;
    broken.map_width = 0;
    broken.classes.clear();
    broken.from.clear();
    CHECK_FALSE(broken.head().Fault(broken).empty());
  });
}

TEST_CASE("predictions of classes are probabilities") {
  ForEachHead([](const HeadEntry& entry, const Task& task) {
    if (!entry.traits.has_classes) return;
    Said said(task);
    for (const Real p : said.predictions) CHECK((p >= 0 && p <= 1));
    if (!entry.traits.one_class || entry.traits.has_positive) return;
    for (Index row = 0; row < kRows; ++row) {
      double sum = 0;
      for (Index k = 0; k < task.prediction_cols(); ++k) {
        sum += static_cast<double>(said.Predictions(task)(row, k));
      }
      CHECK(sum == doctest::Approx(1).epsilon(1e-6));
    }
  });
}

// Three networks a row; those of the last row are sure of it.
TEST_CASE("merged outputs say the mean of what several networks say") {
  ForEachHead([](const HeadEntry& entry, const Task& task) {
    if (!task.head().merges()) return;
    constexpr Index kMembers = 3;
    const Index cols = task.output_cols();
    const Rng rng(8, RandomPurpose::kTest);
    std::vector<Real> outputs;
    for (Index i = 0; i < kMembers * kRows * cols; ++i) {
      const double spread = i < kMembers * (kRows - 1) * cols ? 2 : 25;
      outputs.push_back(static_cast<Real>(spread * rng.Normal(i, 0)));
    }
    std::vector<Real> merged(outputs.size() / kMembers);
    task.head().Merge(task, {outputs.data(), kMembers * kRows, cols},
                      {merged.data(), kRows, cols});
    const std::vector<Real> each = LinkOf(task, outputs);
    const std::vector<Real> said = LinkOf(task, merged);
    const Index width = task.prediction_cols();
    for (Index i = 0; i < std::ssize(said); ++i) {
      double sum = 0;
      for (Index m = 0; m < kMembers; ++m) {
        const Index row = i / width * kMembers + m;
        sum += static_cast<double>(
            each[static_cast<std::size_t>(row * width + i % width)]);
      }
      INFO(entry.name);
      CHECK(said[static_cast<std::size_t>(i)] ==
            doctest::Approx(sum / kMembers).epsilon(2e-5));
    }
  });
}

TEST_CASE("soft targets of outputs are those of the predictions") {
  ForEachHead([](const HeadEntry& entry, const Task& task) {
    if (entry.traits.has_levels) return;  // predictions are put in order
    if (entry.traits.is_written) return;  // they are texts
    Said said(task);
    const Index cols = task.output_cols();
    std::vector<Real> direct(said.outputs.size());
    std::vector<Real> by_way(said.outputs.size());
    task.head().SoftTargets(task, said.Outputs(task),
                            {direct.data(), kRows, cols});
    task.head().TargetsOf(task, said.Predictions(task),
                          {by_way.data(), kRows, cols});
    for (std::size_t i = 0; i < direct.size(); ++i) {
      CHECK(direct[i] == doctest::Approx(by_way[i]).epsilon(1e-5).scale(1));
    }
  });
}

TEST_CASE("outputs are no way from what they say themselves") {
  ForEachHead([](const HeadEntry& entry, const Task& task) {
    const Said said(task);
    const Index cols = task.output_cols();
    const std::size_t cells = said.outputs.size();
    const ConstMatView outputs = said.Outputs(task);
    std::vector<Real> target(cells);
    const MatView targets = {target.data(), kRows, cols};
    entry.head.SoftTargets(task, outputs, targets);
    const std::vector<Real> weight(At(kRows), Real{2});
    std::vector<Real> loss(At(kRows), Real{9});
    std::vector<Real> slope(cells, Real{9});
    const MatView slopes = {slope.data(), kRows, cols};
    // Squares of large means have as many digits as others.
    const Real most = *std::max_element(target.begin(), target.end());
    const Real tolerance = Real(1e-5) + Real(2e-7) * most * most;
    const auto is_nothing = [&] {
      for (const Real value : loss) CHECK(std::abs(value) < tolerance);
      for (const Real value : slope) CHECK(std::abs(value) < tolerance);
    };
    const OutputDistance& distance = entry.head.DistanceOf(task);
    distance.Distill({}, {outputs, targets, weight, loss, slopes});
    is_nothing();
    distance.Compare({outputs, targets, weight, loss, slopes});
    is_nothing();
    if (!distance.has_divergence()) return;
    loss.assign(loss.size(), Real{9});
    distance.Diverge(outputs, outputs, loss, slopes);
    is_nothing();
  });
}

TEST_CASE("constant outputs say what constant predictions are") {
  ForEachHead([](const HeadEntry& entry, const Task& given) {
    if (entry.traits.is_written) return;  // there is no best text
    Task task = given;
    if (!task.is_classification()) {
      task.mean = {10, -3};
      task.deviation = {2, 4};
      task.mean.resize(At(task.width));
      task.deviation.resize(At(task.width));
    }
    std::vector<WeightedLabels> columns;
    for (Index col = 0; col < task.target_cols(); ++col) {
      columns.push_back({{0, 1}, {1, 2}, {1, 0.5}, {0, 1}});
      if (task.head().label_count(task) == 3) columns[0].push_back({2, 3});
    }
    const auto constants = task.head().Constants(task, columns);
    CHECK(static_cast<Index>(constants.size()) ==
          task.head().constant_count(task));
    const auto predictions = task.head().ConstantPredictions(task, constants);
    const auto outputs = task.head().ConstantOutputs(task, constants);
    REQUIRE(outputs.size() == predictions.size());
    for (std::size_t i = 0; i < outputs.size(); ++i) {
      const std::vector<Real> said = LinkOf(task, outputs[i]);
      REQUIRE(said.size() == predictions[i].size());
      for (std::size_t k = 0; k < said.size(); ++k) {
        CHECK(static_cast<double>(said[k]) ==
              doctest::Approx(predictions[i][k]).epsilon(1e-5));
      }
    }
  });
}

TEST_CASE("classes in another order are the same predictions") {
  ForEachHead([](const HeadEntry& entry, const Task& task) {
    const auto cols = static_cast<std::size_t>(task.prediction_cols());
    std::vector<float> row = {0.5F, 0.3F, 0.2F, 1, 2, 3};
    row.resize(cols);
    std::vector<double> to(cols);
    const std::vector<Index> same = {0, 1, 2};
    task.head().Reorder(same, row, to.data());
    CHECK(std::vector<float>(to.begin(), to.end()) == row);
    if (!entry.traits.has_classes) return;
    const std::vector<Index> other = {1, 0, 2};
    task.head().Reorder(other, row, to.data());
    const double first = cols == 1 ? 0.5 : static_cast<double>(row[1]);
    CHECK(to[0] == first);
  });
}

Task Lesions() {
  Task task;
  task.name = "mask";
  task.type = ParseTaskType("map");
  task.classes = {"none", "lesion"};
  task.map_height = 2;
  task.map_width = 2;
  return task;
}

TEST_CASE("a map of two classes has one logit a pixel, of more one a class") {
  Task task = Lesions();
  CHECK(task.target_cols() == 4);
  CHECK(task.output_cols() == 4);
  CHECK(task.head().PredictionSuffix(task, 3) == ".prob.1.1");
  const std::vector<Real> said = LinkOf(task, {0, std::log(Real{3}), 0, 0});
  CHECK(said[0] == doctest::Approx(0.5));
  CHECK(said[1] == doctest::Approx(0.75));
  task.classes.push_back("other");
  CHECK(task.output_cols() == 12);
  std::vector<Real> logits(12);
  logits[4] = std::log(Real{2});  // of the second pixel, the second class
  const std::vector<Real> shares = LinkOf(task, logits);
  CHECK(shares[3] == doctest::Approx(0.25));
  CHECK(shares[4] == doctest::Approx(0.5));
  CHECK(shares[11] == doctest::Approx(1.0 / 3));
  task.map_width = 0;
  CHECK(task.head().Fault(task) == " is a map of 2 x 0 pixels");
}

Task Ratings() {
  Task task;
  task.name = "rating";
  task.type = ParseTaskType("ordinal");
  task.classes = {"poor", "fair", "good"};
  return task;
}

// s(0) = 1/2 and s(log 3) = 3/4: P(y > 0) = 1/2, P(y > 1) = 3/8.
TEST_CASE("ordinal outputs give a probability for each class by the chain") {
  const Task task = Ratings();
  CHECK(task.output_cols() == 2);
  CHECK(task.prediction_cols() == 3);
  const std::vector<Real> said = LinkOf(task, {0, std::log(Real{3})});
  CHECK(said[0] == doctest::Approx(0.5));
  CHECK(said[1] == doctest::Approx(0.125));
  CHECK(said[2] == doctest::Approx(0.375));
  std::vector<Real> targets = {0, std::log(Real{3})};
  const MatView view = {targets.data(), 1, 2};
  task.head().SoftTargets(task, view, view);
  CHECK(targets[0] == doctest::Approx(0.5));
  CHECK(targets[1] == doctest::Approx(0.375));
  const std::vector<Real> far = LinkOf(task, {-200, 200});
  CHECK(far[0] == 1);
  CHECK(far[2] < 1e-80);
}

TEST_CASE("the predicted class of an ordinal task is the median") {
  const Head& head = Ratings().head();
  const std::vector<double> upper = {0.2, 0.35, 0.45};
  CHECK(head.PredictedClass(upper) == 1);
  const std::vector<double> tie = {0.5, 0.25, 0.25};
  CHECK(head.PredictedClass(tie) == 0);
  const std::vector<float> high = {0.1F, 0.3F, 0.6F};
  CHECK(head.PredictedClass(high) == 2);
}

Task Prices() {
  Task task;
  task.name = "price";
  task.width = 2;
  task.mean = {10, 100};
  task.deviation = {2, 10};
  task.form = ParseForm("quantile");
  task.levels = {0.25, 0.5, 0.9};
  return task;
}

TEST_CASE("quantiles come in order, in the units of their column") {
  const Task task = Prices();
  CHECK(task.target_cols() == 2);
  CHECK(LinkOf(task, {1, -1, 0, 3, 1, 2}) ==
        std::vector<Real>{8, 10, 12, 110, 120, 130});
  CHECK(task.head().PredictionSuffix(task, 0) == ".1:q0.25");
  CHECK(task.head().PredictionSuffix(task, 5) == ".2:q0.9");
  std::vector<Real> back = {8, 10, 12, 110, 120, 130};
  const MatView view = {back.data(), 1, 6};
  task.head().TargetsOf(task, view, view);
  CHECK(back == std::vector<Real>{-1, 0, 1, 1, 2, 3});
}

TEST_CASE("levels that are none are a fault of the task") {
  Task task = Prices();
  for (const std::vector<double>& levels : std::vector<std::vector<double>>{
           {}, {0.5, 0.5}, {0, 0.5}, {0.5, 1}, {std::nan("")}, {0.9, 0.1}}) {
    task.levels = levels;
    CHECK(task.head().Fault(task).find("level") != std::string::npos);
  }
}

TEST_CASE("a mean is the exponential of its log, in the units of its column") {
  Task task;
  task.name = "price";
  task.width = 2;
  task.mean = {0, 0};
  task.deviation = {2, 10};
  task.form = ParseForm("positive");
  CHECK(task.head().Fault(task).empty());
  const std::vector<Real> said =
      LinkOf(task, {0, std::log(Real{3}), -999, 999});
  CHECK(said[0] == 2);
  CHECK(static_cast<double>(said[1]) == doctest::Approx(30));
  CHECK(said[2] == 0);
  CHECK(std::isfinite(said[3]));
  task.mean = {0, 1};
  CHECK(task.head().Fault(task) == " has a log, and a mean of 1 before it");
}

TEST_CASE("a quantile of labels counts their weights") {
  const WeightedLabels labels = {{4, 1}, {1, 1}, {3, 1}, {2, 1}};
  CHECK(QuantileOf(labels, 0.5) == 2.5);
  CHECK(QuantileOf(labels, 0.3) == 2);
  CHECK(QuantileOf(labels, 0.75) == 3.5);
  CHECK(QuantileOf({{1, 1}, {9, 7}}, 0.2) == 9);
}

TEST_CASE("types that tasks can be declared with are those of the registry") {
  CHECK(ParseTaskType("ordinal").name() == "ordinal");
  CHECK_THROWS_WITH_AS(ParseTaskType("quantile"),
                       doctest::Contains("known: regression, binary"), Error);
  CHECK_THROWS_WITH_AS(ParseTaskType("ordnal"),
                       doctest::Contains("did you mean 'ordinal'?"), Error);
  CHECK_THROWS_AS(ParseForm("regression"), Error);
}

}  // namespace
}  // namespace mtlkit
