#pragma once

#include <cmath>
#include <limits>
#include <string>
#include <vector>

#include "base/error.h"
#include "base/rng.h"
#include "data/dataset.h"

namespace mtlkit {

inline std::vector<Task> SampleTasks() {
  std::vector<Task> tasks(4);
  tasks[0].name = "score";
  tasks[0].mean = {10};
  tasks[0].deviation = {8};
  tasks[1].name = "sold";
  tasks[1].type = TaskType::kBinary;
  tasks[1].classes = {"no", "yes"};
  tasks[2].name = "kind";
  tasks[2].type = TaskType::kMulticlass;
  tasks[2].classes = {"low", "mid", "top"};
  tasks[3].name = "tags";
  tasks[3].type = TaskType::kMultilabel;
  tasks[3].classes = {"big", "north"};
  return tasks;
}

inline std::vector<InputBlock> SampleBlocks(std::vector<float> dense,
                                            std::vector<std::int64_t> starts,
                                            std::vector<std::int32_t> indices,
                                            std::vector<float> values,
                                            std::vector<std::int32_t> codes) {
  InputBlock features;
  features.name = "features";
  features.cols = 4;
  features.columns = {"a", "b", "c", "d"};
  features.dense = Array<float>(std::move(dense));
  InputBlock words;
  words.name = "words";
  words.kind = InputKind::kSparse;
  words.cols = 6;
  words.row_starts = Array<std::int64_t>(std::move(starts));
  words.indices = Array<std::int32_t>(std::move(indices));
  words.values = Array<float>(std::move(values));
  InputBlock places;
  places.name = "features.categorical";
  places.kind = InputKind::kCategorical;
  places.cols = 1;
  places.columns = {"place"};
  places.categories = {{"east", "north", "west"}};
  places.codes = Array<std::int32_t>(std::move(codes));
  return {features, words, places};
}

// A prepared dataset that can be learned: dense numbers, a sparse block and a
// categorical block that all matter, and one task of each type (`score`,
// `sold`, `kind`, `tags`), some of whose labels are missing. Of 240 rows 160
// are for training, 40 for validation, 40 for tests.
inline Dataset SampleDataset(Index rows = 240) {
  const Rng rng(11, RandomPurpose::kTest);
  Dataset data;
  data.rows = rows;
  std::vector<std::int64_t> ids;
  std::vector<float> dense;
  std::vector<std::int64_t> starts = {0};
  std::vector<std::int32_t> indices;
  std::vector<float> values;
  std::vector<std::int32_t> codes;
  Labels score;
  Labels sold;
  Labels kind;
  Labels tags;
  const float missing = std::numeric_limits<float>::quiet_NaN();
  for (Index row = 0; row < rows; ++row) {
    ids.push_back(1000 + row);
    double sum = 0;
    for (Index col = 0; col < 4; ++col) {
      const double x = rng.Normal(row, col);
      dense.push_back(static_cast<float>(x));
      if (col < 2) sum += x;
    }
    const auto word = static_cast<std::int32_t>(rng.Below(row, 4, 6));
    indices.push_back(word);
    values.push_back(1);
    starts.push_back(row + 1);
    sum += word % 2 == 0 ? 1 : -1;
    const auto code = static_cast<std::int32_t>(rng.Below(row, 5, 3));
    codes.push_back(code);
    sum += code - 1;
    score.values.push_back(row % 7 == 0 ? missing
                                        : static_cast<float>(10 + 5 * sum));
    sold.values.push_back(row % 5 == 0 ? missing : (sum > 0 ? 1.F : 0.F));
    kind.values.push_back(sum > 1 ? 2.F : sum > -1 ? 1.F : 0.F);
    tags.values.push_back(sum > 0 ? 1.F : 0.F);
    tags.values.push_back(row % 3 == 0 ? missing : (code == 1 ? 1.F : 0.F));
    data.splits[row < rows * 4 / 6   ? "train"
                : row < rows * 5 / 6 ? "valid"
                                     : "test"]
        .push_back(row);
  }
  data.ids = std::move(ids);
  data.inputs =
      SampleBlocks(std::move(dense), std::move(starts), std::move(indices),
                   std::move(values), std::move(codes));
  data.tasks = SampleTasks();
  data.labels = {score, sold, kind, tags};
  return data;
}

// The same rows with several tasks of one type only: `one`, `two`.
inline Dataset AlikeDataset(Index rows = 240) {
  Dataset data = SampleDataset(rows);
  data.tasks = {data.tasks[1], data.tasks[1]};
  data.tasks[0].name = "one";
  data.tasks[1].name = "two";
  data.labels = {data.labels[1], data.labels[1]};
  return data;
}

}  // namespace mtlkit
