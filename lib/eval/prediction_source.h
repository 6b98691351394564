#pragma once

#include <memory>
#include <string>
#include <vector>

#include "base/view.h"
#include "data/dataset.h"
#include "data/task.h"
#include "eval/predictions.h"

namespace mtlkit {

// How many rows a model has learned from, and how many chose its weights; -1
// if it is not known.
struct SeenCount {
  Index trained = -1;
  Index chosen = -1;
};

// What is known of a task before its rows are read.
struct SourceTask {
  Task task;
  bool on_all_rows = true;
  Index places = 0;
  std::vector<double> constants;  // as in TaskPredictions
  // The share of each class in the labels that were learned from, the largest
  // of several models; empty: not known, or there are no classes.
  std::vector<double> learned;
};

// Brings the shares of another model's classes into `learned`, class `order[k]`
// of it being class k.
void AddLearned(const std::vector<double>& other,
                const std::vector<Index>& order, std::vector<double>* learned);

// The predictions of one model, read a task and a piece at a time, so that
// nobody has to hold them all. What is read is checked as ReadPredictions does.
// Thread-compatible.
class PredictionSource {
 public:
  virtual ~PredictionSource() = default;

  Index rows() const { return rows_; }
  const std::vector<SourceTask>& tasks() const { return tasks_; }
  // The position of a task, or -1.
  Index FindTask(const std::string& name) const;
  const std::string& split() const { return split_; }
  const std::string& selected_on() const { return selected_on_; }
  // The content digest of the model of ours that made them, of several the
  // first; "": none did, or not all.
  const std::string& model() const { return model_; }
  bool has_model() const { return !model_.empty(); }
  SeenCount seen() const { return seen_; }

  // Ids of rows [first, first + count); all of a source are of one kind.
  virtual bool has_text_ids() const = 0;
  virtual RowIds Ids(Index first, Index count) const = 0;
  // Rows, labels and weights of a task. `values` may be empty: no labels.
  virtual Labels ReadLabels(Index task) const = 0;
  // Predictions of places [first, first + count) of a task, row-major.
  virtual void ReadOutputs(Index task, Index first, Index count,
                           float* outputs) const = 0;
  // The same of texts that are written, beside the logs of their probabilities.
  virtual WrittenTexts ReadTexts(Index task, Index first,
                                 Index count) const = 0;
  // Above which a binary task counts as positive, or each label as set, one a
  // column; empty: 1/2, or neither.
  virtual std::vector<double> Thresholds(Index /*task*/) const { return {}; }
  // Dataset::groups of all rows; empty: there are none.
  virtual std::vector<std::int64_t> Groups() const { return {}; }

 protected:
  Index rows_ = 0;
  std::vector<SourceTask> tasks_;
  std::string split_;
  std::string selected_on_;
  std::string model_;
  SeenCount seen_;
};

// A source under the name of its row in tables.
struct NamedSource {
  std::string name;
  std::shared_ptr<const PredictionSource> source;
  std::vector<std::string> files = {};  // that it was read from
  Index seed = 0;  // which of the models of one recipe it is

  // What messages call it: its files, or its name where it has none.
  std::string Label() const;
};

// A file of predictions (`path` may be "-"). Throws as ReadPredictions.
std::shared_ptr<const PredictionSource> OpenPredictions(
    const std::string& path);
std::shared_ptr<const PredictionSource> OpenPredictions(FileReader file);
// Predictions in memory.
std::shared_ptr<const PredictionSource> HoldPredictions(
    Predictions predictions);

// How many of marks of rows (SeenBit) say what; empty: not known.
SeenCount CountSeen(const std::vector<std::uint8_t>& seen);

// An id that occurs twice in sources that are read one behind the other, or "".
// Takes 8 bytes a row while it looks, unless the ids ascend.
std::string FindRepeatedId(const std::vector<const PredictionSource*>& sources);

}  // namespace mtlkit
