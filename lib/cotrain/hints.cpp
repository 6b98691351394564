#include "cotrain/hints.h"

#include <algorithm>
#include <cmath>
#include <iterator>

#include "base/error.h"
#include "base/text.h"
#include "train/predict.h"
#include "train/train_inputs.h"

namespace mtlkit {
namespace {

// Means and variances of the columns over some rows.
struct FeatureMoments {
  std::vector<double> mean;
  std::vector<double> variance;

  FeatureMoments(const InputBlock& block, const std::vector<Index>& rows)
      : mean(At(block.cols)), variance(At(block.cols)) {
    const auto count = static_cast<double>(rows.size());
    const auto cell = [&](Index row, std::size_t col) {
      return static_cast<double>(
          block.dense[row * block.cols + static_cast<Index>(col)]);
    };
    for (std::size_t col = 0; col < mean.size(); ++col) {
      for (const Index row : rows) mean[col] += cell(row, col) / count;
      for (const Index row : rows) {
        const double off = cell(row, col) - mean[col];
        variance[col] += off * off / count;
      }
    }
  }
};

double RootOr1(double variance, double mean) {
  const double root = std::sqrt(variance);
  return root > 1e-12 * std::abs(mean) ? root : 1;
}

// How a network learns the features: less `mean`, over `deviation`.
void ScaleHint(const InputBlock& block, const std::vector<Index>& rows,
               const std::string& scale, Task* task) {
  const auto cols = At(block.cols);
  if (scale == "rows") {
    task->mean.assign(cols, 0);
    task->deviation.assign(cols, 1);
    return;
  }
  const FeatureMoments moments(block, rows);
  task->mean = moments.mean;
  double sum = 0;
  double largest = 0;
  for (std::size_t col = 0; col < cols; ++col) {
    sum += moments.variance[col];
    largest = std::max(largest, std::abs(moments.mean[col]));
    task->deviation.push_back(
        RootOr1(moments.variance[col], moments.mean[col]));
  }
  if (scale == "columns") return;
  task->deviation.assign(
      cols, RootOr1(sum / static_cast<double>(block.cols), largest));
}

std::vector<float> HintsOf(const InputBlock& block, Index rows,
                           const std::string& scale) {
  std::vector<float> values(block.dense.begin(), block.dense.end());
  if (scale != "rows") return values;
  const auto cols = At(block.cols);
  for (Index row = 0; row < rows; ++row) {
    float* const cells = values.data() + At(row) * cols;
    double square = 0;
    for (std::size_t col = 0; col < cols; ++col) {
      const auto value = static_cast<double>(cells[col]);
      square += value * value;
    }
    // A row of zeros has no direction.
    if (square <= 0) continue;
    const double scaled = 1 / std::sqrt(square);
    for (std::size_t col = 0; col < cols; ++col) {
      cells[col] = static_cast<float>(static_cast<double>(cells[col]) * scaled);
    }
  }
  return values;
}

}  // namespace

void HintRequest::Describe(Fields& fields) {
  fields.Named("layer", layer, "LAYER",
               "of the teachers, whose outputs are hints (trunk: the last "
               "shared one; mtl-inspect MODEL lists them)");
  fields("scale", scale,
         "how hints are scaled for the loss: by one number, column by column, "
         "or each row to length 1",
         {"together", "columns", "rows"});
  fields("only", only, "leave out the tasks that the rows have");
  fields.Named("train-split", train_split, "SPLIT",
               "rows that the scale is that of");
}

void AddHints(std::span<const Teacher> teachers, const HintRequest& request,
              ThreadPool* pool, Reporter* reporter, Dataset* data) {
  TrainOptions options;
  options.train_split = request.train_split;
  const std::vector<Index> rows = InputsOf(*data, options, true).train_rows;
  std::vector<Task> tasks;
  std::vector<Labels> labels;
  for (const Teacher& teacher : teachers) {
    const bool is_taken =
        FindTask(tasks, teacher.name) >= 0 ||
        (!request.only && FindTask(data->tasks, teacher.name) >= 0);
    Require(!is_taken, ErrorKind::kUsage,
            Str("there are two tasks '", teacher.name, "'"),
            "name hints NAME=MODEL");
    const Dataset made = InContext(teacher.name, [&] {
      return ComputeFeatures(*teacher.model, *data,
                             LayerSaid(*teacher.model, request.layer), pool,
                             reporter);
    });
    const InputBlock& block = made.inputs.front();
    Task& task = tasks.emplace_back();
    task.name = teacher.name;
    task.width = block.cols;
    ScaleHint(block, rows, request.scale, &task);
    labels.emplace_back().values =
        LabelCells(HintsOf(block, data->rows, request.scale));
  }
  if (request.only) {
    data->tasks.clear();
    data->labels.clear();
  }
  std::ranges::move(tasks, std::back_inserter(data->tasks));
  std::ranges::move(labels, std::back_inserter(data->labels));
}

}  // namespace mtlkit
