#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/view.h"
#include "data/dataset.h"
#include "data/task.h"

namespace mtlkit {

class FileReader;

// Texts that were written, and those that are true.
struct WrittenTexts {
  std::vector<std::string> said;
  std::vector<std::string> truth;

  void Append(const WrittenTexts& more) {
    said.insert(said.end(), more.said.begin(), more.said.end());
    truth.insert(truth.end(), more.truth.begin(), more.truth.end());
  }
  // Of places [first, first + count).
  WrittenTexts Slice(Index first, Index count) const {
    const auto some = [&](const std::vector<std::string>& all) {
      return std::vector(all.begin() + first, all.begin() + first + count);
    };
    return {some(said), some(truth)};
  }
};

// What a model said of one task, and what is true where that is known. Arrays
// have one row a place: every row of the file, or those in `rows`; of tasks of
// tokens (HeadTraits::of_tokens) every token of these. Numbers are
// in original units.
struct TaskPredictions {
  Task task;
  // Positions in Predictions::ids, ascending; used if !on_all_rows (a task
  // with rows of its own, or of tokens: once for each of a row).
  std::vector<Index> rows;
  bool on_all_rows = true;
  // Numbers: places x prediction_cols. Others: empty (derived from `prob`).
  std::vector<float> pred;
  // Classes: places x prediction_cols. binary: of the positive class;
  // multi-class and ordinal: of each class; multi-label: of each label.
  // Numbers: empty.
  std::vector<float> prob;
  // The network's outputs before the link function, places x output_cols; may
  // be empty.
  std::vector<float> logits;
  // places x target_cols as in Labels; NaN is unknown. Empty: no labels came.
  std::vector<float> y;
  std::vector<float> weight;  // one a place; empty: 1
  // Of texts that are written, one a place: what is written and what is true
  // ("" where that is not known). Others: empty.
  WrittenTexts texts = {};
  // The best constant predictions, from the training rows: regression: mean of
  // each column, then median of each column; classification: frequency of each
  // class (binary: negative, positive; multi-label: of each label). Empty if
  // unknown.
  std::vector<double> constants;
  // They are of rows that peers agreed on, not of those that were learned from.
  bool constants_are_agreed = false;
  // Classes that are true of some places and that the model does not know, and
  // for each place which of them is, -1 for none; both empty: there are none.
  // Such a place has no `y`, and every prediction of it is wrong.
  std::vector<std::string> unknown_classes = {};
  std::vector<std::int32_t> unknown = {};

  // Shares of the classes in the labels that were learned from; empty where
  // the constants do not say it.
  std::vector<double> LearnedShares() const;
  bool HasUnknown(Index place) const {
    return !unknown.empty() && unknown[At(place)] >= 0;
  }
};

// A file of predictions (kind = predictions), aligned by id, never by
// position.
struct Predictions {
  RowIds ids;
  std::vector<TaskPredictions> tasks;
  // SeenBit (data/seen_rows.h) of each row: whether it was learned from or
  // chose the weights. Empty: not known.
  std::vector<std::uint8_t> seen;
  std::string split;           // the split the rows came from; "" if none
  std::string selected_on;     // the split that chose the weights; "" if none
  std::string model_sha256;    // content digest of the model
  std::string dataset_sha256;  // and of the rows
  std::string provenance;      // JSON array as text, or ""
  // Dataset::groups of the rows; empty: there are none.
  std::vector<std::int64_t> groups = {};
};

// `path` may be "-". Checks shapes, ranges (probabilities in [0, 1], all
// finite) and unique ids; throws kBadInput naming the first offender.
Predictions ReadPredictions(const std::string& path);
Predictions ReadPredictions(const FileReader& file);
void WritePredictions(const Predictions& predictions, const std::string& path);

}  // namespace mtlkit
