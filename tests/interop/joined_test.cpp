// Ensembles as one network: what they say, here and elsewhere, what its layers
// are called, and the way back.
#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <string>
#include <vector>

#include "base/error.h"
#include "base/registry.h"
#include "data/head.h"
#include "interop/export_format.h"
#include "interop/export_samples.h"
#include "interop/onnx_eval.h"
#include "interop/sample_files.h"
#include "interop/starting_point.h"
#include "nn/ensemble.h"
#include "nn/fitting_data.h"
#include "nn/model_io.h"
#include "nn/sample_data.h"
#include "temp_folder.h"
#include "train/predict.h"

namespace mtlkit {
namespace {

// Networks of random numbers, each its own.
Model RandomEnsemble(const Dataset& data, const ArchOptions& arch,
                     const std::vector<std::string>& losses = {}) {
  Model model = RandomModel(data, arch, losses);
  const Rng random(17, RandomPurpose::kTest);
  for (Index network = 1; network < 3; ++network) {
    Params own = model.params;
    Index number = 0;
    for (Block* block : {&own.weights, &own.buffers}) {
      if (block->layout().slices().empty()) continue;
      for (Real& value : block->all()) {
        const double factor = 1 + 0.3 * random.Normal(network, number++);
        value *= static_cast<Real>(std::abs(factor));
      }
    }
    model.others.push_back({std::move(own), {}});
  }
  return model;
}

std::vector<float> SaidOf(const TaskPredictions& task) {
  return task.task.traits().has_classes ? task.prob : task.pred;
}

double WorstOf(const Task& task, const std::vector<float>& expected,
               const std::vector<double>& said) {
  REQUIRE(said.size() == expected.size());
  const double scale = task.deviation.empty() ? 1 : task.deviation[0];
  double worst = 0;
  for (std::size_t i = 0; i < said.size(); ++i) {
    const double distance = said[i] - static_cast<double>(expected[i]);
    worst = std::max(worst, std::abs(distance) / scale);
  }
  return worst;
}

// All rows: by its networks, by one network, and by the file for ONNX.
void CheckJoined(const Model& ensemble, const Dataset& data) {
  const std::vector<Model> singles = SingleModels(ensemble);
  std::vector<EnsembleMember> members;
  for (const Model& single : singles) members.push_back({&single, 1});
  const Predictions expected = Predict(members, data, {}, nullptr);
  const Predictions first = Predict({members.data(), 1}, data, {}, nullptr);
  const Model joined = AsOneNetwork(ensemble);
  CHECK(joined.networks() == 1);
  const EnsembleMember one = {&joined, 1};
  const Predictions here = Predict({&one, 1}, data, {}, nullptr);
  const auto there = EvaluateOnnx(ExportedOnnx(joined),
                                  OnnxInputsOf(DatasetFor(joined, data)));
  for (std::size_t t = 0; t < expected.tasks.size(); ++t) {
    const Task& task = expected.tasks[t].task;
    INFO("task ", task.name);
    const std::vector<float> mean = SaidOf(expected.tasks[t]);
    const auto doubles = [](const std::vector<float>& said) {
      return std::vector<double>(said.begin(), said.end());
    };
    CHECK(WorstOf(task, mean, doubles(SaidOf(here.tasks[t]))) < 1e-5);
    const std::string name =
        task.traits().has_classes ? task.name + ".prob" : task.name;
    CHECK(WorstOf(task, mean, there.at(name).numbers) < 1e-5);
    // The networks do not agree.
    CHECK(WorstOf(task, mean, doubles(SaidOf(first.tasks[t]))) > 1e-3);
  }
}

// Without the padding between arrays.
// As files of other frameworks keep them.
std::vector<float> JoinedNumbers(const Params& params) {
  std::vector<float> numbers;
  for (const Block* block : {&params.weights, &params.buffers}) {
    for (Index i = 0; i < std::ssize(block->layout().slices()); ++i) {
      const auto flat = block->At(i).flat();
      for (const Real number : flat) {
        numbers.push_back(static_cast<float>(number));
      }
    }
  }
  return numbers;
}

// Each network begins from its own; what comes behind them from the first.
void CheckEachBegins(const Model& ensemble, const std::string& path) {
  const std::vector<Model> singles = SingleModels(ensemble);
  const StartingPoint point(path);
  CHECK(point.networks() == ensemble.networks());
  for (Index number = 0; number <= std::ssize(singles); ++number) {
    INFO("network ", number);
    const Model& wanted = singles[At(number % std::ssize(singles))];
    Model fresh = wanted;
    fresh.params = wanted.network->Initialized(77);
    const WarmStart start = point.Begin(&fresh, number);
    CHECK(start.fresh.empty());
    CHECK(start.unused.empty());
    CHECK(start.taken.size() == wanted.network->weights()->slices().size() +
                                    wanted.network->buffers()->slices().size());
    CHECK(JoinedNumbers(fresh.params) == JoinedNumbers(wanted.params));
  }
}

void CheckComesBack(const Model& ensemble) {
  const TempFolder folder;
  const Model joined = AsOneNetwork(ensemble);
  ExportModel(joined, FindEntry(ExportFormats(), "target", "torch"),
              folder / "out");
  CheckEachBegins(ensemble, folder / "out/model.safetensors");
  const bool is_too_much =
      std::ranges::any_of(ensemble.network->nodes(), [](const Node& node) {
        return node.params_of != node.name || node.layer->kind() == "branch";
      });
  if (is_too_much) return;  // Keras has no place for it
  ExportModel(joined, FindEntry(ExportFormats(), "target", "keras"),
              folder / "m.keras");
  CheckEachBegins(ensemble, folder / "m.keras");
}

TEST_CASE("an ensemble of any architecture is one network that says the same") {
  for (const ArchEntry* entry : ArchEntries()) {
    ArchOptions options = NetworkOf(std::string(entry->name));
    options.norm = "batch";
    INFO("arch ", options.arch);
    const Dataset data = FittingDataset(DatasetOfAllTypes(), options, 60);
    const Model ensemble = RandomEnsemble(data, options);
    CheckJoined(ensemble, data);
    CheckComesBack(ensemble);
  }
}

TEST_CASE("networks with members, trees and forms of outputs are joined, too") {
  ArchOptions options = NetworkOf("shared");
  options.members = "2";
  options.head_layers = {"3"};
  options.hierarchy =
      R"({"groups": [{"name": "root", "layers": [5]},
          {"name": "left", "from": ["root"], "tasks": ["score", "sold"]},
          {"name": "right", "from": ["root"], "tasks": ["kind", "tags",
           "grade"]}]})";
  const Dataset data = DatasetOfAllTypes();
  const Model members = RandomEnsemble(data, options);
  CheckJoined(members, data);
  CheckComesBack(members);
  CHECK(AsOneNetwork(members).network->members(3) == 6);
  CheckJoined(RandomEnsemble(data, NetworkOf("shared"),
                             {"score=quantile:levels=0.1/0.5/0.9"}),
              data);
}

TEST_CASE("layers of each network have its number in front") {
  Dataset data = SampleDataset(12);
  data.inputs.resize(1);
  ArchOptions options;
  options.layers = {"3"};
  options.dropout = 0;
  const Model ensemble = RandomEnsemble(data, options);
  const Model joined = AsOneNetwork(ensemble);
  CHECK(joined.network->Names() ==
        std::vector<std::string>{"network1.trunk.0", "network1.heads.trunk",
                                 "network2.trunk.0", "network2.heads.trunk",
                                 "network3.trunk.0", "network3.heads.trunk",
                                 "networks.heads.trunk"});
  CHECK(joined.network->members(2) == 3);
  Model taken = SingleModels(ensemble)[0];
  TakeNetwork(joined, 2, &taken);
  CHECK(JoinedNumbers(taken.params) ==
        JoinedNumbers(ensemble.others[1].params));
  const Model single = SingleModels(ensemble)[0];
  CHECK(AsOneNetwork(single).network == single.network);
}

TEST_CASE("training begins from the networks of an ensemble, one from each") {
  const TempFolder folder;
  Dataset data = SampleDataset(12);
  Model ensemble = RandomEnsemble(data, NetworkOf("shared"));
  ensemble.provenance = "[]";
  WriteModel(ensemble, folder / "m.h5");
  CheckEachBegins(ensemble, folder / "m.h5");
  const StartingPoint point(folder / "m.h5");
  CHECK(point.NetworksText(1) == "; of its 3 networks the first");
  CHECK(point.NetworksText(3) ==
        "; each network from that of its number, of 3");
  CHECK(point.NetworksText(5) ==
        "; each network from that of its number, of 3, and then from the first "
        "again");
  WriteModel(SingleModels(ensemble)[0], folder / "one.h5");
  CHECK(StartingPoint(folder / "one.h5").NetworksText(5).empty());
  // A map names the parameters of one network.
  PutFile(folder / "map.txt", "trunk.0/bias trunk.0/bias\n* fresh\n");
  Model fresh = SingleModels(ensemble)[0];
  fresh.params = fresh.network->Initialized(3);
  const StartingPoint mapped(folder / "m.h5", folder / "map.txt");
  CHECK(mapped.Begin(&fresh, 1).taken ==
        std::vector<std::string>{"trunk.0/bias"});
  const Index bias = fresh.network->weights()->Find("trunk.0/bias");
  CHECK(fresh.params.weights.At(bias)(0, 0) ==
        ensemble.others[0].params.weights.At(bias)(0, 0));
}

}  // namespace
}  // namespace mtlkit
