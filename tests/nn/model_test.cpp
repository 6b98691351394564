#include "nn/model.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>

#include "base/error.h"
#include "data/link.h"
#include "h5/file_reader.h"
#include "h5/file_writer.h"
#include "nn/model_io.h"
#include "nn/model_spec.h"
#include "nn/sample_data.h"
#include "temp_folder.h"

namespace mtlkit {
namespace {

ArchOptions SmallOptions() {
  ArchOptions options;
  options.layers = {"5", "3"};
  options.norm = "batch";
  return options;
}

Model SampleModel() {
  const Dataset data = SampleDataset();
  return BuildModel(data, SmallOptions(), 3, data.SplitRows("train"));
}

template <class Work>
std::string ErrorOf(Work&& work, ErrorKind kind = ErrorKind::kBadInput) {
  try {
    work();
  } catch (const Error& error) {
    CHECK(error.kind() == kind);
    return error.message();
  }
  return "no error";
}

TEST_CASE("a network without room in memory is refused before it is made") {
  Dataset data = SampleDataset();
  for (InputBlock& block : data.inputs) {
    if (block.kind == InputKind::kSparse) block.cols = Index{1} << 30;
  }
  ArchOptions options;
  options.layers = {"60000"};
  const std::string said =
      ErrorOf([&] { BuildModel(data, options, 3, data.SplitRows("train")); },
              ErrorKind::kIo);
  CHECK(said.find("training of 64424510280015 parameters would take ") == 0);
}

TEST_CASE("a model file gives back the model") {
  Model model = SampleModel();
  model.log.columns = {"epoch", "train.score.loss"};
  model.log.values = {{1, 2}, {0.5, std::nan("")}};
  model.log.best_epoch = 2;
  model.log.selected_on = "valid loss";
  model.log.selected_split = "valid";
  model.seen = {{1, 5, ~0ULL}, {2}};
  const TempFolder folder;
  const std::string digest = WriteModel(model, folder / "model.h5");
  const Model read = ReadModel(folder / "model.h5");
  CHECK(ModelSpec(read) == ModelSpec(model));
  CHECK(std::ranges::equal(read.params.weights.all(),
                           model.params.weights.all()));
  CHECK(std::ranges::equal(read.params.buffers.all(),
                           model.params.buffers.all()));
  CHECK(read.constants == model.constants);
  CHECK(read.log.columns == model.log.columns);
  CHECK(read.log.values[1][0] == 0.5);
  CHECK(std::isnan(read.log.values[1][1]));
  CHECK(read.log.best_epoch == 2);
  CHECK(read.log.selected_split == "valid");
  CHECK(read.seen.trained == model.seen.trained);
  CHECK(read.seen.chosen == model.seen.chosen);
  CHECK(read.content_sha256 == digest);
  CHECK(WriteModel(read, folder / "again.h5") == digest);
}

TEST_CASE("names of tasks that are no names of files survive") {
  Dataset data = AlikeDataset();
  data.tasks[0].name = "Hepatobiliary disorders / all";
  ArchOptions options = SmallOptions();
  options.arch = "single";
  const Model model = BuildModel(data, options, 3, data.SplitRows("train"));
  const TempFolder folder;
  WriteModel(model, folder / "model.h5");
  const Model read = ReadModel(folder / "model.h5");
  CHECK(read.schema.tasks[0].name == "Hepatobiliary disorders / all");
  CHECK(read.constants == model.constants);
}

TEST_CASE("a model file that does not fit its network is refused by name") {
  const Model model = SampleModel();
  const TempFolder folder;
  const auto damaged = [&](auto&& write) {
    const std::string path = folder / "bad.h5";
    FileWriter file(path, FileKind::kModel);
    write(file);
    file.Commit();
    std::string message = ErrorOf([&] { ReadModel(path); });
    const std::size_t at = message.find("bad.h5: ");
    return at == std::string::npos ? message : message.substr(at + 8);
  };
  CHECK(damaged([](FileWriter&) {}) == "spec is missing");
  CHECK(damaged([](FileWriter& file) { file.WriteText("spec", "{"); }) ==
        "spec: this is not JSON");
  CHECK(damaged([&](FileWriter& file) {
          file.WriteText("spec", ModelSpec(model));
        }) == "params/embedding/table.0 is missing");
  CHECK(damaged([&](FileWriter& file) {
          Model other = model;
          other.params.weights.all()[0] = std::numeric_limits<Real>::infinity();
          WriteModelParts(file, other);
        }).find("holds a number that is not finite") != std::string::npos);
  CHECK(damaged([&](FileWriter& file) {
          WriteModelParts(file, model);
          file.WriteList<float>("params/extra/kernel", {1});
        }) == "params/extra/kernel is not part of the network");
  CHECK(damaged([&](FileWriter& file) {
          Model other = model;
          ArchOptions wider = model.arch;
          wider.layers = {"6", "3"};
          other.network = std::make_shared<const Network>(
              BuildNetwork(model.schema, wider));
          WriteModelParts(file, other);
        }).find("but the network needs") != std::string::npos);
  std::string unheard = ModelSpec(model);
  const std::size_t kind = unheard.find("\"dense\"");
  unheard.replace(kind, 7, "\"dens\"");
  CHECK(damaged([&](FileWriter& file) { file.WriteText("spec", unheard); }) ==
        "spec: graph: there is no layer 'dens'; did you mean 'dense'?");
  std::string spec = ModelSpec(model);
  spec.insert(1, R"("extra":1,)");
  CHECK(damaged([&](FileWriter& file) { file.WriteText("spec", spec); }) ==
        "spec: unknown key 'extra'");
}

TEST_CASE("a model does not depend on how its architecture is built now") {
  Model model = SampleModel();
  model.arch.arch = "of-another-day:width=3";
  model.arch.layers = {"1"};
  const TempFolder folder;
  WriteModel(model, folder / "model.h5");
  const Model read = ReadModel(folder / "model.h5");
  CHECK(read.arch.arch == "of-another-day:width=3");
  CHECK(ModelSpec(read) == ModelSpec(model));
  CHECK(std::ranges::equal(read.params.weights.all(),
                           model.params.weights.all()));
}

TEST_CASE("a model starts the same from the same seed only") {
  const Dataset data = SampleDataset();
  const auto start = [&](Seed seed) {
    const Model model =
        BuildModel(data, SmallOptions(), seed, data.SplitRows("train"));
    const auto numbers = model.params.weights.all();
    return std::vector<Real>(numbers.begin(), numbers.end());
  };
  CHECK(start(5) == start(5));
  CHECK(start(5) != start(6));
}

TEST_CASE("a model may read some of the inputs") {
  const Dataset data = SampleDataset();
  ArchOptions options = SmallOptions();
  options.inputs = {"wor*"};
  const Model model = BuildModel(data, options, 1, data.SplitRows("train"));
  const Dataset seen = DatasetFor(model, data);
  CHECK(seen.inputs.size() == 1);
  CHECK(seen.inputs[0].name == "words");
  options.inputs = {"word"};
  CHECK(ErrorOf([&] { BuildModel(data, options, 1, {}); }, ErrorKind::kUsage) ==
        "--inputs: there is no input 'word'; did you mean 'words'?");
}

TEST_CASE("data without an input of the model, or another one, is refused") {
  const Model model = SampleModel();
  Dataset data = SampleDataset();
  data.inputs.erase(data.inputs.begin());
  CHECK(ErrorOf([&] { DatasetFor(model, data); }) ==
        "there is no input block 'features'");
  data = SampleDataset();
  data.inputs[0].columns[1] = "other";
  CHECK(ErrorOf([&] { DatasetFor(model, data); }) ==
        "input block 'features': column 1 is 'other'; 'b' was expected");
}

TEST_CASE("labels follow the classes of the model by name") {
  const Model model = SampleModel();
  Dataset data = SampleDataset();
  std::swap(data.tasks[2].classes[0], data.tasks[2].classes[2]);
  std::swap(data.tasks[3].classes[0], data.tasks[3].classes[1]);
  std::swap(data.tasks[0], data.tasks[1]);
  std::swap(data.labels[0], data.labels[1]);
  const Dataset seen = DatasetFor(model, data);
  CHECK(seen.tasks[0].name == "score");
  CHECK(seen.labels[0].values[1] == data.labels[1].values[1]);
  for (std::size_t row = 0; row < 20; ++row) {
    CHECK(seen.labels[2].values[row] == 2 - data.labels[2].values[row]);
    CHECK(seen.labels[3].values[2 * row + 1] == data.labels[3].values[2 * row]);
  }
}

TEST_CASE("a class that the model does not know, or another type, is refused") {
  const Model model = SampleModel();
  Dataset data = SampleDataset();
  data.tasks[2].classes[1] = "unheard";
  CHECK(ErrorOf([&] { DatasetFor(model, data); }) ==
        "task 'kind': the model does not know class 'unheard'");
  data = SampleDataset();
  data.tasks[0].name = "sold";
  data.tasks[1].name = "score";
  CHECK(ErrorOf([&] { DatasetFor(model, data); }) ==
        "task 'score' is regression in the model, but binary in the data");
}

TEST_CASE("a class that no training row had is unknown to what is predicted") {
  const Dataset data = SampleDataset();
  const std::vector<float> kinds = data.labels[2].values.Numbers();
  std::vector<Index> without;
  for (const Index row : data.SplitRows("train")) {
    if (kinds[At(row)] != 1) without.push_back(row);
  }
  Model model = BuildModel(data, SmallOptions(), 3, without);
  Labels labels = LabelsFor(model, data, UnknownLabelRule::kKeep)[2];
  REQUIRE(labels.unknown.names == std::vector<std::string>{"mid"});
  CHECK(labels.unknown.cells == std::ranges::count(kinds, 1.0F));
  for (std::size_t row = 0; row < kinds.size(); ++row) {
    CAPTURE(row);
    CHECK(labels.unknown.places[row] == (kinds[row] == 1 ? 0 : -1));
    CHECK(std::isnan(labels.values[row]) ==
          (kinds[row] == 1 || std::isnan(kinds[row])));
  }
  // Training may give labels of it to others, and rows that were agreed on say
  // nothing of those that a peer has.
  CHECK(LabelsFor(model, data)[2].unknown.cells == 0);
  model.constants_are_agreed = true;
  labels = LabelsFor(model, data, UnknownLabelRule::kKeep)[2];
  CHECK(labels.unknown.cells == 0);
}

TEST_CASE("rows that a task cannot be learned from are refused") {
  Dataset data = SampleDataset();
  CHECK_NOTHROW(RequireTrainable(data, data.SplitRows("train")));
  std::vector<Index> low;
  for (const Index row : data.SplitRows("train")) {
    if (data.labels[2].values[static_cast<std::size_t>(row)] != 1) {
      low.push_back(row);
    }
  }
  CHECK_NOTHROW(RequireTrainable(data, low));
  CHECK(AbsentClasses(data, low) ==
        std::vector<std::string>{
            "task 'kind': class 'mid' does not occur in the training rows: it "
            "will not be predicted, and rows of it count as errors"});
  std::vector<Index> one_class;
  for (const Index row : low) {
    if (data.labels[2].values[static_cast<std::size_t>(row)] == 0) {
      one_class.push_back(row);
    }
  }
  Dataset kind_only = data;
  kind_only.tasks = {data.tasks[2]};
  kind_only.labels = {data.labels[2]};
  CHECK(ErrorOf([&] {
          RequireTrainable(kind_only, one_class);
        }).find("task 'kind' has one class only in the training rows") !=
        std::string::npos);
  const std::vector<Index> unlabelled = {0};
  CHECK(ErrorOf([&] { RequireTrainable(data, unlabelled); }) ==
        "task 'score' has no label in the training rows");
}

TEST_CASE("architectures that cannot be are refused with what to do") {
  const Dataset data = SampleDataset();
  const auto refused = [&](const std::string& arch,
                           const std::vector<std::string>& layers) {
    ArchOptions options;
    options.arch = arch;
    options.layers = layers;
    return ErrorOf([&] { BuildModel(data, options, 1, {}); },
                   ErrorKind::kUsage);
  };
  CHECK(refused("share", {"4"}) ==
        "--arch: there is no architecture 'share'; did you mean 'shared'?");
  CHECK(refused("pooled", {"4"}) ==
        "--arch pooled: task 'sold' is binary, but 'score' is regression");
  CHECK(
      refused("mmoe", {"none"}) ==
      "--arch mmoe needs hidden layers for its experts, and --layers is none");
  CHECK(refused("mmoe:experts=0", {"4"}).find("experts") != std::string::npos);
  CHECK(refused("shared", {"64", "x"}) ==
        "--layers: 'x' is not a width between 1 and 65536");
}

}  // namespace
}  // namespace mtlkit
