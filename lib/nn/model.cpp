#include "nn/model.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>
#include <utility>

#include "base/error.h"
#include "base/memory_room.h"
#include "base/text.h"
#include "data/head.h"
#include "data/label_map.h"
#include "data/link.h"
#include "data/schema.h"
#include "data/tag_labels.h"
#include "nn/family_start.h"
#include "nn/fit_buffers.h"
#include "nn/loss.h"
#include "nn/number_columns.h"
#include "nn/threshold_start.h"
#include "prep/apply_transforms.h"
#include "prep/read_labels.h"
#include "prep/text_columns.h"

namespace mtlkit {
namespace {

// The dataset's blocks that the model reads, in the model's order.
std::vector<InputBlock> InputsFor(const Schema& schema,
                                  const Dataset& dataset) {
  std::vector<InputBlock> inputs;
  for (const InputSpec& spec : schema.inputs) {
    const InputBlock* block = dataset.FindInput(spec.name);
    if (block != nullptr) inputs.push_back(*block);
  }
  RequireInputs(schema.inputs, inputs);
  // Bytes are as they came; what the network learned to read is its own.
  for (std::size_t i = 0; i < inputs.size(); ++i) {
    inputs[i].mean = schema.inputs[i].mean;
    inputs[i].deviation = schema.inputs[i].deviation;
  }
  return inputs;
}

Labels LabelsOfTask(const Task& task, const Dataset& dataset) {
  const Index found = FindTask(dataset.tasks, task.name);
  if (found >= 0) {
    return MapLabels(dataset.tasks[At(found)], dataset.labels[At(found)], task);
  }
  Labels labels = ReadLabels(task, dataset).labels;
  RequireKnownLabels(task, labels);
  return labels;
}

void RequireRoom(const Network& network, Index held) {
  const Layout& weights = *network.weights();
  RequireRoomFor(static_cast<double>(held) *
                     static_cast<double>(weights.size()) * sizeof(Real),
                 Str("training of ", weights.count(), " parameters"),
                 "choose a smaller network (--layers, fewer experts), or fewer "
                 "columns (mtl-prep "
                 "--ignore)");
}

}  // namespace

Model BuildModel(const Dataset& dataset, const ArchOptions& options, Seed seed,
                 std::span<const Index> train_rows,
                 const std::vector<std::string>& losses, Index held) {
  Model model;
  model.arch = options;
  ResolveArchOptions(&model.arch);
  ChooseNumberColumns(dataset, train_rows, &model.arch);
  const Schema all = dataset.schema();
  model.schema.tasks = ShapeTasks(all.tasks, losses);
  RequireLearnable(dataset, model.schema.tasks, losses);
  for (const Index i : SelectInputs(all.inputs, options.inputs)) {
    model.schema.inputs.push_back(all.inputs[At(i)]);
  }
  model.transforms = dataset.transforms;
  model.network =
      std::make_shared<const Network>(BuildNetwork(model.schema, model.arch));
  RequireRoom(*model.network, held);
  model.params = model.network->Initialized(seed);
  StartFamiliesAlike(model.schema.tasks, *model.network, &model.params.weights);
  FitBuffers(dataset, train_rows, model.schema, *model.network,
             &model.params.buffers);
  for (std::size_t i = 0; i < all.tasks.size(); ++i) {
    model.constants.push_back(BestConstants(dataset, static_cast<Index>(i),
                                            model.schema.tasks[i], train_rows));
  }
  StartThresholds(model.schema.tasks, model.constants, *model.network,
                  &model.params.weights);
  return model;
}

void RequireTrainable(const Dataset& dataset, std::span<const Index> rows) {
  for (std::size_t i = 0; i < dataset.tasks.size(); ++i) {
    const Task& task = dataset.tasks[i];
    const std::vector<double> constants =
        BestConstants(dataset, static_cast<Index>(i), rows);
    Require(
        !constants.empty(), ErrorKind::kBadInput,
        Str("task '", task.name, "' has no label in the training rows",
            task.target_cols() > 1 ? ", or none in one of its columns" : ""),
        "give it labels, or leave it out with mtl-prep");
    if (!task.traits().one_class) continue;
    const auto present = std::count_if(constants.begin(), constants.end(),
                                       [](double share) { return share > 0; });
    const auto first = std::find_if(constants.begin(), constants.end(),
                                    [](double share) { return share > 0; });
    Require(present > 1, ErrorKind::kBadInput,
            Str("task '", task.name,
                "' has one class only in the training "
                "rows, '",
                task.classes[At(first - constants.begin())], "'"),
            "choose other training rows, or prepare the table without the "
            "task");
  }
}

std::vector<std::string> AbsentClasses(const Dataset& dataset,
                                       std::span<const Index> rows) {
  std::vector<std::string> absent;
  for (std::size_t i = 0; i < dataset.tasks.size(); ++i) {
    const Task& task = dataset.tasks[i];
    if (!task.traits().one_class) continue;
    const std::vector<double> constants =
        BestConstants(dataset, static_cast<Index>(i), rows);
    for (std::size_t k = 0; k < constants.size(); ++k) {
      if (constants[k] > 0) continue;
      absent.push_back(Str("task '", task.name, "': class '", task.classes[k],
                           "' does not occur in the training rows: it will "
                           "not be predicted, and rows of it count as errors"));
    }
  }
  return absent;
}

namespace {

// Labels of a table are of words that may have been cut.
void FitTags(const Model& model, Dataset* data) {
  for (std::size_t i = 0; i < data->tasks.size(); ++i) {
    const Task& task = data->tasks[i];
    if (!task.traits().of_tokens) continue;
    FitTagLabels(task, TokenStartsOf(task, *data), data->ids,
                 CutsTexts(model.transforms, task.tokens), &data->labels[i]);
  }
}

}  // namespace

Dataset DatasetFor(const Model& model, const Dataset& dataset,
                   UnknownLabelRule unknown) {
  Dataset result = ApplyTransforms(model.transforms, dataset);
  std::vector<Labels> labels = LabelsFor(model, dataset, unknown);
  result.inputs = InputsFor(model.schema, result);
  result.tasks = model.schema.tasks;
  result.labels = std::move(labels);
  FitTags(model, &result);
  return result;
}

Dataset InputRowsFor(const Model& model, Dataset rows) {
  Dataset result = ApplyTransforms(model.transforms, std::move(rows));
  result.inputs = InputsFor(model.schema, result);
  result.tasks.clear();
  result.labels.clear();
  return result;
}

namespace {

// Makes labels of classes that occurred in no training row unknown ones.
void ForgetUntrained(const Task& task, std::span<const double> frequencies,
                     Labels* labels) {
  if (!task.traits().one_class || frequencies.size() != task.classes.size()) {
    return;
  }
  std::vector<std::int32_t> name_of(frequencies.size(), -1);
  for (std::size_t place = 0; place < labels->values.size(); ++place) {
    const float label = labels->values[place];
    if (std::isnan(label)) continue;
    const auto number = static_cast<std::size_t>(label);
    if (frequencies[number] > 0) continue;
    UnknownLabels& unknown = labels->unknown;
    if (name_of[number] < 0) {
      name_of[number] = static_cast<std::int32_t>(unknown.names.size());
      unknown.names.push_back(task.classes[number]);
    }
    SetUnknown(static_cast<Index>(place), std::ssize(labels->values),
               name_of[number], &unknown.places);
    ++unknown.cells;
    labels->values[place] = std::numeric_limits<float>::quiet_NaN();
  }
}

}  // namespace

std::vector<Labels> LabelsFor(const Model& model, const Dataset& dataset,
                              UnknownLabelRule unknown) {
  std::vector<Labels> labels;
  for (std::size_t i = 0; i < model.schema.tasks.size(); ++i) {
    const Task& task = model.schema.tasks[i];
    labels.push_back(LabelsOfTask(task, dataset));
    if (unknown == UnknownLabelRule::kKeep && !model.constants_are_agreed &&
        i < model.constants.size()) {
      ForgetUntrained(task, model.constants[i], &labels.back());
    }
    const UnknownLabels& unknown_labels = labels.back().unknown;
    if (unknown == UnknownLabelRule::kKeep || unknown_labels.cells == 0) {
      continue;
    }
    Fail(ErrorKind::kBadInput,
         Str("task '", task.name, "': the model does not know class '",
             unknown_labels.names.front(), "'"),
         "use rows with the classes that it was trained on");
  }
  return labels;
}

}  // namespace mtlkit
