#include <cmath>
#include <limits>
#include <utility>
#include <vector>

#include "base/error.h"
#include "data/dataset_io.h"
#include "data/head.h"
#include "eval/prediction_sink.h"
#include "eval/predictions.h"
#include "eval/predictions_check.h"
#include "h5/file_reader.h"

namespace mtlkit {
namespace {

constexpr float kNan = std::numeric_limits<float>::quiet_NaN();

Index PlacesOf(const TaskPredictions& task, Index rows) {
  return task.on_all_rows ? rows : static_cast<Index>(task.rows.size());
}

// Rows and labels as a dataset without inputs: that part of the file is laid
// out, written and checked as a dataset's.
Dataset PredictedRowsOf(const Predictions& predictions) {
  Dataset dataset;
  dataset.rows = IdCount(predictions.ids);
  dataset.ids = predictions.ids;
  dataset.groups = predictions.groups;
  for (const TaskPredictions& task : predictions.tasks) {
    Labels labels{task.rows, task.on_all_rows, task.y, task.weight};
    if (labels.values.empty()) {
      labels.values.assign(
          static_cast<std::size_t>(PlacesOf(task, dataset.rows) *
                                   task.task.target_cols()),
          kNan);
    }
    dataset.tasks.push_back(task.task);
    dataset.labels.push_back(std::move(labels));
  }
  return dataset;
}

// Checks that values are finite, and of probabilities that they are.
void CheckValues(const FileReader& file, const TaskPredictions& task,
                 const std::string& path, const std::vector<float>& values,
                 const RowIds& ids) {
  const Index bad = FindBadOutput(task.task, values);
  if (bad < 0) return;
  const Index place = bad / task.task.prediction_cols();
  const Index row = task.on_all_rows ? place : task.rows[At(place)];
  FailOutput(Str(file.name(), ": ", path), task.task, IdText(ids, row),
             values[At(bad)]);
}

std::vector<float> ReadLogits(const FileReader& file,
                              const TaskPredictions& task, Index places) {
  const std::string path = TaskPath(task.task) + "/logits";
  if (!file.Has(path)) return {};
  RequireOutputShape(file, path,
                     OutputShape(task.task, places, task.task.output_cols()));
  auto logits = file.ReadArray<float>(path).values;
  for (const float value : logits) {
    Require(std::isfinite(value), ErrorKind::kBadInput,
            Str(file.name(), ": ", path, ": ", value, " is not finite"),
            "write it again with mtl-predict");
  }
  return logits;
}

std::string RootText(const FileReader& file, std::string_view name) {
  return file.FindAttribute<std::string>("", name).value_or("");
}

TaskPredictions ReadTaskPredictions(const FileReader& file, Task task,
                                    Labels labels, const RowIds& ids) {
  TaskPredictions result;
  result.task = std::move(task);
  result.rows = std::move(labels.rows);
  result.on_all_rows = labels.on_all_rows;
  result.y = labels.values.Numbers();
  result.weight = std::move(labels.weights);
  const Index places = PlacesOf(result, IdCount(ids));
  const OutputArray outputs = FindOutputs(
      file, {TaskPath(result.task), result.task, result.on_all_rows, places});
  if (file.Has(outputs.path)) {
    std::vector<float> values(At(places * outputs.cols));
    ReadOutputs(file, result.task, outputs, 0, places, values.data());
    CheckValues(file, result, outputs.path, values, ids);
    (result.task.is_classification() ? result.prob : result.pred) =
        std::move(values);
  }
  result.logits = ReadLogits(file, result, places);
  result.texts = ReadWrittenTexts(file, result.task, places);
  UnknownLabels unknown = ReadUnknown(
      file, {TaskPath(result.task), result.task, result.on_all_rows, places},
      result.y);
  result.unknown_classes = std::move(unknown.names);
  result.unknown = std::move(unknown.places);
  result.constants = ReadConstants(file, result.task);
  result.constants_are_agreed = AreConstantsAgreed(file, result.task);
  return result;
}

}  // namespace

std::vector<double> TaskPredictions::LearnedShares() const {
  const bool says_it = !constants_are_agreed && task.traits().one_class &&
                       constants.size() == task.classes.size();
  return says_it ? constants : std::vector<double>{};
}

void WritePredictions(const Predictions& predictions, const std::string& path) {
  CheckDataset(PredictedRowsOf(predictions));
  Predictions head = predictions;
  std::vector<TaskArrays> arrays;
  for (TaskPredictions& task : head.tasks) {
    const bool is_class = task.task.is_classification();
    arrays.push_back({!(is_class ? task.prob : task.pred).empty(),
                      !task.logits.empty(), !task.weight.empty()});
    for (auto* values : {&task.pred, &task.prob, &task.logits, &task.y}) {
      *values = {};
    }
  }
  PredictionWriter writer(path, predictions.provenance);
  writer.Begin(std::move(head), arrays);
  for (std::size_t i = 0; i < predictions.tasks.size(); ++i) {
    const TaskPredictions& task = predictions.tasks[i];
    writer.Add(i, {PlacesOf(task, IdCount(predictions.ids)),
                   task.task.is_classification() ? task.prob : task.pred,
                   task.logits, task.y, task.weight, &task.texts});
  }
  writer.Commit();
}

Predictions ReadPredictions(const std::string& path) {
  return ReadPredictions(FileReader::Open(path, {FileKind::kPredictions}));
}

Predictions ReadPredictions(const FileReader& file) {
  Dataset rows = ReadRows(file);
  Predictions predictions;
  predictions.ids = std::move(rows.ids);
  for (std::size_t i = 0; i < rows.tasks.size(); ++i) {
    predictions.tasks.push_back(
        ReadTaskPredictions(file, std::move(rows.tasks[i]),
                            std::move(rows.labels[i]), predictions.ids));
  }
  predictions.seen = ReadSeen(file, IdCount(predictions.ids));
  predictions.groups = ReadGroups(file, IdCount(predictions.ids));
  predictions.split = RootText(file, "split");
  predictions.selected_on = RootText(file, "selected_on");
  predictions.model_sha256 = RootText(file, "model");
  predictions.dataset_sha256 = RootText(file, "dataset");
  predictions.provenance = rows.provenance;
  return predictions;
}

}  // namespace mtlkit
