#include <doctest/doctest.h>

#include <functional>
#include <string>

#include "campaign.h"
#include "cotrain/publication.h"
#include "data/dataset_io.h"
#include "eval/predictions.h"
#include "h5/mutator.h"
#include "h5/sample_file.h"
#include "nn/model_io.h"
#include "nn/sample_data.h"
#include "temp_folder.h"

// Whoever reads a file of a kind, no damage of it may pass.
namespace mtlkit {
namespace {

const Index kDamages = Campaign(2000, 20000);
// Each of these takes a process of its own to check.
const Index kResealed = Campaign(150, 4000);

// Reads `path` with the reader of its kind, then says all that is in it.
using Reader = std::function<void(const FileReader& file)>;

void CheckKind(const std::string& path, const Reader& reader) {
  const auto read = [&](const std::string& damaged) {
    const FileReader file = FileReader::Open(damaged);
    reader(file);
    return RenderFile(file);
  };
  const std::string original = FileBytes(path);
  const DamageCount plain =
      CountDamage({.original = original, .count = kDamages}, read);
  INFO(plain.first_wrong);
  CHECK(plain.wrong == 0);
  CHECK(plain.refused > kDamages * 9 / 10);
  const DamageCount resealed = CountDamage(
      {.original = original, .count = kResealed, .reseal = true}, read);
  INFO(resealed.first_wrong);
  CHECK(resealed.wrong == 0);
  CHECK(resealed.refused > 0);
}

Model SampleModel(const Dataset& data) {
  ArchOptions options;
  options.layers = {"5", "3"};
  return BuildModel(data, options, 3, data.SplitRows("train"));
}

TEST_CASE("no damaged dataset or features are taken for others") {
  const TempFolder folder;
  WriteDataset(SampleDataset(60), folder / "a.h5", FileKind::kFeatures);
  CheckKind(folder / "a.h5", [](const FileReader& file) { ReadDataset(file); });
}

TEST_CASE("no damaged model is taken for another") {
  const TempFolder folder;
  WriteModel(SampleModel(SampleDataset(60)), folder / "a.h5");
  CheckKind(folder / "a.h5", [](const FileReader& file) { ReadModel(file); });
}

TEST_CASE("no damaged predictions are taken for others") {
  const TempFolder folder;
  const Dataset data = SampleDataset(60);
  Predictions predictions;
  predictions.ids = data.ids;
  TaskPredictions task;
  task.task = data.tasks[0];
  task.pred.assign(60, 1.5F);
  task.y = data.labels[0].values.Numbers();
  predictions.tasks.push_back(task);
  WritePredictions(predictions, folder / "a.h5");
  CheckKind(folder / "a.h5",
            [](const FileReader& file) { ReadPredictions(file); });
}

TEST_CASE("no damaged publication of a round is taken for another") {
  const TempFolder folder;
  const Dataset data = SampleDataset(60);
  const Model model = SampleModel(data);
  Publication publication;
  publication.rows = 40;
  publication.has_params = true;
  publication.params = model.params;
  for (std::size_t t = 0; t < data.tasks.size(); ++t) {
    const auto cols = static_cast<std::size_t>(data.tasks[t].output_cols());
    publication.tasks.push_back(
        {.task = static_cast<Index>(t),
         .rows = {1, 2},
         .values = std::vector<float>(2 * cols, 0.25F)});
  }
  publication.arrays["losses"] = {{2, 2}, std::vector<float>{1, 2, 3, 4}};
  WritePublication(publication, data, "[]", folder / "a.h5");
  CheckKind(folder / "a.h5", [&](const FileReader& file) {
    ReadPublication(file.name(), data, model.params);
  });
}

}  // namespace
}  // namespace mtlkit
