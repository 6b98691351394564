// Whole models elsewhere, and what may be wrong with names and outputs.
#include <doctest/doctest.h>

#include <cmath>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <nlohmann/json.hpp>

#include "base/error.h"
#include "base/registry.h"
#include "contract/option_texts.h"
#include "data/head.h"
#include "data/space_blocks.h"
#include "interop/export_checks.h"
#include "interop/export_format.h"
#include "interop/export_samples.h"
#include "interop/torch_module.h"
#include "nn/fit_buffers.h"
#include "nn/layers/layers.h"
#include "nn/sample_data.h"
#include "paths.h"
#include "temp_folder.h"

namespace mtlkit {
namespace {

std::string BytesAt(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file),
          std::istreambuf_iterator<char>()};
}

void Export(const Model& model, std::string_view to, const std::string& path) {
  ExportModel(model, FindEntry(ExportFormats(), "target", to), path);
}

TEST_CASE("every architecture says elsewhere what it says here, and returns") {
  for (const ArchEntry* entry : ArchEntries()) {
    for (Choice choice : OptionTexts(entry->describe)) {
      choice.name = std::string(entry->name);
      const ArchOptions options = NetworkOf(ChoiceText(choice));
      INFO("arch ", options.arch);
      const Dataset data = FittingDataset(DatasetOfAllTypes(), options, 60);
      const Model model = RandomModel(data, options);
      CheckModel(model, data);
      CheckReturn(model);
    }
  }
}

// Labels of `score` that have a log.
void MakePositive(Dataset* data) {
  Labels& labels = data->labels[At(FindTask(data->tasks, "score"))];
  std::vector<float> values;
  for (const float value : labels.values) values.push_back(std::abs(value));
  labels.values = values;
}

TEST_CASE("norms, dropout, towers, trees and forms of outputs go along") {
  const Dataset data = DatasetOfAllTypes();
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
    for (const char* loss :
         {"score=quantile:levels=0.1/0.5/0.9", "score=tweedie"}) {
      CAPTURE(std::string(loss));
      Dataset fit = data;
      if (std::string(loss) == "score=tweedie") MakePositive(&fit);
      const Model model = RandomModel(fit, options, {loss});
      CheckModel(model, fit);
      CheckReturn(model);
    }
  }
}

TEST_CASE("ensembles go along as what they say together, and return") {
  for (const ArchEntry* entry : ArchEntries()) {
    if (entry->name == "branches") continue;  // which are members themselves
    for (const char* members : {"3", "2:form=full"}) {
      ArchOptions options = NetworkOf(std::string(entry->name));
      options.members = members;
      options.norm = "layer";
      INFO(options.arch, ", members ", options.members);
      const Dataset data = FittingDataset(DatasetOfAllTypes(), options, 60);
      const Model model = RandomModel(data, options);
      CheckModel(model, data);
      CheckReturn(model);
    }
  }
}

TEST_CASE("what numbers become goes along, and returns") {
  const Dataset data = DatasetOfAllTypes();
  for (const char* numbers : {"pieces:count=3", "projected:count=3,size=2",
                              "periodic:count=2,size=2"}) {
    INFO(numbers);
    ArchOptions options = NetworkOf("mmoe");
    options.numbers = numbers;
    options.members = "2";
    Model model = RandomModel(data, options);
    FitBuffers(data, data.SplitRows("train"), model.schema, *model.network,
               &model.params.buffers);
    CheckModel(model, data);
    CheckReturn(model);
  }
}

TEST_CASE("images and texts go along") {
  Dataset data = PhotosAndTexts(23);
  data.inputs[0].mean = {0.4, 0.6};
  data.inputs[0].deviation = {0.2, 0.3};
  const Model model = RandomModel(data, NetworkOf("shared"));
  CheckModel(model, data);
  CheckReturn(model);
}

TEST_CASE("each kind of input goes along alone") {
  const Dataset data = SampleDataset(30);
  for (const InputBlock& block : data.inputs) {
    INFO("input ", block.name);
    ArchOptions options = NetworkOf("shared");
    options.inputs = {block.name};
    const Model model = RandomModel(data, options);
    CheckModel(model, data);
    CheckReturn(model);
  }
}

TEST_CASE("an ONNX file says what it is, and is the same every time") {
  const TempFolder folder;
  const Dataset data = SampleDataset(30);
  const Model model = RandomModel(data, NetworkOf("shared"));
  Export(model, "onnx-prepared", folder / "a.onnx");
  Export(model, "onnx-prepared", folder / "b.onnx");
  const std::string bytes = BytesAt(folder / "a.onnx");
  CHECK(bytes == BytesAt(folder / "b.onnx"));
  const OnnxFile file = ReadOnnx(bytes);
  CHECK(file.ir_version == 8);
  CHECK(file.opsets == std::map<std::string, Index>{{"", 17}});
  std::string places;
  for (const OnnxPlace& input : file.inputs) {
    places += Str(input.name, ": ", input.type, ", ", input.axes, "\n");
  }
  for (const OnnxPlace& output : file.outputs) {
    places += Str(output.name, ": ", output.type, ", ", output.axes, "\n");
  }
  CHECK(places ==
        "features: 1, N x 4\nwords: 1, N x 6\nfeatures.categorical: 7, N x 1\n"
        "score: 1, N x 1\nsold.prob: 1, N x 1\nsold: 8, N\n"
        "kind.prob: 1, N x 3\nkind: 8, N\ntags.prob: 1, N x 2\n");
  CHECK(file.metadata.at("mtlkit.model_sha256") == std::string(64, 'a'));
  const Json tasks = Json::parse(file.metadata.at("mtlkit.tasks"));
  CHECK(tasks[2]["classes"] == Json({"low", "mid", "top"}));
  CHECK(tasks[2]["class"] == "kind");
  CHECK(tasks[3]["columns"] == Json({"tags.prob.big", "tags.prob.north"}));
}

// Names that are alike but for case or signs, that are words of Python, and
// that would be code.
Dataset HostileDataset() {
  Dataset data = SampleDataset(30);
  data.tasks[0].name = "features";  // as an input is called
  data.tasks[1].name = "Sold\"\"\"\nimport HOSTILE!";
  data.tasks[1].classes = {"no\n\"'HOSTILE!", "yes\\"};
  data.tasks[2].name = "features.prob";
  data.tasks[3].name = "FEATURES";
  return data;
}

TEST_CASE("names that are alike, or would be code, stay data") {
  const Dataset data = HostileDataset();
  ArchOptions options = NetworkOf("single");
  const Model model = RandomModel(data, options);
  CheckReturn(model);
  const OnnxFile file = ExportedOnnx(model);  // throws where names are twice
  const Json tasks = Json::parse(file.metadata.at("mtlkit.tasks"));
  CHECK(tasks[0]["predictions"] == "features_2");
  CHECK(tasks[1]["classes"][0] == "no\n\"'HOSTILE!");
  const TempFolder folder;
  Export(model, "torch", folder / "out");
  const std::string python = BytesAt(folder / "out/model.py");
  CHECK(python.find("HOSTILE!") == std::string::npos);
  CHECK(python.find('\\') == std::string::npos);
  const Json meta = Json::parse(BytesAt(folder / "out/model.json"));
  CHECK(meta["tasks"][1]["name"] == data.tasks[1].name);
}

TEST_CASE("layers get names that are Python's for nothing else") {
  NetworkBuilder b(SampleDataset(6).schema().inputs, 1);
  Value x = b.Input(0);
  for (const char* name : {"train", "lambda", "a-b", "a_b", "2", "A_b"}) {
    x = b.Add(name, MakeDense({.units = 2}), {x});
  }
  b.Output(0, x);
  const Network network = std::move(b).Build();
  CHECK(TorchModuleNames(network) ==
        std::map<std::string, std::string>{{"train", "train_2"},
                                           {"lambda", "lambda_2"},
                                           {"a-b", "a_b"},
                                           {"a_b", "a_b_2"},
                                           {"2", "x2"},
                                           {"A_b", "A_b"}});
}

TEST_CASE("layers that share parameters share a module and its numbers") {
  Dataset data = SampleDataset(12);
  data.tasks.resize(1);
  data.labels.resize(1);
  data.inputs.resize(1);
  Model model = RandomModel(data, NetworkOf("shared"));
  NetworkBuilder b(model.schema.inputs, 1);
  const Value one = b.Add("one", MakeDense({.units = 4}), {b.Input(0)});
  const Value two = b.Add("two", MakeDense({.units = 4}), {one}, "one");
  b.Output(0, b.Add("out", MakeDense({.units = 1}), {two}));
  model.network = std::make_shared<const Network>(std::move(b).Build());
  model.params = model.network->Initialized(3);
  CheckModel(model, data);
  CheckReturn(model);
  const TempFolder folder;
  Export(model, "torch", folder / "out");
  CHECK(BytesAt(folder / "out/model.py").find("two = self.one(one)") !=
        std::string::npos);
}

TEST_CASE("the program for PyTorch is the one that was read and tried") {
  Dataset data = SampleDataset(30);
  data.inputs.resize(1);
  ArchOptions options = NetworkOf("shared");
  options.norm = "batch";
  options.activation = "relu";
  const TempFolder folder;
  Export(RandomModel(data, options), "torch", folder / "out");
  CHECK(BytesAt(folder / "out/model.py") ==
        BytesAt(SourceDir() + "/tests/golden/export/model.py"));
}

std::string ExportRefusal(const Model& model, std::string_view to,
                          const std::string& path, ErrorKind kind) {
  try {
    Export(model, to, path);
  } catch (const Error& error) {
    CHECK(error.kind() == kind);
    return error.message();
  }
  return "taken";
}

TEST_CASE("what is there stays, and a name that lies is refused") {
  const TempFolder folder;
  const Model model = RandomModel(SampleDataset(30), NetworkOf("shared"));
  std::filesystem::create_directory(folder / "empty");
  Export(model, "torch", folder / "empty");
  CHECK(std::filesystem::exists(folder / "empty/model.py"));
  std::ofstream(folder / "empty/tuned.safetensors") << "mine";
  CHECK(
      ExportRefusal(model, "torch", folder / "empty", ErrorKind::kCannotCreate)
          .ends_with("empty: cannot be created: it is there already"));
  CHECK(BytesAt(folder / "empty/tuned.safetensors") == "mine");
  CHECK(
      ExportRefusal(model, "torch", folder / "no/out", ErrorKind::kCannotCreate)
          .ends_with("No such file or directory"));
  CHECK(ExportRefusal(model, "torch", "-", ErrorKind::kUsage)
            .starts_with("--to torch writes a folder"));
  for (const auto& [to, name] :
       {std::pair("torch", "m.py"), std::pair("onnx-prepared", "m.h5"),
        std::pair("onnx-prepared", "m.keras")}) {
    CHECK(ExportRefusal(model, to, folder / name, ErrorKind::kUsage)
              .find("writes") != std::string::npos);
  }
  // Nothing but what was asked for is there.
  CHECK(std::distance(std::filesystem::directory_iterator(folder.path()),
                      std::filesystem::directory_iterator()) == 1);
}

TEST_CASE("batch norm of another variance is refused where PyTorch is not") {
  Dataset data = SampleDataset(12);
  data.tasks.resize(1);
  data.labels.resize(1);
  data.inputs.resize(1);
  Model model = RandomModel(data, NetworkOf("shared"));
  NetworkBuilder b(model.schema.inputs, 1);
  const Value norm =
      b.Add("norm", MakeBatchNorm({.unbiased = false}), {b.Input(0)});
  b.Output(0, b.Add("out", MakeDense({.units = 1}), {norm}));
  model.network = std::make_shared<const Network>(std::move(b).Build());
  model.params = model.network->Initialized(3);
  CheckModel(model, data);
  const TempFolder folder;
  CHECK(ExportRefusal(model, "torch", folder / "out", ErrorKind::kUsage) ==
        "--to torch: layer 'norm' (batch-norm) cannot go in: its running "
        "variance is divided by the rows, and PyTorch's by one less");
}

}  // namespace
}  // namespace mtlkit
