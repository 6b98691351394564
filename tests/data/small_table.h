#pragma once

#include <functional>
#include <limits>
#include <string>
#include <utility>
#include <vector>

#include "data/dataset.h"
#include "data/head.h"
#include "data/schema.h"

namespace mtlkit {

inline constexpr float kNan = std::numeric_limits<float>::quiet_NaN();

// Rows of numbers as a dense block; columns are called as given.
inline InputBlock DenseBlock(std::string name, std::vector<std::string> columns,
                             std::vector<float> cells) {
  InputBlock block;
  block.name = std::move(name);
  block.cols = static_cast<Index>(columns.size());
  block.columns = std::move(columns);
  block.dense = Array<float>(std::move(cells));
  return block;
}

// Rows of category numbers; `categories` has one list a column.
inline InputBlock CodeBlock(std::string name, std::vector<std::string> columns,
                            std::vector<std::vector<std::string>> categories,
                            std::vector<std::int32_t> codes) {
  InputBlock block;
  block.name = std::move(name);
  block.kind = InputKind::kCategorical;
  block.cols = static_cast<Index>(columns.size());
  block.columns = std::move(columns);
  block.categories = std::move(categories);
  block.codes = Array<std::int32_t>(std::move(codes));
  return block;
}

// Rows of (column, value) pairs, without column names.
inline InputBlock SparseBlock(
    std::string name, Index cols,
    const std::vector<std::vector<std::pair<int, float>>>& rows) {
  InputBlock block;
  block.name = std::move(name);
  block.kind = InputKind::kSparse;
  block.cols = cols;
  std::vector<std::int64_t> starts{0};
  std::vector<std::int32_t> indices;
  std::vector<float> values;
  for (const auto& row : rows) {
    for (const auto& [col, value] : row) {
      indices.push_back(col);
      values.push_back(value);
    }
    starts.push_back(static_cast<std::int64_t>(values.size()));
  }
  block.row_starts = Array<std::int64_t>(std::move(starts));
  block.indices = Array<std::int32_t>(std::move(indices));
  block.values = Array<float>(std::move(values));
  return block;
}

inline Dataset TableOf(Index rows, std::vector<InputBlock> inputs) {
  Dataset dataset;
  dataset.rows = rows;
  std::vector<std::int64_t> ids;
  for (Index row = 0; row < rows; ++row) ids.push_back(row);
  dataset.ids = std::move(ids);
  dataset.inputs = std::move(inputs);
  return dataset;
}

inline void AddTask(Dataset* dataset, std::string name, TaskType type,
                    std::vector<std::string> classes,
                    std::vector<float> values) {
  Task task;
  task.name = std::move(name);
  task.type = type;
  task.classes = std::move(classes);
  Labels labels;
  labels.values = LabelCells(type.traits().storage);
  for (const float value : values) labels.values.push_back(value);
  dataset->tasks.push_back(std::move(task));
  dataset->labels.push_back(std::move(labels));
}

// Six people: numbers with a hole, categories with a hole, three tasks.
inline Dataset People() {
  Dataset people = TableOf(
      6, {DenseBlock("numeric", {"age", "hours"},
                     {20, 40, 30, 40, kNan, 40, 50, 40, 70, 40, 90, 40}),
          CodeBlock("categorical", {"job", "town"},
                    {{"clerk", "cook", "judge"}, {"Aachen", "Bonn"}},
                    {0, 0, 1, 1, 1, -1, 0, 1, 2, 1, 2, 0})});
  AddTask(&people, "income", TaskType::kBinary, {"low", "high"},
          {0, 1, kNan, 1, 0, 1});
  AddTask(&people, "sport", TaskType::kMulticlass, {"golf", "judo", "swim"},
          {2, 0, 1, kNan, 1, 0});
  AddTask(&people, "height", TaskType::kRegression, {},
          {1.6F, 1.7F, 1.8F, 1.9F, kNan, 2.0F});
  return people;
}

// "1 2 | 3 4": the cells of a dense block, row by row.
std::string RenderDense(const InputBlock& block);
std::string RenderCodes(const InputBlock& block);
std::string RenderSparse(const InputBlock& block);
std::string RenderRows(const std::vector<Index>& rows);

// What an Error says, or "no error".
std::string MessageOf(const std::function<void()>& work);

}  // namespace mtlkit
