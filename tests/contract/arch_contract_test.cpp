// What must hold of every registered architecture.
#include <doctest/doctest.h>

#include <algorithm>
#include <string>

#include "base/error.h"
#include "contract/option_texts.h"
#include "nn/fitting_data.h"
#include "nn/model_io.h"
#include "temp_folder.h"
#include "train/loop.h"
#include "train/predict.h"

namespace mtlkit {
namespace {

ArchOptions SmallOptions(const std::string& arch) {
  ArchOptions options;
  options.arch = arch;
  options.layers = FittingLayers(arch, "12", "8");
  return options;
}

// Every architecture with its defaults and with each option changed.
template <class Check>
void ForEachArch(Check&& check) {
  for (const ArchEntry* entry : ArchEntries()) {
    for (Choice choice : OptionTexts(entry->describe)) {
      choice.name = std::string(entry->name);
      const std::string arch = ChoiceText(choice);
      INFO(arch);
      check(arch, FittingDataset(SampleDataset(), SmallOptions(arch)));
    }
  }
}

Model Trained(const std::string& arch, const Dataset& data, Index epochs,
              double* valid) {
  ArchOptions network = SmallOptions(arch);
  network.dropout = 0.05;
  TrainOptions options;
  options.epochs = epochs;
  options.batch = 32;
  options.optimizer.rate = 0.01;
  const TrainInputs inputs = InputsOf(data, options);
  Model model = BuildModel(data, network, 1, inputs.train_rows);
  ThreadPool pool(1);
  SilentReporter reporter;
  TrainEnvironment environment;
  environment.pool = &pool;
  environment.reporter = &reporter;
  *valid = Train(inputs, options, 1, environment, &model).best;
  return model;
}

// Values of options that hold learning back: networks of unlike tasks as one,
// gates that let little through, a layer of one unit.
bool IsHeldBack(const std::string& arch) {
  return arch == "soft-sharing:strength=0.3" || arch == "pepnet:factor=0.3" ||
         arch == "dbmtl:width=1";
}

TEST_CASE("every architecture learns the sample") {
  ForEachArch([](const std::string& arch, const Dataset& data) {
    double valid = 1;
    // A tree is chosen while it is learned.
    Trained(arch, data, arch.starts_with("ltb") ? 60 : 15, &valid);
    // 1 is the best constant prediction.
    CHECK(valid < (IsHeldBack(arch) ? 0.9 : 0.75));
  });
}

TEST_CASE("every architecture says the same after a round trip by file") {
  const TempFolder folder;
  ForEachArch([&](const std::string& arch, const Dataset& data) {
    double valid = 1;
    const Model model = Trained(arch, data, 1, &valid);
    WriteModel(model, folder / "model.h5");
    const Model read = ReadModel(folder / "model.h5");
    const std::vector<Index>& rows = data.SplitRows("test");
    CHECK(ComputeOutputs(read, DatasetFor(read, data), rows, nullptr) ==
          ComputeOutputs(model, DatasetFor(model, data), rows, nullptr));
  });
}

TEST_CASE("every architecture takes each kind of input alone") {
  ForEachArch([](const std::string& arch, const Dataset& data) {
    for (const InputBlock& block : data.inputs) {
      INFO("input ", block.name);
      ArchOptions options = SmallOptions(arch);
      options.inputs = {block.name};
      const Model model = BuildModel(data, options, 1, {});
      const std::vector<Index> rows = {3, 4};
      const NetworkOutputs outputs =
          ComputeOutputs(model, DatasetFor(model, data), rows, nullptr);
      CHECK(outputs.size() == data.tasks.size());
    }
  });
}

TEST_CASE("norms, towers and linear models fit every architecture that can") {
  ForEachArch([](const std::string& arch, const Dataset& data) {
    for (const char* norm : {"batch", "layer", "rms"}) {
      ArchOptions options = SmallOptions(arch);
      options.norm = norm;
      options.dropout = 0.1;
      options.head_layers = {"4"};
      CHECK_NOTHROW(BuildModel(data, options, 1, {}));
    }
    for (const char* residual : {"plain", "resnet"}) {
      ArchOptions options = SmallOptions(arch);
      options.residual = residual;
      options.drop_path = 0.1;
      options.head_layers = {"4", "4"};
      const Model model = BuildModel(data, options, 1, {});
      const std::vector<Index> rows = {3, 4};
      ComputeOutputs(model, DatasetFor(model, data), rows, nullptr);
    }
    ArchOptions linear = SmallOptions(arch);
    linear.layers = {"none"};
    try {
      const Model model = BuildModel(data, linear, 1, {});
      const std::vector<Index> rows = {3, 4};
      ComputeOutputs(model, DatasetFor(model, data), rows, nullptr);
    } catch (const Error& error) {
      CHECK(error.kind() == ErrorKind::kUsage);
    }
  });
}

TEST_CASE("every architecture works with a single task") {
  ForEachArch([](const std::string& arch, Dataset data) {
    data.tasks.resize(1);
    data.labels.resize(1);
    const Model model = BuildModel(data, SmallOptions(arch), 1, {});
    CHECK(model.network->task_count() == 1);
  });
}

}  // namespace
}  // namespace mtlkit
