// Whole preparations of real data sets, against counts and moments that were
// computed from the raw files by other means.
#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <fstream>
#include <map>

#include "base/text.h"
#include "data/dataset_io.h"
#include "data/small_table.h"
#include "prep/apply_transforms.h"
#include "prep/prepare.h"
#include "prep/split.h"
#include "temp_folder.h"
#include "test_data.h"
#include "text/convert.h"

namespace mtlkit {
namespace {

Dataset Convert(const TempFolder& folder, const std::vector<TableInput>& inputs,
                const ConvertOptions& options) {
  SilentReporter silent;
  ConvertTables(inputs, folder / "table.h5", options, {}, false, &silent);
  return ReadDataset(folder / "table.h5");
}

Dataset Adult(const TempFolder& folder) {
  ConvertOptions options;
  options.missing = {"?"};
  options.comment = "|";
  options.names = {SourcePath("data-samples/adult.columns")};
  options.rename_class = {{"income", "<=50K.", "<=50K"},
                          {"income", ">50K.", ">50K"}};
  return Convert(folder,
                 {{"train", SourcePath("data-samples/adult.data.gz")},
                  {"test", SourcePath("data-samples/adult.test.gz")}},
                 options);
}

PrepareOptions AdultTasks() {
  PrepareOptions options;
  options.task = {"income", "marital-status", "hours-per-week"};
  options.ignore = {"fnlwgt"};
  return options;
}

Index Count(const LabelCells& values, float wanted) {
  return std::count(values.begin(), values.end(), wanted);
}

TEST_CASE("adult: the tasks have the labels that the files have") {
  const TempFolder folder;
  SilentReporter silent;
  const Dataset ready = Prepare(Adult(folder), AdultTasks(), 1, &silent);

  CHECK(ready.splits.at("train").size() == 32561);
  CHECK(ready.splits.at("test").size() == 16281);
  CHECK(Join(ready.tasks[0].classes, ",") == "<=50K,>50K");
  CHECK(Count(ready.labels[0].values, 1) == 7841 + 3846);
  CHECK(ready.tasks[1].classes.size() == 7);
  CHECK(ready.tasks[2].mean[0] == doctest::Approx(40.437455852092995));
  CHECK(ready.tasks[2].deviation[0] == doctest::Approx(12.347239075707988));
}

TEST_CASE("adult: inputs are scaled by the training rows, '?' is filled") {
  const TempFolder folder;
  SilentReporter silent;
  const Dataset ready = Prepare(Adult(folder), AdultTasks(), 1, &silent);
  const InputBlock& features = ready.inputs.at(0);
  REQUIRE(features.columns[0] == "age");

  // The first row of adult.data is 39 years old.
  CHECK(features.dense[0] ==
        doctest::Approx((39 - 38.58164675532078) / 13.640223092304277));
  // 22,696 and 1,836 training rows have a private employer, or none known.
  const Index privately = FindColumn(features, "workclass=Private");
  REQUIRE(privately >= 0);
  double sum = 0;
  for (const Index row : ready.splits.at("train")) {
    sum += static_cast<double>(features.dense[row * features.cols + privately]);
  }
  CHECK(sum == 22696 + 1836);
  CHECK(FindColumn(features, "fnlwgt") == -1);
  CHECK(FindColumn(features, "hours-per-week") == -1);
}

TEST_CASE("adult: a raw table goes through the stored transforms") {
  const TempFolder folder;
  SilentReporter silent;
  const Dataset table = Adult(folder);
  PrepareOptions options = AdultTasks();
  options.split = {"valid=0.15"};
  options.hide_labels = {"marital-status=0.3"};
  WriteDataset(Prepare(table, options, 1, &silent), folder / "ready.h5");

  const Dataset ready = ReadDataset(folder / "ready.h5");
  const Dataset again = ApplyTransforms(ready.transforms, table);

  CHECK(ready.splits.at("valid").size() == 4884);
  REQUIRE(again.inputs[0].dense.size() == ready.inputs[0].dense.size());
  CHECK(std::equal(again.inputs[0].dense.begin(), again.inputs[0].dense.end(),
                   ready.inputs[0].dense.begin()));
  Index hidden = 0;
  for (const float value : ready.labels[1].values) hidden += std::isnan(value);
  CHECK(hidden == std::llround(0.3 * (32561 - 4884)));
}

TEST_CASE("mfeat: the digit is one task of both views, labelled sparingly") {
  const TempFolder folder;
  SilentReporter silent;
  ConvertOptions convert;
  convert.beside = true;
  convert.names = {"fou=" + SourcePath("data-samples/mfeat-fou.columns"),
                   "kar=" + SourcePath("data-samples/mfeat-kar.columns")};
  convert.header = "yes";
  PrepareOptions options;
  options.task = {"digit=multiclass"};
  options.split = {"test=0.25"};
  options.stratify = "digit";
  options.keep_labels = {"digit=5/class"};
  const Dataset ready =
      Prepare(Convert(folder,
                      {{"fou", SourcePath("data-samples/mfeat-fou.csv.gz")},
                       {"kar", SourcePath("data-samples/mfeat-kar.csv.gz")}},
                      convert),
              options, 1, &silent);

  REQUIRE(ready.inputs.size() == 2);
  CHECK(ready.inputs[0].name == "fou");
  CHECK(ready.inputs[0].cols == 76);
  CHECK(ready.inputs[1].cols == 64);
  std::map<float, int> train;
  std::map<float, int> test;
  for (const Index row : ready.splits.at("train")) {
    const float digit = ready.labels[0].values[static_cast<std::size_t>(row)];
    if (!std::isnan(digit)) ++train[digit];
  }
  for (const Index row : ready.splits.at("test")) {
    ++test[ready.labels[0].values[static_cast<std::size_t>(row)]];
  }
  CHECK(train.size() == 10);
  CHECK(test.size() == 10);
  for (const auto& [digit, count] : train) CHECK(count == 5);
  for (const auto& [digit, count] : test) CHECK(count == 50);
}

TEST_CASE("School: 139 tasks with pupils of their own") {
  const auto file = TestDataPath("school/school.mat");
  if (!file) return;
  const TempFolder folder;
  SilentReporter silent;
  const std::string csv = folder / "school.csv";
  const std::string command = "python3 '" +
                              SourcePath("tests/e2e/school_to_csv.py") + "' '" +
                              *file + "' > '" + csv + "'";
  REQUIRE(std::system(command.c_str()) == 0);
  PrepareOptions options;
  options.task = {"score"};
  options.task_per = "school";
  options.split = {"test=0.25"};
  options.stratify = "school";
  const Dataset ready =
      Prepare(Convert(folder, {{"", csv}}, {}), options, 1, &silent);

  REQUIRE(ready.tasks.size() == 139);
  CHECK(ready.rows == 15362);
  CHECK(ready.inputs[0].cols == 27);
  std::size_t fewest = 1000;
  std::size_t most = 0;
  std::size_t all = 0;
  for (const Labels& labels : ready.labels) {
    fewest = std::min(fewest, labels.rows.size());
    most = std::max(most, labels.rows.size());
    all += labels.rows.size();
  }
  CHECK(fewest == 22);
  CHECK(most == 251);
  CHECK(all == 15362);
}

TEST_CASE("emotions: tasks that the file has are kept, and dealt out evenly") {
  const auto arff =
      TestDataPath("mulan-multilabel/emotions/emotions-train.arff.gz");
  const auto xml = TestDataPath("mulan-multilabel/emotions/emotions.xml");
  if (!arff || !xml) return;
  const TempFolder folder;
  SilentReporter silent;
  ConvertOptions convert;
  convert.labels = *xml;
  const Dataset table = Convert(folder, {{"", *arff}}, convert);
  REQUIRE(!table.tasks.empty());
  PrepareOptions options;
  options.split = {"valid=0.3"};
  if (table.tasks.size() == 1) options.stratify = table.tasks[0].name;
  const Dataset ready = Prepare(table, options, 1, &silent);

  CHECK(ready.rows == 391);
  CHECK(ready.inputs[0].cols == 72);
  CHECK(ready.tasks.size() == table.tasks.size());
  CHECK(std::abs(static_cast<double>(ready.splits.at("valid").size()) -
                 0.3 * 391) < 4);
}

}  // namespace
}  // namespace mtlkit
