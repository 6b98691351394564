#include <algorithm>
#include <cmath>
#include <limits>
#include <span>

#include "base/error.h"
#include "data/dataset_io.h"
#include "data/head.h"
#include "data/seen_rows.h"
#include "eval/predictions.h"
#include "h5/file_reader.h"
#include "h5/file_writer.h"

namespace mtlkit {
namespace {

constexpr float kNan = std::numeric_limits<float>::quiet_NaN();

Index PlacesOf(const TaskPredictions& task, Index rows) {
  return task.on_all_rows ? rows : static_cast<Index>(task.rows.size());
}

// Rows and labels as a dataset without inputs: that part of the file is laid
// out, written and checked as a dataset's.
Dataset RowsOf(const Predictions& predictions) {
  Dataset dataset;
  dataset.rows = IdCount(predictions.ids);
  dataset.ids = predictions.ids;
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

// One number a place is a list, several are rows.
Shape OutputShape(const Task& task, Index places, Index cols) {
  return IsListOfPredictions(task) && cols == 1 ? Shape{places}
                                                : Shape{places, cols};
}

// Logits have the columns of outputs, all else those of predictions.
Index ColsOf(const Task& task, std::string_view name) {
  return name == "logits" ? task.output_cols() : task.prediction_cols();
}

void WriteOutputs(FileWriter& file, const TaskPredictions& task,
                  const std::string& name, const std::vector<float>& values,
                  Index places) {
  if (values.empty()) return;
  file.WriteArray<float>(
      TaskPath(task.task) + "/" + name, values,
      OutputShape(task.task, places, ColsOf(task.task, name)));
}

// The predicted classes, for readers that want no probabilities.
void WriteClasses(FileWriter& file, const TaskPredictions& task) {
  if (!task.task.traits().one_class) return;
  const auto cols = static_cast<std::size_t>(task.task.prediction_cols());
  const std::string path = TaskPath(task.task) + "/pred";
  std::vector<std::int32_t> classes;
  for (std::size_t i = 0; i < task.prob.size(); i += cols) {
    const std::span<const float> row(task.prob.data() + i, cols);
    const Index predicted =
        std::isnan(row[0]) ? -1 : task.task.head().PredictedClass(row);
    classes.push_back(static_cast<std::int32_t>(predicted));
  }
  if (task.task.traits().storage == LabelStorage::kCodes) {
    file.WriteList(path, classes, {Compress::kAuto});
    return;
  }
  const std::vector<std::int8_t> flags(classes.begin(), classes.end());
  file.WriteList(path, flags, {Compress::kAuto});
}

// Where the true class is one that the model does not know.
void WriteUnknown(FileWriter& file, const TaskPredictions& task) {
  if (task.unknown.empty()) return;
  const std::string path = TaskPath(task.task) + "/unknown";
  file.WriteList(path, task.unknown, {Compress::kAuto});
  file.SetAttribute(path, "missing", -1);
  file.WriteTexts(path + "_classes", task.unknown_classes);
}

[[noreturn]] void Bad(const std::string& where, const std::string& message) {
  Fail(ErrorKind::kBadInput, Str(where, ": ", message),
       "write it again with mtl-predict");
}

void CheckValues(const std::vector<float>& values, bool probabilities,
                 const RowIds& ids, const TaskPredictions& task, Index cols,
                 const std::string& where) {
  for (std::size_t i = 0; i < values.size(); ++i) {
    const float value = values[i];
    if (std::isfinite(value) &&
        (!probabilities || (value >= 0 && value <= 1))) {
      continue;
    }
    const Index place = static_cast<Index>(i) / cols;
    const Index row =
        task.on_all_rows ? place : task.rows[static_cast<std::size_t>(place)];
    Bad(where, Str("row '", IdText(ids, row), "': ", value,
                   probabilities ? " is no probability" : " is not finite"));
  }
}

std::vector<float> ReadOutputs(const FileReader& file,
                               const TaskPredictions& task,
                               const std::string& name, const RowIds& ids) {
  const std::string path = TaskPath(task.task) + "/" + name;
  if (!file.Has(path)) return {};
  FileArray<float> array = file.ReadArray<float>(path);
  const Index cols = ColsOf(task.task, name);
  const Shape wanted =
      OutputShape(task.task, PlacesOf(task, IdCount(ids)), cols);
  const std::string where = Str(file.name(), ": ", path);
  if (array.shape != wanted) {
    Bad(where, Str("its shape is ", ShapeText(array.shape), "; ",
                   ShapeText(wanted), " was expected"));
  }
  CheckValues(array.values, name == "prob", ids, task, cols, where);
  return std::move(array.values);
}

void ReadUnknown(const FileReader& file, Index rows, TaskPredictions* task) {
  const std::string path = TaskPath(task->task) + "/unknown";
  if (!file.Has(path)) return;
  const std::string where = Str(file.name(), ": ", path);
  task->unknown = file.ReadList<std::int32_t>(path);
  task->unknown_classes = file.ReadTexts(path + "_classes");
  bool good = task->task.type.traits().one_class &&
              std::ssize(task->unknown) == PlacesOf(*task, rows);
  for (std::size_t i = 0; good && i < task->unknown.size(); ++i) {
    const std::int32_t name = task->unknown[i];
    good = name >= -1 && name < std::ssize(task->unknown_classes) &&
           (name < 0 || std::isnan(task->y[i]));
  }
  if (!good) Bad(where, "it is not one class of `unknown_classes` a row");
  for (const std::string& name : task->unknown_classes) {
    if (FindClass(task->task, name) < 0) continue;
    Bad(where, Str("'", name, "' is a class of the task"));
  }
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
  result.y = std::move(labels.values);
  result.weight = std::move(labels.weights);
  const bool numbers = !result.task.is_classification();
  (numbers ? result.pred : result.prob) =
      ReadOutputs(file, result, numbers ? "pred" : "prob", ids);
  result.logits = ReadOutputs(file, result, "logits", ids);
  ReadUnknown(file, IdCount(ids), &result);
  if (PlacesOf(result, IdCount(ids)) > 0 && result.pred.empty() &&
      result.prob.empty()) {
    Bad(Str(file.name(), ": ", TaskPath(result.task)),
        numbers ? "it has no `pred`" : "it has no `prob`");
  }
  const std::string constants = TaskPath(result.task) + "/constants";
  if (file.Has(constants)) {
    result.constants = file.ReadList<double>(constants);
    const Index wanted = result.task.head().constant_count(result.task);
    if (static_cast<Index>(result.constants.size()) != wanted) {
      Bad(Str(file.name(), ": ", constants),
          Str("it has ", result.constants.size(), " numbers; ", wanted,
              " were expected"));
    }
  }
  return result;
}

std::vector<std::uint8_t> ReadSeen(const FileReader& file, Index rows) {
  if (!file.Has("seen")) return {};
  auto seen = file.ReadList<std::uint8_t>("seen");
  bool good = static_cast<Index>(seen.size()) == rows;
  for (const std::uint8_t bits : seen) {
    good = good && bits <= (kTrainedOn | kChosenOn);
  }
  if (!good) Bad(Str(file.name(), ": seen"), "it is not one mark a row");
  return seen;
}

}  // namespace

void WritePredictions(const Predictions& predictions, const std::string& path) {
  const Dataset rows = RowsOf(predictions);
  CheckDataset(rows);
  FileWriter file(path, FileKind::kPredictions);
  WriteRows(file, rows);
  for (const TaskPredictions& task : predictions.tasks) {
    const Index places = PlacesOf(task, rows.rows);
    WriteOutputs(file, task, "pred", task.pred, places);
    WriteOutputs(file, task, "prob", task.prob, places);
    WriteOutputs(file, task, "logits", task.logits, places);
    WriteClasses(file, task);
    WriteUnknown(file, task);
    if (!task.constants.empty()) {
      file.WriteList(TaskPath(task.task) + "/constants", task.constants);
    }
  }
  if (!predictions.seen.empty()) {
    file.WriteList("seen", predictions.seen, {Compress::kAuto});
  }
  file.SetAttribute("", "split", predictions.split);
  file.SetAttribute("", "selected_on", predictions.selected_on);
  file.SetAttribute("", "model", predictions.model_sha256);
  file.SetAttribute("", "dataset", predictions.dataset_sha256);
  if (!predictions.provenance.empty()) {
    file.SetProvenance(predictions.provenance);
  }
  file.Commit();
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
  predictions.split = RootText(file, "split");
  predictions.selected_on = RootText(file, "selected_on");
  predictions.model_sha256 = RootText(file, "model");
  predictions.dataset_sha256 = RootText(file, "dataset");
  predictions.provenance = rows.provenance;
  return predictions;
}

}  // namespace mtlkit
