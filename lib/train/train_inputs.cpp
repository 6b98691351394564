#include "train/train_inputs.h"

#include <algorithm>
#include <cmath>
#include <iterator>
#include <limits>
#include <numeric>

#include "base/error.h"
#include "data/schema.h"
#include "train/labelled_rows.h"

namespace mtlkit {
namespace {

// Places for `rows` beside those that `labels` has, values missing.
void AddPlaces(std::span<const Index> rows, Index cols, Labels* labels) {
  if (labels->on_all_rows) return;
  std::vector<Index> all;
  std::set_union(labels->rows.begin(), labels->rows.end(), rows.begin(),
                 rows.end(), std::back_inserter(all));
  Labels merged;
  merged.on_all_rows = false;
  merged.values = LabelCells(labels->values.storage());
  merged.values.assign(all.size() * At(cols),
                       std::numeric_limits<float>::quiet_NaN());
  if (!labels->weights.empty()) merged.weights.assign(all.size(), 1.0F);
  std::size_t from = 0;
  for (std::size_t place = 0; place < all.size(); ++place) {
    if (from == labels->rows.size() || labels->rows[from] != all[place]) {
      continue;
    }
    const auto width = At(cols);
    for (std::size_t col = 0; col < width; ++col) {
      merged.values[place * width + col] = labels->values[from * width + col];
    }
    if (!labels->weights.empty()) merged.weights[place] = labels->weights[from];
    ++from;
  }
  merged.rows = std::move(all);
  *labels = std::move(merged);
}

// Rows without a place have no label.
void HideLabels(std::span<const Index> rows, Index cols, Labels* labels) {
  if (labels->values.empty()) return;
  const auto width = At(cols);
  for (const Index row : rows) {
    const Index place = labels->PlaceOf(row);
    if (place < 0) continue;
    for (std::size_t col = 0; col < width; ++col) {
      labels->values[At(place) * width + col] =
          std::numeric_limits<float>::quiet_NaN();
    }
  }
}

void SetLabels(const ExtraLabels& extra, Index cols, Index rows,
               Labels* labels) {
  AddPlaces(extra.rows, cols, labels);
  const auto width = At(cols);
  const std::size_t places =
      labels->on_all_rows ? At(rows) : labels->rows.size();
  if (labels->values.empty()) {
    labels->values.assign(places * width,
                          std::numeric_limits<float>::quiet_NaN());
  }
  if (!extra.weights.empty() && labels->weights.empty()) {
    labels->weights.assign(places, 1.0F);
  }
  for (std::size_t i = 0; i < extra.rows.size(); ++i) {
    const auto place = At(labels->PlaceOf(extra.rows[i]));
    for (std::size_t col = 0; col < width; ++col) {
      const float value = extra.values[i * width + col];
      if (!std::isnan(value)) labels->values[place * width + col] = value;
    }
    if (extra.weights.empty() || std::isnan(extra.weights[i])) continue;
    labels->weights[place] = extra.weights[i];
  }
}

std::vector<Index> RowsOfFolds(const Dataset& data) {
  std::vector<Index> rows;
  for (const auto& [name, fold] : data.splits) {
    if (IsFoldName(name)) rows.insert(rows.end(), fold.begin(), fold.end());
  }
  std::sort(rows.begin(), rows.end());
  return rows;
}

std::vector<Index> Without(const std::vector<Index>& rows,
                           const std::vector<Index>& others) {
  std::vector<Index> rest;
  std::set_difference(rows.begin(), rows.end(), others.begin(), others.end(),
                      std::back_inserter(rest));
  return rest;
}

}  // namespace

Dataset WithLabels(Dataset data, std::span<const ExtraLabels> extra) {
  for (const ExtraLabels& labels : extra) {
    const auto task = At(labels.task);
    const Index cols = data.tasks[task].target_cols();
    if (labels.hides) {
      HideLabels(labels.rows, cols, &data.labels[task]);
    } else {
      SetLabels(labels, cols, data.rows, &data.labels[task]);
    }
  }
  return data;
}

TrainInputs InputsOf(const Dataset& data, const TrainOptions& options,
                     bool takes_folds) {
  Require(options.train_split != options.valid_split, ErrorKind::kUsage,
          Str("--train-split and --valid-split are both '", options.train_split,
              "'"),
          "the best weights are chosen on rows that were not learned from");
  TrainInputs inputs;
  inputs.data = &data;
  const bool has_train = data.splits.count(options.train_split) > 0;
  if (data.splits.empty() &&
      options.train_split == TrainOptions{}.train_split) {
    inputs.train_rows.resize(At(data.rows));
    std::iota(inputs.train_rows.begin(), inputs.train_rows.end(), Index{0});
  } else {
    const std::vector<Index> of_folds = RowsOfFolds(data);
    const bool has_folds_only = !has_train && !of_folds.empty();
    const bool takes_all = takes_folds || options.fold >= 0;
    Require(!has_folds_only || takes_all, ErrorKind::kUsage,
            Str("there is no split '", options.train_split,
                "', but there are folds"),
            "keep one out to be evaluated on, --fold 0, or learn from all with "
            "--refit folds");
    inputs.train_rows = has_folds_only && takes_all
                            ? of_folds
                            : data.SplitRows(options.train_split);
  }
  // Only the usual split may be absent: another name is meant.
  if (data.splits.count(options.valid_split) > 0 ||
      options.valid_split != TrainOptions{}.valid_split) {
    inputs.valid_name = options.valid_split;
    inputs.valid_rows = data.SplitRows(options.valid_split);
  }
  if (options.fold >= 0) {
    const std::vector<Index>& fold = data.SplitRows(Str("fold", options.fold));
    inputs.train_rows = Without(inputs.train_rows, fold);
    inputs.valid_rows = Without(inputs.valid_rows, fold);
  }
  if (inputs.valid_rows.empty()) inputs.valid_name.clear();
  Require(!inputs.train_rows.empty(), ErrorKind::kBadInput,
          "there are no rows to learn from");
  return inputs;
}

std::vector<Index> RowsToLearnFrom(const TrainInputs& inputs) {
  const Dataset& data = *inputs.data;
  std::vector<bool> teaches(At(data.rows));
  const auto mark = [&teaches](Index row) { teaches[At(row)] = true; };
  for (std::size_t t = 0; t < data.tasks.size(); ++t) {
    for (const Index row : LabelledRows(data, static_cast<Index>(t))) {
      mark(row);
    }
  }
  for (const ExtraLabels& extra : inputs.extra_labels) {
    if (extra.hides) continue;
    for (const Index row : extra.rows) mark(row);
  }
  for (const SoftTargets& targets : inputs.soft_targets) {
    for (const Index row : targets.rows) mark(row);
  }
  std::vector<Index> rows;
  for (const Index row : inputs.train_rows) {
    if (teaches[At(row)]) rows.push_back(row);
  }
  return rows;
}

}  // namespace mtlkit
