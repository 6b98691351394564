#include "cotrain/merge_predictions.h"

#include <algorithm>
#include <iterator>
#include <vector>

#include "cotrain/own_data.h"
#include "data/blocks.h"
#include "data/label_view.h"
#include "data/link.h"
#include "eval/predictions.h"

namespace mtlkit {
namespace {

// The mean over peers of one task's published outputs, on the rows that all
// of them published.
TaskPredictions MeanOf(const Collaboration& run,
                       std::span<const Publication> publications, std::size_t t,
                       const std::vector<Index>& rows) {
  const Task& task = run.data.tasks[t];
  const auto cols = At(task.prediction_cols());
  TaskPredictions mean;
  mean.task = task;
  std::vector<float> values;
  for (const Index row : rows) {
    std::vector<double> sum(cols);
    double members = 0;
    for (const Publication& publication : publications) {
      const PublishedTask* found = FindTask(publication, static_cast<Index>(t));
      if (found == nullptr) continue;
      ++members;
      const PublishedTask& published = *found;
      const auto at = At(
          std::lower_bound(published.rows.begin(), published.rows.end(), row) -
          published.rows.begin());
      for (std::size_t col = 0; col < cols; ++col) {
        sum[col] += static_cast<double>(published.values[at * cols + col]);
      }
    }
    for (const double value : sum) {
      values.push_back(static_cast<float>(value / members));
    }
  }
  (task.is_classification() ? mean.prob : mean.pred) = std::move(values);
  mean.constants =
      BestConstants(run.data, static_cast<Index>(t), run.train_rows);
  mean.constants_are_agreed = run.spec.has_own_data();
  return mean;
}

void AddLabels(const Dataset& data, std::size_t t,
               const std::vector<Index>& rows, TaskPredictions* task) {
  const LabelView labels(data, static_cast<Index>(t));
  for (const Index row : rows) {
    labels.AppendRow(row, &task->y);
    if (!labels.has_weights()) continue;
    task->weight.push_back(static_cast<float>(labels.WeightOfRow(row)));
  }
}

bool AnyHas(std::span<const Publication> publications, std::size_t t) {
  return std::any_of(publications.begin(), publications.end(),
                     [t](const Publication& publication) {
                       return FindTask(publication, static_cast<Index>(t)) !=
                              nullptr;
                     });
}

std::vector<Index> CommonRowsOf(std::span<const Publication> publications,
                                std::size_t t) {
  std::vector<Index> common;
  bool any = false;
  for (const Publication& publication : publications) {
    const PublishedTask* published =
        FindTask(publication, static_cast<Index>(t));
    if (published == nullptr) continue;
    std::vector<Index> both = published->rows;
    if (any) {
      both.clear();
      std::set_intersection(common.begin(), common.end(),
                            published->rows.begin(), published->rows.end(),
                            std::back_inserter(both));
    }
    any = true;
    common = std::move(both);
  }
  return common;
}

}  // namespace

void MergePredictions(const Collaboration& run,
                      std::span<const Publication> publications,
                      const std::string& provenance,
                      const std::string& output) {
  std::vector<std::vector<Index>> rows;
  std::vector<Index> all;
  for (std::size_t t = 0; t < run.data.tasks.size(); ++t) {
    rows.push_back(CommonRowsOf(publications, t));
    std::vector<Index> both;
    std::set_union(all.begin(), all.end(), rows[t].begin(), rows[t].end(),
                   std::back_inserter(both));
    all = std::move(both);
  }
  Predictions merged;
  merged.ids = TakeIds(run.data.ids, all);
  for (std::size_t t = 0; t < rows.size(); ++t) {
    if (!AnyHas(publications, t)) continue;
    TaskPredictions task = MeanOf(run, publications, t, rows[t]);
    AddLabels(run.data, t, rows[t], &task);
    task.on_all_rows = rows[t] == all;
    if (!task.on_all_rows) {
      for (const Index row : rows[t]) {
        task.rows.push_back(std::lower_bound(all.begin(), all.end(), row) -
                            all.begin());
      }
    }
    merged.tasks.push_back(std::move(task));
  }
  merged.selected_on = run.spec.train.valid_split;
  SeenRows seen;
  AddSeen(run, &seen);
  for (const Publication& publication : publications) {
    AddPublishedRows(publication, &seen);
  }
  merged.seen = SeenBits(seen, run.data, all);
  merged.dataset_sha256 = run.data.content_sha256;
  merged.provenance = provenance;
  WritePredictions(merged, output);
}

}  // namespace mtlkit
