// What is known of rounds that are done, and of the labels that they gave.
#include "cotrain/history.h"

#include <doctest/doctest.h>

#include <cmath>
#include <nlohmann/json.hpp>
#include <set>

#include "cotrain/hints.h"
#include "cotrain/purity.h"
#include "cotrain/sample_run.h"
#include "cotrain/select_rows.h"
#include "data/label_view.h"
#include "eval/predictions.h"
#include "train/predict.h"

namespace mtlkit {
namespace {

constexpr Index kSold = 1;  // every fifth row has no label

TEST_CASE("the history of a run has every round, its age and its bytes") {
  SampleRun run("codistillation", [](RunSpec* spec) { spec->peers = 3; });
  run.Rounds(2);
  // One peer goes on alone: what it reads is older from round to round.
  run.Round(0);
  run.Round(0);
  const RunHistory history = HistoryOf(run.path());
  REQUIRE(history.rounds.size() == 8);
  Index published = 0;
  for (const PastRound& round : history.rounds) {
    published += round.bytes_published;
    CHECK(round.bytes_published ==
          std::ssize(run.Bytes(round.peer, round.round)));
  }
  CHECK(history.bytes_published == published);
  const PastRound& first = history.rounds[0];
  CHECK(first.round == 1);
  CHECK(first.oldest == 0);
  CHECK(first.bytes_read == 0);
  const PastRound& last = history.rounds.back();
  CHECK(last.round == 4);
  CHECK(last.peer == 0);
  CHECK(last.oldest == 2);
  CHECK(last.mean_age == 2);
  CHECK(last.bytes_read ==
        std::ssize(run.Bytes(1, 2)) + std::ssize(run.Bytes(2, 2)));
  // Ages 0, 1 and 2 of four tasks.
  const DoneRecord third = *PeekDone(run.folder(), 0, 3);
  REQUIRE(history.by_age.size() == 12);
  for (const AgeMeasure& age : history.by_age) {
    CHECK(age.rounds == (age.age == 0 ? 3 : age.age == 1 ? 4 : 1));
    CHECK(std::isnan(age.change) == (age.age == 0));
    if (age.age < 2 || age.task != "sold") continue;
    double own = std::nan("");
    double before = std::nan("");
    for (const RoundMeasure& measure : last.measures) {
      if (measure.task == "sold") own = measure.own;
    }
    for (const RoundMeasure& measure : third.measures) {
      if (measure.task == "sold") before = measure.own;
    }
    CHECK(age.own == own);
    CHECK(age.change == doctest::Approx(own - before));
  }
  Json json;
  AddJson(history, &json);
  CHECK(json.at("rounds").size() == 8);
  CHECK(json.at("rounds")[0].at("mean_age").is_null());
  CHECK(json.at("bytes").at("read").get<Index>() == history.bytes_read);
  CHECK(Contains(RenderText(history), "2 rounds ago"));
}

// Hidden labels are all said to be "yes": right is who said so.
TEST_CASE("the purity of labels is what part of them is true") {
  SampleRun run("co-training",
                [](RunSpec* spec) { spec->cotrain.labelling = "shared"; });
  run.Rounds(3);
  Dataset truth = GroupedData();
  for (Index row = 0; row < truth.rows; row += 5) {
    truth.labels[kSold].values[At(row)] = 1.0F;
  }
  Index given = 0;
  Index right = 0;
  for (const Selection& selection : run.Published(0, 3).selections) {
    if (selection.task != kSold) continue;
    ++given;
    right += selection.label == 1;
  }
  REQUIRE(given > 0);
  // Classes in another order, and the task in another place.
  std::swap(truth.tasks[0], truth.tasks[kSold]);
  std::swap(truth.labels[0], truth.labels[kSold]);
  std::swap(truth.tasks[0].classes[0], truth.tasks[0].classes[1]);
  for (Index row = 0; row < truth.rows; ++row) {
    const float was = truth.labels[0].values.Numbers()[At(row)];
    truth.labels[0].values[At(row)] = 1 - was;
  }
  Index labels = 0;
  Index true_ones = 0;
  for (const LabelPurity& purity : PurityOf(run.run(), truth)) {
    if (purity.task != "sold") continue;
    CHECK(std::isnan(purity.rmse));
    CHECK(purity.round >= 2);
    labels += purity.labels;
    true_ones += purity.right;
  }
  CHECK(labels == given);
  CHECK(true_ones == right);
  CHECK(Contains(ErrorOf([&] { PurityOf(run.run(), run.run().data); }),
                 "has a known truth here"));
}

// Says "yes" to some rows, with a certainty that grows with them.
void WriteSaid(const std::string& path, const std::string& model,
               const std::function<bool(Index)>& yes) {
  const Dataset data = GroupedData();
  Predictions said;
  said.ids = data.ids;
  said.model_sha256 = model;
  TaskPredictions& task = said.tasks.emplace_back();
  task.task = data.tasks[kSold];
  for (Index row = 0; row < data.rows; ++row) {
    const float sure = 0.6F + 0.001F * static_cast<float>(row);
    task.prob.push_back(yes(row) ? sure : 1 - sure);
  }
  WritePredictions(said, path);
}

TEST_CASE("rows get labels on which predictions agree, in any order of files") {
  const TempFolder folder;
  WriteSaid(folder / "a.h5", "a", [](Index row) { return row % 2 == 0; });
  WriteSaid(folder / "b.h5", "b", [](Index row) { return row % 3 == 0; });
  SelectRequest request;
  request.per_class = {"2"};
  Dataset data = GroupedData();
  const std::vector<std::string> files = {folder / "a.h5", folder / "b.h5"};
  const auto report = SelectRows(files, request, 1, &data);
  REQUIRE(report.size() == 1);
  CHECK(report[0].task == "sold");
  CHECK(report[0].pool == 32);
  CHECK(report[0].counts == std::vector<Index>{2, 2});
  // Unlabelled rows are multiples of 5 below 160; both say yes to those of 30,
  // no where neither 2 nor 3 divides, and the last are the surest.
  const LabelView labels(data, kSold);
  for (const Index row : {120, 150}) CHECK(labels.Value(row, 0) == 1);
  for (const Index row : {145, 155}) CHECK(labels.Value(row, 0) == 0);
  for (const Index row : {0, 30, 60, 90, 140}) CHECK(!labels.HasLabel(row));
  Dataset other = GroupedData();
  SelectRows(std::vector<std::string>{files[1], files[0]}, request, 1, &other);
  CHECK(std::ranges::equal(other.labels[kSold].values.As<float>(0, 240),
                           data.labels[kSold].values.As<float>(0, 240),
                           [](float a, float b) {
                             return a == b || (std::isnan(a) && std::isnan(b));
                           }));
  CHECK(Contains(ErrorOf([&] {
                   SelectRows(std::vector<std::string>{files[0]}, request, 1,
                              &other);
                 }),
                 "2 --labelling agree: one file has none to agree with"));
  request.threshold = 0.999;
  CHECK(Contains(RenderText(SelectRows(files, request, 1, &other)),
                 "no prediction"));
}

TEST_CASE("hints are what a layer of a teacher puts out, as tasks") {
  Dataset data = GroupedData();
  ArchOptions arch;
  arch.layers = {"5"};
  const Model teacher = BuildModel(data, arch, 3, data.SplitRows("train"), {});
  HintRequest request;
  const auto hinted = [&] {
    Dataset with = data;
    ThreadPool pool(1);
    const std::vector<Teacher> teachers = {{"hint", &teacher}};
    AddHints(teachers, request, &pool, nullptr, &with);
    return with;
  };
  Dataset with = hinted();
  REQUIRE(with.tasks.size() == 5);
  const Task& hint = with.tasks.back();
  CHECK(hint.width == 5);
  CHECK(std::set<double>(hint.deviation.begin(), hint.deviation.end()).size() ==
        1);
  ThreadPool pool(1);
  const Dataset features =
      ComputeFeatures(teacher, data, "trunk", &pool, nullptr);
  CHECK(std::ranges::equal(with.labels.back().values.As<float>(0, 5 * 240),
                           features.inputs[0].dense));
  WriteDataset(with, TempFolder() / "hints.h5");
  request.scale = "rows";
  request.only = true;
  with = hinted();
  REQUIRE(with.tasks.size() == 1);
  const std::vector<float> row = with.labels[0].values.As<float>(35, 5);
  double square = 0;
  for (const float value : row) square += static_cast<double>(value * value);
  CHECK(square == doctest::Approx(1));
  request.only = false;
  data.tasks[0].name = "hint";
  CHECK(Contains(ErrorOf(hinted), "2 there are two tasks 'hint'"));
}

}  // namespace
}  // namespace mtlkit
