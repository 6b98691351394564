// Images and texts, from the file to a trained network and its predictions.
#include <doctest/doctest.h>

#include <algorithm>
#include <string>
#include <utility>

#include "base/error.h"
#include "base/reporter.h"
#include "data/block_kind.h"
#include "data/dataset_io.h"
#include "data/kind_samples.h"
#include "nn/layers/layers.h"
#include "nn/model_io.h"
#include "nn/plan_size.h"
#include "temp_folder.h"
#include "train/loop.h"
#include "train/predict.h"

namespace mtlkit {
namespace {

SilentReporter no_space_reports;

Model Untrained(const Dataset& data, const std::string& arch,
                std::vector<std::string> inputs = {}) {
  ArchOptions options;
  options.arch = arch;
  options.layers = {"12"};
  options.inputs = std::move(inputs);
  return BuildModel(data, options, 1, data.SplitRows("train"));
}

double Learn(const Dataset& data, int threads, Model* model) {
  TrainOptions options;
  options.epochs = 30;
  options.batch = 32;
  options.optimizer.rate = 0.02;
  ThreadPool pool(threads, 1);
  SilentReporter reporter;
  TrainEnvironment environment;
  environment.pool = &pool;
  environment.reporter = &reporter;
  return Train(InputsOf(data, options), options, 1, environment, model).best;
}

NetworkOutputs OutputsOf(const Model& model, const Dataset& data,
                         const std::vector<Index>& rows) {
  return ComputeOutputs(model, DatasetFor(model, data), rows, nullptr);
}

TEST_CASE("images and texts are learned, alone and together") {
  const TempFolder folder;
  WriteDataset(PhotosAndTexts(400), folder / "data.h5");
  const Dataset data = ReadDataset(folder / "data.h5");
  Model both = Untrained(data, "shared");
  CHECK(Learn(data, 1, &both) < 0.4);  // 1 is the best constant prediction
  // Each block knows of one task only: the other stays near the constant's.
  Model photos = Untrained(data, "shared", {"photo"});
  Model texts = Untrained(data, "shared", {"text"});
  CHECK(Learn(data, 1, &photos) < 0.8);
  CHECK(Learn(data, 1, &texts) < 0.75);
}

TEST_CASE("every architecture takes images and texts and gives them back") {
  const TempFolder folder;
  const Dataset data = PhotosAndTexts(40);
  const std::vector<Index> rows = {0, 5, 7};  // 0 and 5: texts without words
  for (const ArchEntry* entry : ArchEntries()) {
    INFO(entry->name);
    for (const char* input : {"photo", "text", "*"}) {
      const Model model = Untrained(data, std::string(entry->name), {input});
      WriteModel(model, folder / "model.h5");
      const Model read = ReadModel(folder / "model.h5");
      CHECK(OutputsOf(read, data, rows) == OutputsOf(model, data, rows));
    }
  }
}

TEST_CASE("every architecture takes every kind of input and gives it back") {
  const TempFolder folder;
  const std::vector<Index> rows = {2, 0, 1};
  for (const BlockKindEntry* kind : BlockKinds()) {
    Dataset data = SampleOfKind(kind->kind);
    data.splits["train"] = {0, 1, 2, 3};
    for (const ArchEntry* entry : ArchEntries()) {
      INFO(entry->name, " of ", kind->name);
      const Model model = Untrained(data, std::string(entry->name));
      WriteModel(model, folder / "model.h5");
      const Model read = ReadModel(folder / "model.h5");
      const NetworkOutputs outputs = OutputsOf(model, data, rows);
      CHECK(OutputsOf(read, data, rows) == outputs);
      CHECK(outputs[0][0] != outputs[0][1]);
    }
  }
}

TEST_CASE("any number of threads learns the same from images and texts") {
  const Dataset data = PhotosAndTexts(120);
  Model one = Untrained(data, "mmoe");
  Learn(data, 1, &one);
  Model three = Untrained(data, "mmoe");
  Learn(data, 3, &three);
  CHECK(std::ranges::equal(std::as_const(one.params.weights).all(),
                           std::as_const(three.params.weights).all()));
}

TEST_CASE("what is said of a row does not depend on the others") {
  const Dataset data = PhotosAndTexts(60);
  Model model = Untrained(data, "shared");
  Learn(data, 1, &model);
  const std::vector<Index> all = {0, 1, 2, 3, 4, 5, 6, 7};
  const NetworkOutputs together = OutputsOf(model, data, all);
  for (const Index row : all) {
    const NetworkOutputs alone = OutputsOf(model, data, {row});
    for (std::size_t task = 0; task < 2; ++task) {
      CHECK(alone[task][0] == together[task][At(row)]);
    }
  }
}

TEST_CASE("a model reads bytes by its own scale") {
  Dataset data = PhotosAndTexts(40);
  data.inputs[0].mean = {0.4, 0.5};
  data.inputs[0].deviation = {0.2, 0.3};
  const Model model = Untrained(data, "shared");
  const NetworkOutputs expected = OutputsOf(model, data, {1, 2});
  data.inputs[0].mean.clear();
  data.inputs[0].deviation.clear();
  CHECK(OutputsOf(model, data, {1, 2}) == expected);
}

TEST_CASE("data of another size or vocabulary are refused") {
  const Dataset data = PhotosAndTexts(8);
  const Model model = Untrained(data, "shared");
  const auto message = [&](const Dataset& other) -> std::string {
    try {
      DatasetFor(model, other);
    } catch (const Error& error) {
      return error.message();
    }
    return "";
  };
  Dataset turned = data;
  std::swap(turned.inputs[0].height, turned.inputs[0].width);
  CHECK(message(turned) ==
        "input block 'photo' has images of 5 x 3; 3 x 5 were expected");
  Dataset foreign = data;
  foreign.inputs[1].categories[0][0] = "gut";
  CHECK(message(foreign) ==
        "input block 'text' has another vocabulary than was expected");
}

TEST_CASE("features of pixels or tokens are refused by name") {
  const Dataset data = PhotosAndTexts(8);
  const Model model = Untrained(data, "shared");
  CHECK(ComputeFeatures(model, data, "pool", nullptr, &no_space_reports)
            .inputs[0]
            .cols == 3);
  CHECK_THROWS_WITH_AS(
      ComputeFeatures(model, data, "tokens", nullptr, &no_space_reports),
      "layer 'tokens' has tokens, not one row for each row of "
      "the data (name a layer behind it)",
      Error);
}

TEST_CASE("inference takes as many rows at a time as memory allows") {
  const Dataset data = PhotosAndTexts(40);
  const Model model = Untrained(data, "shared");
  CHECK(InferencePlanFor(*model.network, data, 5000).capacity == 1024);
  CHECK(InferencePlanFor(*model.network, data, 7).capacity == 7);
  // 3,000 x 3,000 pixels are 36 MB a row.
  Dataset large;
  large.inputs = {ImageBlock("photo", 3000, 3000, 1, {})};
  NetworkBuilder b(large.schema().inputs, 1);
  b.Output(0, b.Add("pool", MakePool(), {b.Input(0)}));
  const Network network = std::move(b).Build();
  CHECK(InferencePlanFor(network, large, 5000).capacity == 1);
}

}  // namespace
}  // namespace mtlkit
