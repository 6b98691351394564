#include "app/inspect.h"

#include <doctest/doctest.h>

#include <cmath>
#include <nlohmann/json.hpp>

#include "base/error.h"
#include "base/terminal_text.h"
#include "base/text.h"
#include "data/dataset_io.h"
#include "eval/predictions.h"
#include "nn/model.h"
#include "nn/model_io.h"
#include "temp_folder.h"

namespace mtlkit {
namespace {

// Four rows, a number, a category, a task with one label missing.
Dataset Small() {
  Dataset data;
  data.rows = 4;
  data.ids = std::vector<std::int64_t>{1, 2, 3, 4};
  InputBlock numbers;
  numbers.name = "numeric";
  numbers.cols = 1;
  numbers.columns = {"age"};
  numbers.dense = Array<float>(std::vector<float>{20, 30, NAN, 40});
  InputBlock words;
  words.name = "categorical";
  words.kind = InputKind::kCategorical;
  words.cols = 1;
  words.columns = {"city"};
  words.categories = {{"Bonn", "Rome"}};
  words.codes = Array<std::int32_t>(std::vector<std::int32_t>{0, 1, -1, 1});
  data.inputs = {numbers, words};
  Task task;
  task.name = "sold";
  task.type = TaskType::kBinary;
  task.classes = {"no", "yes"};
  data.tasks = {task};
  data.labels = {{{}, true, {0, 1, NAN, 1}, {}}};
  data.splits = {{"test", {3}}, {"train", {0, 1, 2}}};
  return data;
}

// Runs of blanks as one: the alignment is tested elsewhere.
std::string Squeeze(const std::string& text) {
  std::string out;
  for (const char c : text) {
    if (c != ' ' || out.empty() || out.back() != ' ') out += c;
  }
  return out;
}

TEST_CASE("a dataset is shown in one screen: columns, types, missing, tasks") {
  const TempFolder folder;
  WriteDataset(Small(), folder / "d.h5");
  Json json;
  const std::string text =
      Squeeze(InspectFile(FileReader::Open(folder / "d.h5"), false, &json));
  CHECK(text.find("rows 4, ids 1 .. 4") != std::string::npos);
  CHECK(text.find("age number 1 20.00 .. 40.00, mean 30.00") !=
        std::string::npos);
  CHECK(text.find("city category 1 2: Bonn, Rome") != std::string::npos);
  CHECK(text.find("sold binary 3 2 1 2: no, yes (positive)") !=
        std::string::npos);
  CHECK(json.at("kind") == "dataset");
  CHECK(json.at("tasks")[0].at("labelled_in").at("train") == 2);
  CHECK(json.at("inputs")[1].at("columns")[0].at("missing") == 1);
}

TEST_CASE("a log is only asked of what was trained") {
  const TempFolder folder;
  WriteDataset(Small(), folder / "d.h5");
  Json json;
  CHECK_THROWS_WITH_AS(
      InspectLog(FileReader::Open(folder / "d.h5"), false, &json),
      doctest::Contains("dataset files have no training log"), Error);
}

TEST_CASE("a model that learned to branch shows the tree") {
  const TempFolder folder;
  ArchOptions options;
  options.arch = "ltb:nodes=2";
  options.dropout = 0;
  options.layers = {"3", "3"};
  Model model = BuildModel(Small(), options, 1, {});
  const Index logits = model.network->weights()->Find("branch.sold/logits");
  REQUIRE(logits >= 0);
  model.params.weights.At(logits).data[1] = Real(std::log(3.0));
  WriteModel(model, folder / "m.h5");
  Json json;
  const std::string text =
      Squeeze(InspectFile(FileReader::Open(folder / "m.h5"), false, &json));
  CHECK(text.find("branch.sold node.1.1 .75") != std::string::npos);
  REQUIRE(json.at("branches").size() == 3);
  CHECK(json.at("branches")[2].at("takes") == "node.1.1");
}

TEST_CASE("predictions are shown with what chose the weights") {
  const TempFolder folder;
  Predictions predictions;
  predictions.ids = std::vector<std::int64_t>{7, 8};
  predictions.split = "test";
  predictions.selected_on = "valid";
  TaskPredictions task;
  task.task = Small().tasks[0];
  task.prob = {0.5F, 0.25F};
  task.y = {1, NAN};
  predictions.tasks = {task};
  WritePredictions(predictions, folder / "p.h5");
  Json json;
  const std::string text =
      Squeeze(InspectFile(FileReader::Open(folder / "p.h5"), false, &json));
  CHECK(text.find("weights chosen on valid") != std::string::npos);
  CHECK(text.find("sold binary 2 1 1") != std::string::npos);
  CHECK(json.at("tasks")[0].at("labelled") == 1);

  predictions.split = predictions.selected_on = "";
  predictions.model_sha256 = "12";
  WritePredictions(predictions, folder / "q.h5");
  CHECK(InspectFile(FileReader::Open(folder / "q.h5"), false, &json)
            .find("split none: all rows\nweights of the last epoch\n") !=
        std::string::npos);
}

TEST_CASE("names that are whole texts are cut in tables and whole in JSON") {
  const TempFolder folder;
  Dataset data = Small();
  const std::string review =
      "the soup was cold, the waiter was late, and we shall not come again";
  const std::string umlauts =
      "xx" + Join(std::vector<std::string>(50, "\u00fc"), "");
  data.inputs[1].categories = {{review, umlauts}};
  data.tasks[0].classes = {"no", review};
  WriteDataset(data, folder / "d.h5");
  Json json;
  const std::string text =
      Squeeze(InspectFile(FileReader::Open(folder / "d.h5"), false, &json));
  const std::string cut = "the soup was cold, the waiter was lat...";
  CHECK(text.find("2: " + cut + ", xx\u00fc") != std::string::npos);
  CHECK(text.find("2: no, " + cut + " (positive)") != std::string::npos);
  CHECK(text.find("come again") == std::string::npos);
  CHECK(IsValidUtf8(text));
  CHECK(json.at("inputs")[1].at("columns")[0].at("categories")[0] == review);
}

}  // namespace
}  // namespace mtlkit
