#include "eval/prediction_sink.h"

#include <cmath>
#include <cstdint>
#include <limits>
#include <optional>
#include <utility>
#include <vector>

#include "base/error.h"
#include "data/dataset_io.h"
#include "data/head.h"
#include "eval/predictions_check.h"
#include "eval/tag_rows.h"
#include "h5/file_writer.h"

namespace mtlkit {
namespace {

constexpr StoreOptions kPackedRows = {Compress::kAuto};

template <class T>
void AppendTo(std::span<const T> from, std::vector<T>* to) {
  to->insert(to->end(), from.begin(), from.end());
}

// Whole numbers with -1 for none, of bytes 255.
template <class T>
std::vector<T> CodesOf(std::span<const float> labels) {
  std::vector<T> codes;
  codes.reserve(labels.size());
  for (const float label : labels) {
    codes.push_back(std::isnan(label) ? static_cast<T>(-1)
                                      : static_cast<T>(label));
  }
  return codes;
}

// The shape of what belongs to one place.
Shape PlaceShape(bool is_list, Index cols) {
  return is_list ? Shape{} : Shape{cols};
}

Shape LabelShape(const Task& task) {
  if (task.traits().is_map) return {task.map_height, task.map_width};
  return PlaceShape(IsListOfLabels(task), task.target_cols());
}

Index PlaceCount(const TaskPredictions& task, Index rows) {
  return task.on_all_rows ? rows : static_cast<Index>(task.rows.size());
}

// The arrays of one task while they are written.
class TaskRows {
 public:
  TaskRows(FileWriter& file, const TaskPredictions& task, Index position,
           Index places, const TaskArrays& arrays)
      : task_(task.task) {
    if (task_.traits().of_tokens) token_rows_ = task.rows;
    const std::string path = TaskPath(task_);
    const Shape label = LabelShape(task_);
    switch (task_.traits().storage) {
      case LabelStorage::kNumbers:
        numbers_ = file.CreateRows<float>(path + "/y", label, places);
        break;
      case LabelStorage::kCodes:
        codes_ = file.CreateRows<std::int32_t>(path + "/y", label, places,
                                               kPackedRows);
        break;
      case LabelStorage::kFlags:
        flags_ = file.CreateRows<std::int8_t>(path + "/y", label, places,
                                              kPackedRows);
        break;
      case LabelStorage::kBytes:
        bytes_ = file.CreateRows<std::uint8_t>(path + "/y", label, places,
                                               kPackedRows);
        break;
    }
    WriteTaskHead(file, task_, position);
    if (!task_.mean.empty()) {
      file.WriteList(path + "/norm_mean", task_.mean);
      file.WriteList(path + "/norm_std", task_.deviation);
    }
    if (!task.on_all_rows) {
      file.WriteList<std::int64_t>(
          path + "/rows", {task.rows.begin(), task.rows.end()}, kPackedRows);
    }
    if (arrays.weight) {
      weights_ = file.CreateRows<float>(path + "/weight", {}, places);
    }
    if (!task.constants.empty()) {
      file.WriteList(path + "/constants", task.constants);
      if (task.constants_are_agreed) {
        file.SetAttribute(path + "/constants", "agreed", std::int64_t{1});
      }
    }
    if (!task.unknown.empty()) {
      // Where the true class is one that the model does not know.
      file.WriteList(path + "/unknown", task.unknown, kPackedRows);
      file.SetAttribute(path + "/unknown", "missing", -1);
      file.WriteTexts(path + "/unknown_classes", task.unknown_classes);
    }
    if (places > 0) CreateOutputs(file, path, places, arrays);
  }

  void Add(const PredictionBlock& block) {
    if (outputs_) outputs_->Append(block.predictions);
    if (maps_) AddMaps(block.predictions);
    if (block.texts != nullptr) texts_.Append(*block.texts);
    if (logits_) logits_->Append(block.logits);
    if (weights_) weights_->Append(block.weight);
    AddClasses(block.predictions);
    std::vector<float> none;
    if (block.y.empty()) {
      none.assign(At(block.places * task_.target_cols()),
                  std::numeric_limits<float>::quiet_NaN());
    }
    const std::span<const float> y = block.y.empty() ? none : block.y;
    if (numbers_) numbers_->Append(y);
    if (codes_) codes_->Append(CodesOf<std::int32_t>(y));
    if (flags_) flags_->Append(CodesOf<std::int8_t>(y));
    if (bytes_) bytes_->Append(CodesOf<std::uint8_t>(y));
  }

  // All places have come. Texts have no lengths beforehand.
  void Finish(FileWriter& file) const {
    if (!task_.traits().is_written) return;
    file.WriteTexts(TaskPath(task_) + "/text", texts_.said);
    file.WriteTexts(TaskPath(task_) + "/true_text", texts_.truth);
  }

 private:
  void CreateOutputs(FileWriter& file, const std::string& path, Index places,
                     const TaskArrays& arrays) {
    const auto create = [&](const char* name, Index cols) {
      const bool is_list = IsListOfPredictions(task_) && cols == 1;
      return file.CreateRows<float>(path + "/" + name,
                                    PlaceShape(is_list, cols), places);
    };
    if (arrays.logits) logits_ = create("logits", task_.output_cols());
    if (!arrays.predictions) return;
    if (task_.traits().is_map) {
      Shape shape = OutputShape(task_, places, task_.prediction_cols());
      shape.erase(shape.begin());
      maps_ = file.CreateRows<std::uint8_t>(path + "/prob", shape, places,
                                            kPackedRows);
      return;
    }
    outputs_ = create(task_.is_classification() ? "prob" : "pred",
                      task_.prediction_cols());
    // The predicted classes, for readers that want no probabilities.
    if (!task_.traits().one_class) return;
    if (task_.traits().storage == LabelStorage::kCodes) {
      class_codes_ = file.CreateRows<std::int32_t>(path + "/pred", {}, places,
                                                   kPackedRows);
    } else {
      class_flags_ =
          file.CreateRows<std::int8_t>(path + "/pred", {}, places, kPackedRows);
    }
  }

  void AddMaps(std::span<const float> probabilities) {
    std::vector<std::uint8_t> bytes;
    bytes.reserve(probabilities.size());
    for (const float p : probabilities) bytes.push_back(ByteOfProbability(p));
    maps_->Append(bytes);
  }

  void AddClasses(std::span<const float> probabilities) {
    if (!class_codes_ && !class_flags_) return;
    const std::size_t cols = At(task_.prediction_cols());
    if (!token_rows_.empty()) return AddTags(probabilities);
    std::vector<std::int32_t> classes;
    for (std::size_t i = 0; i < probabilities.size(); i += cols) {
      const auto row = probabilities.subspan(i, cols);
      const Index predicted =
          std::isnan(row[0]) ? -1 : task_.head().PredictedClass(row);
      classes.push_back(static_cast<std::int32_t>(predicted));
    }
    if (class_codes_) {
      class_codes_->Append(classes);
    } else {
      class_flags_->Append(
          std::vector<std::int8_t>(classes.begin(), classes.end()));
    }
  }

  // Blocks have whole texts.
  void AddTags(std::span<const float> probabilities) {
    const Index places = std::ssize(probabilities) / task_.prediction_cols();
    const std::vector<double> all(probabilities.begin(), probabilities.end());
    class_codes_->Append(DecodeTexts(
        task_.classes, std::span(token_rows_).subspan(At(next_), At(places)),
        all));
    next_ += places;
  }

  Task task_;
  WrittenTexts texts_;
  std::vector<Index> token_rows_;  // of each token, where these have labels
  Index next_ = 0;                 // of them
  std::optional<RowWriter<float>> numbers_;
  std::optional<RowWriter<std::int32_t>> codes_;
  std::optional<RowWriter<std::int8_t>> flags_;
  std::optional<RowWriter<std::uint8_t>> bytes_;
  std::optional<RowWriter<std::uint8_t>> maps_;
  std::optional<RowWriter<float>> weights_;
  std::optional<RowWriter<float>> outputs_;
  std::optional<RowWriter<float>> logits_;
  std::optional<RowWriter<std::int32_t>> class_codes_;
  std::optional<RowWriter<std::int8_t>> class_flags_;
};

}  // namespace

void PredictionCollector::Begin(Predictions head,
                                std::span<const TaskArrays> /*arrays*/) {
  predictions_ = std::move(head);
}

void PredictionCollector::Add(std::size_t task, const PredictionBlock& block) {
  TaskPredictions& to = predictions_.tasks[task];
  AppendTo(block.predictions,
           to.task.is_classification() ? &to.prob : &to.pred);
  AppendTo(block.logits, &to.logits);
  AppendTo(block.y, &to.y);
  AppendTo(block.weight, &to.weight);
  if (block.texts != nullptr) to.texts.Append(*block.texts);
}

struct PredictionWriter::State {
  FileWriter file;
  std::vector<TaskRows> tasks;
};

PredictionWriter::PredictionWriter(std::string path, std::string provenance)
    : path_(std::move(path)), provenance_(std::move(provenance)) {}
PredictionWriter::~PredictionWriter() = default;

void PredictionWriter::Begin(Predictions head,
                             std::span<const TaskArrays> arrays) {
  state_ = std::make_unique<State>(
      State{FileWriter(path_, FileKind::kPredictions), {}});
  FileWriter& file = state_->file;
  const Index rows = IdCount(head.ids);
  WriteRowNames(file, head.ids);
  for (std::size_t i = 0; i < head.tasks.size(); ++i) {
    const TaskPredictions& task = head.tasks[i];
    state_->tasks.emplace_back(file, task, static_cast<Index>(i),
                               PlaceCount(task, rows), arrays[i]);
  }
  if (!head.seen.empty()) file.WriteList("seen", head.seen, kPackedRows);
  if (!head.groups.empty()) file.WriteList("groups", head.groups, kPackedRows);
  file.SetAttribute("", "split", head.split);
  file.SetAttribute("", "selected_on", head.selected_on);
  file.SetAttribute("", "model", head.model_sha256);
  file.SetAttribute("", "dataset", head.dataset_sha256);
  if (!provenance_.empty()) file.SetProvenance(provenance_);
}

void PredictionWriter::Add(std::size_t task, const PredictionBlock& block) {
  state_->tasks[task].Add(block);
}

void PredictionWriter::Commit() {
  for (const TaskRows& task : state_->tasks) task.Finish(state_->file);
  state_->file.Commit();
}

}  // namespace mtlkit
