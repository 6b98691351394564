// The output of a layer as a dataset.
#include <algorithm>
#include <functional>
#include <memory>
#include <numeric>
#include <utility>

#include "base/error.h"
#include "base/name_said.h"
#include "base/text.h"
#include "data/dataset_io.h"
#include "data/schema.h"
#include "data/unknown_labels.h"
#include "nn/ensemble.h"
#include "prep/rows_of_no_task.h"
#include "train/model_rows.h"
#include "train/model_runner.h"
#include "train/predict.h"

namespace mtlkit {
namespace {

// Members are there from the first layers on; some layers may lie in front.
std::string FeatureAdvice(const Network& network, const Space& space) {
  if (space.kind != SpaceKind::kMembers) return "name a layer behind it";
  std::vector<std::string> names;
  for (const Node& node : network.nodes()) {
    if (network.info(node.output).space == Space{}) names.push_back(node.name);
  }
  if (names.empty()) return "train without --members: no layer has them here";
  return Str("name a layer of rows (", Join(names, ", "),
             "), or train without --members");
}

// What a layer puts out, as an input block without values.
InputSpec FeatureSpec(const Model& model, const std::string& name) {
  const Value value = model.network->Find(name);
  const Space& space = model.network->info(value).space;
  Require(space == Space{}, ErrorKind::kUsage,
          Str("layer '", name, "' has ", SpaceText(space),
              ", not one row for each row of the data"),
          FeatureAdvice(*model.network, space));
  InputSpec spec;
  spec.name = name;
  spec.cols = model.network->info(value).cols;
  return spec;
}

// Calls `visit` with the features of all rows, some rows at a time.
void ForFeatures(const Model& model, const Dataset& dataset,
                 const std::string& name, ThreadPool* pool,
                 const std::function<void(std::span<const float>)>& visit) {
  constexpr Index kMostRows = 16384;
  const Value value = model.network->Find(name);
  ModelRows rows(model, dataset);
  const Index at_once = std::min(kMostRows, rows.most());
  std::unique_ptr<ModelRunner> runner;
  std::vector<Index> numbers;
  for (Index first = 0; first < dataset.rows; first += at_once) {
    numbers.resize(At(std::min(at_once, dataset.rows - first)));
    std::iota(numbers.begin(), numbers.end(), first);
    if (!rows.is_whole()) runner.reset();
    const auto [data, own] = rows.Load(numbers);
    if (runner == nullptr) {
      runner = std::make_unique<ModelRunner>(model, *data, at_once,
                                             std::vector<Value>{value}, pool);
    }
    runner->Run(own, [&](const Plan& plan, Index, Index) {
      const ConstMatView kept = plan.Kept(value);
      const std::vector<float> features(kept.data, kept.data + kept.size());
      visit(features);
    });
  }
}

// Gives rows of a raw table the model's tasks that its columns have labels of.
void AddTasks(const Model& model, const Dataset& table, Reporter* reporter,
              Dataset* result) {
  // All classes of the tasks are kept, those without training rows, too.
  Model like;
  like.schema = model.schema;
  std::vector<Labels> labels = LabelsFor(like, table, UnknownLabelRule::kKeep);
  for (std::size_t i = 0; i < labels.size(); ++i) {
    if (labels[i].values.empty()) continue;
    Task& task = result->tasks.emplace_back(model.schema.tasks[i]);
    task.form.reset();
    task.levels.clear();
    result->labels.push_back(std::move(labels[i]));
  }
  LeaveOutUnknown(result, reporter);
  for (const std::string& text : RowsOfNoTask(model.schema.tasks, table)) {
    reporter->Warn(text);
  }
}

// All but the inputs.
Dataset CarriedAlong(const Model& model, const Dataset& dataset,
                     Reporter* reporter) {
  Dataset result = dataset;
  result.inputs.clear();
  result.transforms.clear();
  result.content_sha256.clear();
  if (result.tasks.empty()) AddTasks(model, dataset, reporter, &result);
  return result;
}

}  // namespace

std::string LayerSaid(const Model& model, const std::string& said) {
  std::string name = NameSaid(said, model.network->NamesFound());
  (void)model.network->Find(name);
  return name;
}

Dataset ComputeFeatures(const Model& model, const Dataset& dataset,
                        const std::string& name, ThreadPool* pool,
                        Reporter* reporter) {
  InputBlock block;
  static_cast<InputSpec&>(block) = FeatureSpec(model, name);
  std::vector<float> features;
  features.reserve(At(dataset.rows * block.cols));
  ForFeatures(model, dataset, name, pool, [&](std::span<const float> some) {
    features.insert(features.end(), some.begin(), some.end());
  });
  block.dense = Array<float>(std::move(features));
  Dataset result = CarriedAlong(model, dataset, reporter);
  result.inputs = {std::move(block)};
  return result;
}

void WriteFeatures(const Model& model, const Dataset& dataset,
                   const std::string& name, const FeatureFile& file,
                   ThreadPool* pool, Reporter* reporter) {
  InputSpec spec = FeatureSpec(model, name);
  Dataset result = CarriedAlong(model, dataset, reporter);
  result.provenance = file.provenance;
  const std::vector<Model> networks = SingleModels(model);
  WriteDataset(
      result, file.path, {},
      [&](FileWriter& writer) {
        for (Index i = 0; i < std::ssize(networks); ++i) {
          if (networks.size() > 1) spec.name = PrefixOfNetwork(i) + name;
          auto rows = writer.CreateRows<float>(
              "inputs/" + EscapeName(spec.name), {spec.cols}, dataset.rows);
          ForFeatures(networks[At(i)], dataset, name, pool,
                      [&](std::span<const float> some) { rows.Append(some); });
          rows.Close();
          WriteInputNames(writer, spec, i);
        }
      },
      FileKind::kFeatures);
}

}  // namespace mtlkit
