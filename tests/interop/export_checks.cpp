#include "interop/export_checks.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <span>

#include "base/registry.h"
#include "data/head.h"
#include "interop/export_format.h"
#include "interop/export_samples.h"
#include "interop/onnx_eval.h"
#include "interop/starting_point.h"
#include "nn/sample_data.h"
#include "temp_folder.h"
#include "train/predict.h"

namespace mtlkit {
namespace {

// How far the best class is ahead, of any head: classes closer than that may
// differ.
bool IsClose(const Task& task, std::span<const float> row) {
  if (task.traits().is_ordered) {
    double higher = 0;
    for (std::size_t k = row.size(); k-- > 1;) {
      higher += static_cast<double>(row[k]);
      if (std::abs(higher - 0.5) < 1e-5) return true;
    }
    return false;
  }
  std::vector<float> sorted(row.begin(), row.end());
  if (row.size() == 1) return std::abs(row[0] - 0.5F) < 1e-5F;
  std::sort(sorted.rbegin(), sorted.rend());
  return sorted[0] - sorted[1] < 1e-5F;
}

void CheckTask(const TaskPredictions& ours,
               const std::map<std::string, OnnxArray>& said) {
  const Task& task = ours.task;
  INFO("task ", task.name);
  const bool has_classes = task.traits().has_classes;
  const std::vector<float>& expected = has_classes ? ours.prob : ours.pred;
  const OnnxArray& theirs =
      said.at(has_classes ? task.name + ".prob" : task.name);
  REQUIRE(theirs.numbers.size() == expected.size());
  const double scale = task.deviation.empty() ? 1 : task.deviation[0];
  double worst = 0;
  for (std::size_t i = 0; i < expected.size(); ++i) {
    worst = std::max(
        worst,
        std::abs(theirs.numbers[i] - static_cast<double>(expected[i])) / scale);
  }
  CHECK(worst < 1e-5);
  if (!task.traits().one_class) return;
  const Index cols = task.prediction_cols();
  const OnnxArray& classes = said.at(task.name);
  REQUIRE(std::ssize(classes.texts) * cols == std::ssize(expected));
  for (std::size_t row = 0; row < classes.texts.size(); ++row) {
    const std::span<const float> p(expected.data() + row * At(cols), At(cols));
    if (IsClose(task, p)) continue;
    CHECK(classes.texts[row] ==
          task.classes[At(task.head().PredictedClass(p))]);
  }
}

}  // namespace

void CheckModel(const Model& model, const Dataset& data) {
  const EnsembleMember member = {&model, 1};
  const Predictions ours = Predict({&member, 1}, data, {}, nullptr);
  const auto said =
      EvaluateOnnx(ExportedOnnx(model), OnnxInputsOf(DatasetFor(model, data)));
  for (const TaskPredictions& task : ours.tasks) CheckTask(task, said);
}

namespace {

// Without the padding between arrays.
std::vector<Real> NumbersOf(const Block& block) {
  std::vector<Real> numbers;
  const Index slices = std::ssize(block.layout().slices());
  for (Index i = 0; i < slices; ++i) {
    const auto flat = block.At(i).flat();
    numbers.insert(numbers.end(), flat.begin(), flat.end());
  }
  return numbers;
}

}  // namespace

void CheckReturn(const Model& model) {
  const TempFolder folder;
  ExportModel(model, FindEntry(ExportFormats(), "target", "torch"),
              folder / "out");
  Model fresh = model;
  fresh.params = model.network->Initialized(77);
  const WarmStart start =
      StartingPoint(folder / "out/model.safetensors").Begin(&fresh);
  CHECK(start.fresh.empty());
  CHECK(start.unused.empty());
  CHECK(NumbersOf(fresh.params.weights) == NumbersOf(model.params.weights));
  CHECK(NumbersOf(fresh.params.buffers) == NumbersOf(model.params.buffers));
}

}  // namespace mtlkit
