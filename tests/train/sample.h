#pragma once

#include <cmath>
#include <limits>
#include <string>
#include <vector>

#include "base/rng.h"
#include "data/dataset.h"
#include "nn/model.h"
#include "train/loop.h"

namespace mtlkit {

// A small dataset that can be learned: a binary, a multi-class (a third of its
// labels missing) and a regression task of 10 numbers.
inline Dataset SampleData(Index rows, Seed seed = 1) {
  constexpr Index kCols = 10;
  constexpr float kMissing = std::numeric_limits<float>::quiet_NaN();
  const Rng rng(seed, RandomPurpose::kTest);
  Dataset data;
  data.rows = rows;
  std::vector<std::int64_t> ids;
  std::vector<float> x;
  Labels sign;
  Labels kind;
  Labels value;
  for (Index row = 0; row < rows; ++row) {
    ids.push_back(row);
    std::vector<double> z;
    for (Index col = 0; col < kCols; ++col) z.push_back(rng.Normal(row, col));
    for (const double number : z) x.push_back(static_cast<float>(number));
    const double noise = 0.3 * rng.Normal(row, kCols);
    sign.values.push_back(z[0] + z[1] - z[2] + noise > 0 ? 1.0F : 0.0F);
    const float k = z[3] > 0.5 ? 2.0F : z[3] + z[0] > 0 ? 1.0F : 0.0F;
    kind.values.push_back(row % 3 == 0 ? kMissing : k);
    value.values.push_back(static_cast<float>(20 + 5 * (z[0] - z[4] + noise)));
    const char* split = row % 5 == 4   ? "valid"
                        : row % 5 == 3 ? "test"
                                       : "train";
    data.splits[split].push_back(row);
  }
  data.ids = ids;
  InputBlock block;
  block.name = "features";
  block.cols = kCols;
  block.dense = Array<float>(std::move(x));
  data.inputs.push_back(std::move(block));
  data.tasks.resize(3);
  data.tasks[0].name = "sign";
  data.tasks[0].type = TaskType::kBinary;
  data.tasks[0].classes = {"no", "yes"};
  data.tasks[1].name = "kind";
  data.tasks[1].type = TaskType::kMulticlass;
  data.tasks[1].classes = {"a", "b", "c"};
  data.tasks[2].name = "value";
  data.tasks[2].mean = {20};
  data.tasks[2].deviation = {7};
  data.labels = {sign, kind, value};
  return data;
}

inline TrainOptions SampleOptions() {
  TrainOptions options;
  options.epochs = 6;
  options.batch = 32;
  options.optimizer.rate = 0.02;
  return options;
}

inline Model SampleModel(const Dataset& data, Seed seed = 1,
                         const std::string& arch = "shared") {
  ArchOptions options;
  options.arch = arch;
  options.layers = {"32"};
  options.dropout = 0.1;
  return BuildModel(data, options, seed, data.SplitRows("train"));
}

inline std::vector<Real> WeightsOf(const Model& model) {
  const std::span<const Real> all = model.params.weights.all();
  return {all.begin(), all.end()};
}

}  // namespace mtlkit
