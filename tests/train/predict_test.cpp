#include "train/predict.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>

#include "base/error.h"
#include "base/reporter.h"
#include "data/link.h"
#include "nn/sample_data.h"

namespace mtlkit {
namespace {

SilentReporter no_predict_reports;

Model PredictedModel(Seed seed = 3, std::vector<std::string> inputs = {}) {
  const Dataset data = SampleDataset();
  ArchOptions options;
  options.layers = {"5", "3"};
  options.inputs = std::move(inputs);
  Model model = BuildModel(data, options, seed, data.SplitRows("train"));
  model.content_sha256 = std::string(64, static_cast<char>('0' + seed));
  model.log.selected_split = "valid";
  return model;
}

Predictions PredictOne(const Model& model, const Dataset& data,
                       const PredictOptions& options = {}) {
  const EnsembleMember member = {&model, 1};
  return Predict({&member, 1}, data, options, nullptr);
}

TEST_CASE("predictions carry ids, labels, constants and where they come from") {
  const Model model = PredictedModel();
  Dataset data = SampleDataset();
  data.content_sha256 = "rows";
  const Predictions said = PredictOne(model, data, {.split = "test"});
  CHECK(IdCount(said.ids) == 40);
  CHECK(IdText(said.ids, 0) == "1200");
  CHECK(said.split == "test");
  CHECK(said.selected_on == "valid");
  CHECK(said.model_sha256 == model.content_sha256);
  CHECK(said.dataset_sha256 == "rows");
  CHECK(said.tasks.size() == 4);
  CHECK(said.tasks[0].pred.size() == 40);
  CHECK(said.tasks[0].prob.empty());
  CHECK(said.tasks[2].prob.size() == 120);
  CHECK(said.tasks[2].constants == model.constants[2]);
  CHECK(said.tasks[1].y[1] == data.labels[1].values[201]);
  CHECK(std::isnan(said.tasks[1].y[0]));
}

TEST_CASE("predictions say of each row what the model has made of it") {
  const Dataset data = SampleDataset();
  Model model = PredictedModel();
  CHECK(PredictOne(model, data).seen.empty());
  AddRowKeys(data, data.SplitRows("train"), &model.seen.trained);
  const auto all = PredictOne(model, data).seen;
  REQUIRE(static_cast<Index>(all.size()) == data.rows);
  for (const Index row : data.SplitRows("train")) CHECK(all[At(row)] == 1);
  CHECK(std::ranges::count(all, 1) ==
        static_cast<Index>(data.SplitRows("train").size()));
  const auto test = PredictOne(model, data, {.split = "test"}).seen;
  CHECK(std::ranges::count(test, 0) == static_cast<Index>(test.size()));
}

TEST_CASE("an ensemble has seen what any member has") {
  const Dataset data = SampleDataset();
  Model one = PredictedModel(3);
  Model two = PredictedModel(4);
  AddRowKeys(data, std::vector<Index>{0}, &one.seen.trained);
  AddRowKeys(data, std::vector<Index>{1}, &two.seen.chosen);
  const std::vector<EnsembleMember> members = {{&one, 1}, {&two, 1}};
  const auto seen = Predict(members, data, {}, nullptr).seen;
  CHECK(seen[0] == kTrainedOn);
  CHECK(seen[1] == kChosenOn);
  CHECK(seen[2] == 0);
}

TEST_CASE("regression is predicted in the units of its labels") {
  const Model model = PredictedModel();
  const Dataset data = SampleDataset();
  const std::vector<Index> rows = {5};
  const NetworkOutputs outputs =
      ComputeOutputs(model, DatasetFor(model, data), rows, nullptr);
  const Predictions said = PredictOne(model, data);
  CHECK(static_cast<double>(said.tasks[0].pred[5]) ==
        doctest::Approx(10 + 8 * static_cast<double>(outputs[0][0])));
}

TEST_CASE("predictions are the same for any number of threads") {
  const Model model = PredictedModel();
  const Dataset data = SampleDataset(1500);
  const Predictions alone = PredictOne(model, data);
  for (const int threads : {2, 7}) {
    ThreadPool pool(threads, 1);
    const EnsembleMember member = {&model, 1};
    const Predictions said = Predict({&member, 1}, data, {}, &pool);
    for (std::size_t i = 0; i < 4; ++i) {
      CHECK(said.tasks[i].pred == alone.tasks[i].pred);
      CHECK(said.tasks[i].prob == alone.tasks[i].prob);
      CHECK(said.tasks[i].logits == alone.tasks[i].logits);
    }
  }
}

TEST_CASE("an ensemble says the weighted mean of what its members say") {
  const Dataset data = SampleDataset();
  const Model a = PredictedModel(3, {"features*"});
  const Model b = PredictedModel(4, {"words"});
  const EnsembleMember members[] = {{&a, 1}, {&b, 3}};
  const Predictions both = Predict(members, data, {}, nullptr);
  const Predictions of_a = PredictOne(a, data);
  const Predictions of_b = PredictOne(b, data);
  for (std::size_t row = 0; row < 30; ++row) {
    CHECK(static_cast<double>(both.tasks[0].pred[row]) ==
          doctest::Approx(0.25 * static_cast<double>(of_a.tasks[0].pred[row]) +
                          0.75 * static_cast<double>(of_b.tasks[0].pred[row])));
    CHECK(static_cast<double>(both.tasks[1].prob[row]) ==
          doctest::Approx(0.25 * static_cast<double>(of_a.tasks[1].prob[row]) +
                          0.75 * static_cast<double>(of_b.tasks[1].prob[row])));
  }
  CHECK(both.tasks[1].logits.empty());
  CHECK(both.model_sha256.size() == 64);
}

// `kind` in order, and `score` by quantiles.
Dataset OrderedDataset() {
  Dataset data = SampleDataset();
  data.tasks[2].type = ParseTaskType("ordinal");
  return data;
}

Model OrderedModel(Seed seed) {
  const Dataset data = OrderedDataset();
  ArchOptions options;
  options.layers = {"5"};
  return BuildModel(data, options, seed, data.SplitRows("train"),
                    {"score=quantile:levels=0.2/0.5/0.8"});
}

TEST_CASE("ordinal classes and quantiles are predicted, alone and together") {
  const Dataset data = OrderedDataset();
  const Model a = OrderedModel(1);
  const Model b = OrderedModel(2);
  const EnsembleMember members[] = {{&a, 1}, {&b, 1}};
  const Predictions both = Predict(members, data, {}, nullptr);
  const Predictions alone = PredictOne(a, data);
  CHECK(alone.tasks[0].pred.size() == 3 * 240);
  CHECK(alone.tasks[0].constants.size() == 5);
  CHECK(alone.tasks[2].prob.size() == 3 * 240);
  CHECK(alone.tasks[2].logits.size() == 2 * 240);
  const Predictions other = PredictOne(b, data);
  for (std::size_t i = 0; i < 60; ++i) {
    const std::vector<float>& said = alone.tasks[0].pred;
    CHECK((i % 3 == 0 || said[i] >= said[i - 1]));
    CHECK(static_cast<double>(both.tasks[0].pred[i]) ==
          doctest::Approx((static_cast<double>(said[i]) +
                           static_cast<double>(other.tasks[0].pred[i])) /
                          2));
    CHECK(
        both.tasks[2].prob[i] ==
        doctest::Approx((alone.tasks[2].prob[i] + other.tasks[2].prob[i]) / 2));
  }
  const Model plain = BuildModel(data, a.arch, 1, data.SplitRows("train"));
  const EnsembleMember mixed[] = {{&a, 1}, {&plain, 1}};
  CHECK_THROWS_AS(Predict(mixed, data, {}, nullptr), Error);
}

TEST_CASE("models of other tasks do not predict together") {
  const Dataset data = SampleDataset();
  const Model a = PredictedModel();
  const Dataset other = AlikeDataset();
  const Model b = BuildModel(other, {}, 1, other.SplitRows("train"));
  const EnsembleMember members[] = {{&a, 1}, {&b, 1}};
  CHECK_THROWS_AS(Predict(members, data, {}, nullptr), Error);
}

TEST_CASE("a task with rows of its own is predicted there, or everywhere") {
  const Model model = PredictedModel();
  Dataset data = SampleDataset();
  data.labels[0].on_all_rows = false;
  data.labels[0].rows = {1, 203, 210};
  data.labels[0].values = {7, 8, 9};
  data.labels[0].weights = {1, 2, 3};
  const Predictions own = PredictOne(model, data, {.split = "test"});
  CHECK(own.tasks[0].rows == std::vector<Index>{3, 10});
  CHECK_FALSE(own.tasks[0].on_all_rows);
  CHECK(own.tasks[0].y == std::vector<float>{8, 9});
  CHECK(own.tasks[0].weight == std::vector<float>{2, 3});
  CHECK(own.tasks[1].on_all_rows);
  const Predictions all =
      PredictOne(model, data, {.split = "test", .all_rows = true});
  CHECK(all.tasks[0].on_all_rows);
  CHECK(all.tasks[0].pred.size() == 40);
  CHECK(all.tasks[0].pred[3] == own.tasks[0].pred[0]);
  CHECK(std::isnan(all.tasks[0].y[0]));
  CHECK(all.tasks[0].y[10] == 9);
}

TEST_CASE("data without labels is predicted without them") {
  const Model model = PredictedModel();
  Dataset data = SampleDataset();
  const Predictions known = PredictOne(model, data);
  data.tasks.clear();
  data.labels.clear();
  const Predictions said = PredictOne(model, data);
  CHECK(said.tasks[2].prob == known.tasks[2].prob);
  CHECK(said.tasks[2].on_all_rows);
  CHECK(said.tasks[2].y.empty());
}

TEST_CASE("features are a layer's output with everything else carried along") {
  const Model model = PredictedModel();
  Dataset data = SampleDataset();
  data.weights.assign(240, 2.0F);
  const Dataset features =
      ComputeFeatures(model, data, "trunk", nullptr, &no_predict_reports);
  CHECK(features.inputs.size() == 1);
  CHECK(features.inputs[0].name == "trunk");
  CHECK(features.inputs[0].cols == 3);
  CHECK(features.tasks.size() == 4);
  CHECK(features.splits == data.splits);
  CHECK(features.weights == data.weights);
  CHECK(features.transforms.empty());
  CHECK_NOTHROW(CheckDataset(features));
  // The heads on these features say what the model says.
  const Index slice = model.network->weights()->Find("heads.trunk/kernel");
  const ConstMatView kernel = model.params.weights.At(slice);
  double logit = 0;
  for (Index k = 0; k < 3; ++k) {
    logit += static_cast<double>(features.inputs[0].dense[k]) *
             static_cast<double>(kernel(k, 1));
  }
  const Predictions said = PredictOne(model, data);
  CHECK(static_cast<double>(said.tasks[1].logits[0]) ==
        doctest::Approx(logit).epsilon(1e-5));
  CHECK_THROWS_AS(
      ComputeFeatures(model, data, "trunc", nullptr, &no_predict_reports),
      Error);
  CHECK(LayerSaid(model, "trunk") == "trunk");
  CHECK_THROWS_AS(LayerSaid(model, "trunc"), Error);
}

TEST_CASE("what has no effect is noted") {
  struct Heard : SilentReporter {
    void Note(std::string_view text) override { said += text; }
    void Warn(std::string_view text) override { said += text; }
    std::string said;
  } heard;
  const Model model = PredictedModel();
  Dataset data = SampleDataset();
  for (Labels& labels : data.labels) {
    REQUIRE(labels.on_all_rows);
  }
  PredictOptions options;
  options.all_rows = true;
  options.reporter = &heard;
  const EnsembleMember member{&model, 1.0};
  Predict({&member, 1}, data, options, nullptr);
  CHECK(heard.said == "--all-rows has no effect: every task has all rows");
}

TEST_CASE("an input that is not finite is refused with its row") {
  const Model model = PredictedModel();
  Dataset data = SampleDataset();
  std::vector<float> cells(data.inputs[0].dense.begin(),
                           data.inputs[0].dense.end());
  cells[4 * 17 + 2] = std::nanf("");
  data.inputs[0].dense = Array<float>(std::move(cells));
  try {
    PredictOne(model, data);
    FAIL("no error");
  } catch (const Error& error) {
    CHECK(error.kind() == ErrorKind::kBadInput);
    CHECK(error.message().find("17") != std::string::npos);
  }
}

TEST_CASE("a class that training never saw is carried along, and said") {
  struct Notebook : SilentReporter {
    void Warn(std::string_view text) override { said += Str(text, "|"); }
    std::string said;
  };
  const Model model = PredictedModel();
  Dataset data = SampleDataset();
  data.tasks[2].classes = {"low", "mid", "top", "E"};
  data.labels[2].values[205] = 3;
  data.labels[2].values[7] = 3;
  Notebook notebook;
  PredictOptions options{.split = "test"};
  options.reporter = &notebook;
  const Predictions said = PredictOne(model, data, options);
  const TaskPredictions& kind = said.tasks[2];
  CHECK(kind.unknown_classes == std::vector<std::string>{"E"});
  CHECK(std::isnan(kind.y[5]));
  for (Index place = 0; place < 40; ++place) {
    CHECK(kind.HasUnknown(place) == (place == 5));
  }
  CHECK(notebook.said ==
        "task 'kind': 1 row has a class that the model does not know, 'E': it "
        "counts as an error (its classes are: low, mid, top)|");
  CHECK(said.tasks[1].unknown.empty());
}

}  // namespace
}  // namespace mtlkit
