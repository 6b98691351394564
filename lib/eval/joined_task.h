#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <vector>

#include "eval/prediction_source.h"

namespace mtlkit {

// What one model says of a task, place by place as the task has them.
class JoinedOutputs {
 public:
  // `order`: which class of the source stands at each class of the task;
  // `place_of`: where each place is in the source, empty: at its number.
  JoinedOutputs(std::shared_ptr<const PredictionSource> source, Index task,
                std::vector<Index> order, std::vector<std::int32_t> place_of);

  // Predictions of places [first, first + count), row-major, columns in the
  // order of the task's classes. Places in another order than the source's are
  // read all at once, and held until Release.
  void Read(Index first, Index count, double* to);
  // Of texts that are written: those of some places, ascending.
  WrittenTexts ReadTexts(std::span<const Index> places) const;
  void Release() { held_ = {}; }
  // Above which each column counts as predicted; empty: 1/2.
  std::vector<double> Thresholds() const;
  // The column of one label alone.
  JoinedOutputs OfLabel(Index label) const;

 private:
  std::shared_ptr<const PredictionSource> source_;
  Index task_;
  std::vector<Index> order_;
  std::vector<std::int32_t> place_of_;
  std::vector<float> held_;
  bool is_label_ = false;  // one column of a task of several
};

// One task on rows that all models have predicted, with the truth. A place is
// one of these rows.
struct JoinedTask {
  Task task;
  Index places = 0;
  std::vector<std::int32_t> row_of;  // among the joined rows; empty: the place
  std::vector<float> y;  // places x target_cols; NaN cells are missing
  // Of texts that are written, one a place: those that are true.
  std::vector<std::string> texts = {};
  std::vector<double> weights;  // one a place; empty: 1
  bool weighted = false;        // whether the files have weights
  std::vector<std::optional<JoinedOutputs>> models;  // nothing: lacks the task
  std::vector<double> constants;                     // as in TaskPredictions
  // Labelled rows whose class the models do not know, and such classes; their y
  // is the number behind those of the classes, or one above it.
  Index unknown = 0;
  std::set<std::string> unknown_classes = {};
  // Of tasks of tokens: which classes the numbers from behind those of the
  // classes on stand for.
  std::vector<std::string> unknown_tags = {};
  std::string warning = {};  // of labels that cannot be measured

  Index RowOf(Index place) const {
    return row_of.empty() ? place : row_of[At(place)];
  }
  double Weight(Index place) const {
    return weights.empty() ? 1 : weights[At(place)];
  }
  // Whether any cell of a place is known.
  bool HasLabel(Index place) const;
};

// How many labels a task has that are tasks of their own; 0 where it is no set
// of several.
Index LabelCount(const Task& task);
// One of them as a multi-label task of one label, TASK.LABEL.
JoinedTask LabelTask(const JoinedTask& task, Index label);

}  // namespace mtlkit
