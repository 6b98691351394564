// Weights that went to Keras come back.
#include <doctest/doctest.h>

#include <algorithm>

#include "base/error.h"
#include "base/registry.h"
#include "contract/option_texts.h"
#include "data/space_blocks.h"
#include "h5/guard.h"
#include "h5/mutator.h"
#include "interop/damaged_weights.h"
#include "interop/export_format.h"
#include "interop/export_samples.h"
#include "interop/read_bytes.h"
#include "interop/starting_point.h"
#include "interop/zip_archive.h"
#include "nn/sample_data.h"
#include "temp_folder.h"

namespace mtlkit {
namespace {

void ExportKeras(const Model& model, const std::string& path) {
  ExportModel(model, FindEntry(ExportFormats(), "target", "keras"), path);
}

// Without the padding between arrays, in the precision of files for Keras.
std::vector<Real> AllNumbers(const Block& block) {
  std::vector<Real> numbers;
  const Index slices = std::ssize(block.layout().slices());
  for (Index i = 0; i < slices; ++i) {
    const auto flat = block.At(i).flat();
    for (const Real value : flat) {
      numbers.push_back(static_cast<Real>(static_cast<float>(value)));
    }
  }
  return numbers;
}

void CheckTaken(const Model& model, const std::string& path) {
  Model fresh = model;
  fresh.params = model.network->Initialized(77);
  const WarmStart start = StartingPoint(path).Begin(&fresh);
  CHECK(start.fresh == std::vector<std::string>{});
  CHECK(start.unused == std::vector<std::string>{});
  CHECK(start.note.empty());
  CHECK(AllNumbers(fresh.params.weights) == AllNumbers(model.params.weights));
  CHECK(AllNumbers(fresh.params.buffers) == AllNumbers(model.params.buffers));
}

std::string WeightsIn(const std::string& model) {
  const ZipArchive archive(model);
  const ZipMember* weights = archive.Find("model.weights.h5");
  REQUIRE(weights != nullptr);
  return archive.Read(*weights, Index{1} << 30);
}

// As a model and as weights alone, all of them, to the bit.
void CheckKerasReturn(const Model& model) {
  const TempFolder folder;
  ExportKeras(model, folder / "m.keras");
  CheckTaken(model, folder / "m.keras");
  PutFile(folder / "m.weights.h5", WeightsIn(FileBytes(folder / "m.keras")));
  CheckTaken(model, folder / "m.weights.h5");
}

bool SharesParams(const Network& network) {
  return std::ranges::any_of(network.nodes(), [](const Node& node) {
    return node.params_of != node.name;
  });
}

bool Branches(const Network& network) {
  return std::ranges::any_of(network.nodes(), [](const Node& node) {
    return node.layer->kind() == "branch";
  });
}

// A file for Keras has no place for layers that share parameters, nor for
// those that choose what they read.
void CheckKerasRefuses(const Model& model, const std::string& reason) {
  const TempFolder folder;
  std::string message = "taken";
  try {
    ExportKeras(model, folder / "m.keras");
  } catch (const Error& error) {
    CHECK(error.kind() == ErrorKind::kUsage);
    message = error.message();
  }
  CHECK_MESSAGE(message.find(reason) != std::string::npos, message);
}

TEST_CASE("every architecture comes back from Keras, to the bit") {
  for (const ArchEntry* entry : ArchEntries()) {
    for (Choice choice : OptionTexts(entry->describe)) {
      choice.name = std::string(entry->name);
      const ArchOptions options = NetworkOf(ChoiceText(choice));
      INFO("arch ", options.arch);
      const Dataset data = FittingDataset(DatasetOfAllTypes(), options, 60);
      const Model model = RandomModel(data, options);
      if (SharesParams(*model.network)) {
        CheckKerasRefuses(model, "it uses the parameters of layer '");
      } else if (Branches(*model.network)) {
        CheckKerasRefuses(model, "takes one of several values");
      } else {
        CheckKerasReturn(model);
      }
    }
  }
}

TEST_CASE("ensembles come back from Keras") {
  for (const char* members : {"3", "2:form=full"}) {
    ArchOptions options = NetworkOf("shared");
    options.members = members;
    options.norm = "batch";
    options.dropout = 0.3;
    CheckKerasReturn(RandomModel(DatasetOfAllTypes(), options));
  }
}

TEST_CASE("maps of columns come back from Keras, edges are found anew") {
  const Dataset data = DatasetOfAllTypes();
  ArchOptions options = NetworkOf("shared");
  options.numbers = "projected:count=3,size=2";
  const Model model = RandomModel(data, options);
  const TempFolder folder;
  ExportKeras(model, folder / "m.keras");
  Model fresh = model;
  fresh.params = model.network->Initialized(77);
  const WarmStart start = StartingPoint(folder / "m.keras").Begin(&fresh);
  CHECK(start.fresh == std::vector<std::string>{"pieces/edges"});
  CHECK(start.unused == std::vector<std::string>{});
  CHECK(AllNumbers(fresh.params.weights) == AllNumbers(model.params.weights));
}

TEST_CASE("norms, towers, trees and activations come back from Keras") {
  for (const std::string norm : {"batch", "layer"}) {
    INFO("norm ", norm);
    ArchOptions options = NetworkOf("shared");
    options.norm = norm;
    options.dropout = 0.3;
    options.activation = "gelu";
    options.head_layers = {"3"};
    options.hierarchy =
        R"({"groups": [{"name": "root", "layers": [5]},
            {"name": "left", "from": ["root"], "tasks": ["score", "sold"]},
            {"name": "right", "from": ["root"], "tasks": ["kind", "tags",
             "grade"]}]})";
    CheckKerasReturn(RandomModel(DatasetOfAllTypes(), options));
  }
}

TEST_CASE("tasks that are called as layers and inputs come back from Keras") {
  Dataset data = SampleDataset(30);
  data.tasks[0].name = "features";
  data.tasks[1].name = "trunk.0";
  data.tasks[2].name = "trunk_0";
  data.tasks[3].name = "Features";
  CheckKerasReturn(RandomModel(data, NetworkOf("shared")));
  CheckKerasReturn(RandomModel(data, NetworkOf("single")));
}

TEST_CASE("damaged files of Keras are refused, or read without harm") {
  const TempFolder folder;
  ArchOptions options = NetworkOf("shared");
  options.layers = {"2"};
  ExportKeras(RandomModel(SampleDataset(8), options), folder / "m.keras");
  const std::string bytes = FileBytes(folder / "m.keras");
  const Index sample = internal::kIsSanitized ? 60 : 600;
  CheckDamaged(bytes, true, sample);
  CheckDamaged(WeightsIn(bytes), false, sample);
}

}  // namespace
}  // namespace mtlkit
