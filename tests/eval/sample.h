#pragma once

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "base/rng.h"
#include "data/head.h"
#include "eval/metric.h"
#include "eval/prediction_source.h"

namespace mtlkit {

struct MadePredictions {
  std::string name;
  Predictions predictions;
};

inline std::vector<NamedSource> Held(std::vector<MadePredictions> made) {
  std::vector<NamedSource> sources;
  for (MadePredictions& one : made) {
    sources.push_back({one.name, HoldPredictions(std::move(one.predictions))});
  }
  return sources;
}

// Random labels and predictions of a task, probabilities that sum to 1 where
// they must; `ties` rounds them so that equal scores occur.
inline MetricRows RandomRows(TaskType type, Index rows, Seed seed,
                             bool ties = false) {
  const Rng rng(seed, RandomPurpose::kTest);
  MetricRows sample;
  sample.type = type;
  sample.rows = rows;
  const bool many = sample.has_class_columns();
  const bool set = HasLabelSets(type) || HasMaps(type);
  if (HasLevels(type)) sample.levels = {0.1, 0.5, 0.8};
  sample.output_cols =
      many || set || HasLevels(type) ? 3 : type.traits().predictions_per_column;
  sample.target_cols = set ? 3 : HasEvents(type) ? 2 : 1;
  for (Index row = 0; row < rows; ++row) {
    double sum = 0;
    std::vector<double> output;
    for (Index col = 0; col < sample.output_cols; ++col) {
      double value = rng.Uniform(row, col);
      if (ties) value = static_cast<double>(static_cast<int>(value * 4)) / 4;
      output.push_back(value + (many ? 0.1 : 0.0));
      sum += output.back();
    }
    for (double& value : output) {
      sample.output.push_back(many ? value / sum : value);
    }
    if (HasLevels(type))
      std::sort(sample.output.end() - 3, sample.output.end());
    for (Index col = 0; col < sample.target_cols; ++col) {
      const double draw = rng.Uniform(row, 100 + col);
      // Times, some of them alike, and events; degrees of relevance.
      if (HasEvents(type) && col == 0) {
        sample.y.push_back(static_cast<double>(static_cast<int>(draw * 20)));
        continue;
      }
      if (HasGroups(type)) {
        sample.y.push_back(static_cast<double>(static_cast<int>(draw * 4)));
        sample.groups.push_back(row % 4);
        continue;
      }
      if (HasWrittenTexts(type)) {
        constexpr const char* kTexts[] = {"a dog runs in the snow fast", "a dog",
                                          "two men run in the snow",
                                          "the dog runs in the deep snow"};
        sample.y.push_back(1);
        sample.true_texts.emplace_back(kTexts[rng.Below(row, 200, 4)]);
        sample.said_texts.emplace_back(kTexts[rng.Below(row, 201, 4)]);
        continue;
      }
      sample.y.push_back(HasNumbers(type) ? draw * 5
                         : many
                             ? static_cast<double>(static_cast<int>(draw * 3))
                             : static_cast<double>(draw < 0.4));
    }
  }
  return sample;
}

// The rows `which`, which may come more than once.
inline MetricRows Select(const MetricRows& rows,
                         const std::vector<Index>& which) {
  MetricRows selected = rows;
  selected.y.clear();
  selected.output.clear();
  selected.groups.clear();
  selected.true_texts.clear();
  selected.said_texts.clear();
  selected.rows = static_cast<Index>(which.size());
  for (const Index row : which) {
    for (Index col = 0; col < rows.target_cols; ++col) {
      selected.y.push_back(rows.Y()(row, col));
    }
    for (Index col = 0; col < rows.output_cols; ++col) {
      selected.output.push_back(rows.Output()(row, col));
    }
    if (!rows.groups.empty()) selected.groups.push_back(rows.groups[At(row)]);
    if (rows.true_texts.empty()) continue;
    selected.true_texts.push_back(rows.true_texts[At(row)]);
    selected.said_texts.push_back(rows.said_texts[At(row)]);
  }
  return selected;
}

// The group of a row, or the row.
inline Index UnitOf(const MetricRows& rows, Index row) {
  return rows.groups.empty() ? row : rows.groups[At(row)];
}

}  // namespace mtlkit
