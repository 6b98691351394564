// Files of predictions, read a task and a piece at a time.
#include <algorithm>
#include <optional>
#include <utility>

#include "base/error.h"
#include "data/dataset_io.h"
#include "eval/prediction_source.h"
#include "eval/predictions_check.h"
#include "h5/file_reader.h"

namespace mtlkit {
namespace {

class PredictionFile : public PredictionSource {
 public:
  explicit PredictionFile(FileReader file)
      : file_(std::move(file)), ids_(file_) {
    rows_ = ids_.count();
    split_ = file_.FindAttribute<std::string>("", "split").value_or("");
    selected_on_ =
        file_.FindAttribute<std::string>("", "selected_on").value_or("");
    model_ = file_.FindAttribute<std::string>("", "model").value_or("");
    for (TaskOnFile& task : ReadTaskHeads(file_, rows_)) {
      OutputArray outputs = FindOutputs(file_, task);
      TaskPredictions known;
      known.task = task.task;
      known.constants = ReadConstants(file_, task.task);
      known.constants_are_agreed = AreConstantsAgreed(file_, task.task);
      tasks_.push_back({task.task, task.on_all_rows, task.places,
                        known.constants, known.LearnedShares()});
      heads_.push_back(std::move(task));
      outputs_.push_back(std::move(outputs));
    }
    seen_ = CountSeen(ReadSeen(file_, rows_));
    const std::string twice = FindRepeatedId({this});
    if (!twice.empty()) {
      Fail(ErrorKind::kBadInput,
           Str(file_.name(), ": id '", twice, "' occurs twice"),
           "ids name rows: each may occur once");
    }
  }

  bool has_text_ids() const override { return ids_.is_text(); }
  RowIds Ids(Index first, Index count) const override {
    return ids_.Read(first, count);
  }
  std::vector<std::int64_t> Groups() const override {
    return ReadGroups(file_, rows_);
  }
  mtlkit::Labels ReadLabels(Index task) const override {
    const TaskOnFile& head = heads_[At(task)];
    mtlkit::Labels labels = mtlkit::ReadLabels(file_, head, rows_);
    labels.unknown = ReadUnknown(file_, head, labels.values);
    return labels;
  }
  void ReadOutputs(Index task, Index first, Index count,
                   float* outputs) const override {
    const TaskOnFile& head = heads_[At(task)];
    const OutputArray& array = outputs_[At(task)];
    if (count == 0) return;
    mtlkit::ReadOutputs(file_, head.task, array, first, count, outputs);
    const Index bad =
        FindBadOutput(head.task, {outputs, At(count * array.cols)});
    if (bad < 0) return;
    const Index place = first + bad / array.cols;
    const Index row =
        head.on_all_rows ? place : ReadLabels(task).rows[At(place)];
    FailOutput(Str(file_.name(), ": ", array.path), head.task,
               IdText(Ids(row, 1), 0), outputs[bad]);
  }
  WrittenTexts ReadTexts(Index task, Index first, Index count) const override {
    if (texts_.empty()) texts_.resize(heads_.size());
    auto& texts = texts_[At(task)];
    const TaskOnFile& head = heads_[At(task)];
    if (!texts) texts = ReadWrittenTexts(file_, head.task, head.places);
    return texts->Slice(first, count);
  }

 private:
  FileReader file_;
  IdReader ids_;
  std::vector<TaskOnFile> heads_;
  std::vector<OutputArray> outputs_;  // one a task
  mutable std::vector<std::optional<WrittenTexts>> texts_;
};

}  // namespace

std::shared_ptr<const PredictionSource> OpenPredictions(
    const std::string& path) {
  return OpenPredictions(FileReader::Open(path, {FileKind::kPredictions}));
}

std::shared_ptr<const PredictionSource> OpenPredictions(FileReader file) {
  return std::make_shared<PredictionFile>(std::move(file));
}

}  // namespace mtlkit
