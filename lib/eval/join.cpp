#include "eval/join.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

#include "base/error.h"
#include "data/head.h"
#include "data/id_index.h"

namespace mtlkit {
namespace {

constexpr double kNan = std::numeric_limits<double>::quiet_NaN();

// Row of the file at each place of a task.
Index RowOfPlace(const TaskPredictions& task, Index place) {
  return task.on_all_rows ? place : task.rows[static_cast<std::size_t>(place)];
}

Index Places(const TaskPredictions& task, Index file_rows) {
  return task.on_all_rows ? file_rows : static_cast<Index>(task.rows.size());
}

const TaskPredictions* Find(const Predictions& predictions,
                            const std::string& name) {
  for (const TaskPredictions& task : predictions.tasks) {
    if (task.task.name == name) return &task;
  }
  return nullptr;
}

// Which class of `from` stands at each class of `to`.
std::vector<Index> ClassOrder(const Task& from, const Task& to,
                              const std::string& where) {
  std::vector<Index> order;
  for (const std::string& name : to.classes) {
    const Index index = FindClass(from, name);
    if (index < 0) {
      Fail(ErrorKind::kBadInput,
           Str(where, ": task '", to.name, "' lacks the class '", name, "'"),
           "compare models that were trained on the same classes");
    }
    order.push_back(index);
  }
  if (to.traits().is_ordered && from.classes != to.classes) {
    Fail(ErrorKind::kBadInput,
         Str(where, ": task '", to.name, "' has its classes in another order"),
         "compare models that were trained on the same order of classes");
  }
  if (from.classes.size() != to.classes.size()) {
    Fail(ErrorKind::kBadInput,
         Str(where, ": task '", to.name, "' has ", from.classes.size(),
             " classes instead of ", to.classes.size()),
         "compare models that were trained on the same classes");
  }
  return order;
}

void RequireSameKind(const Task& a, const Task& b, const std::string& where) {
  if (IsSameKind(a, b)) return;
  const TaskType form = a.form.value_or(a.type);
  const TaskType other = b.form.value_or(b.type);
  Fail(ErrorKind::kBadInput,
       Str(where, ": task '", a.name, "' is ", TaskTypeName(other),
           ", elsewhere ",
           form == other ? "of other columns or levels" : TaskTypeName(form)),
       "compare predictions of the same tasks");
}

// A dataset knows nothing of the forms of predictions.
void RequireSameLabels(Task task, const Task& truth) {
  task.form.reset();
  task.levels.clear();
  RequireSameKind(task, truth, "--data");
}

// One row of predictions, classes in the order of the joined task.
void CopyOutputs(const TaskPredictions& from, Index place,
                 const std::vector<Index>& order, double* to) {
  const Task& task = from.task;
  const auto cols = static_cast<std::size_t>(task.prediction_cols());
  const auto& source = task.is_classification() ? from.prob : from.pred;
  task.head().Reorder(
      order,
      std::span(source).subspan(static_cast<std::size_t>(place) * cols, cols),
      to);
}

// A class number in the class order of the joined task; NaN stays.
double ClassIn(const std::vector<Index>& order, float label) {
  if (std::isnan(label)) return kNan;
  const auto at =
      std::find(order.begin(), order.end(), static_cast<Index>(label));
  return at == order.end() ? kNan : static_cast<double>(at - order.begin());
}

// A label in the class order of the joined task.
void CopyLabel(const float* from, const Task& task,
               const std::vector<Index>& order, double* to) {
  if (task.traits().one_class) {
    to[0] = ClassIn(order, from[0]);
    return;
  }
  for (Index col = 0; col < task.target_cols(); ++col) {
    const Index at =
        task.is_classification() ? order[static_cast<std::size_t>(col)] : col;
    to[col] = static_cast<double>(from[at]);
  }
}

// Builds one joined task: dense over the first model's places, then reduced
// to the labelled ones.
class TaskJoiner {
 public:
  TaskJoiner(const std::vector<NamedPredictions>& models,
             const TaskPredictions& base, const RowIds& base_ids,
             std::size_t base_model)
      : models_(models), base_(base), base_ids_(base_ids) {
    joined_.task = base.task;
    const Index file_rows = IdCount(base_ids);
    places_ = Places(base, file_rows);
    place_of_row_.assign(static_cast<std::size_t>(file_rows), -1);
    for (Index place = 0; place < places_; ++place) {
      place_of_row_[static_cast<std::size_t>(RowOfPlace(base, place))] = place;
    }
    y_.assign(Cells(base.task.target_cols()), kNan);
    weight_.assign(static_cast<std::size_t>(places_), 1.0);
    outputs_.resize(models.size());
    first_ = base_model;
  }

  void AddModel(std::size_t model, const IdIndex& index) {
    const NamedPredictions& named = models_[model];
    const TaskPredictions* task = Find(named.predictions, joined_.task.name);
    if (task == nullptr) return;
    RequireSameKind(joined_.task, task->task, named.name);
    const auto order = ClassOrder(task->task, joined_.task, named.name);
    const Index cols = joined_.task.prediction_cols();
    std::vector<double> output(Cells(cols), kNan);
    const Index file_rows = IdCount(named.predictions.ids);
    for (Index place = 0; place < Places(*task, file_rows); ++place) {
      const Index row =
          index.Find(named.predictions.ids, RowOfPlace(*task, place));
      const Index at =
          row < 0 ? -1 : place_of_row_[static_cast<std::size_t>(row)];
      if (at < 0) continue;
      CopyOutputs(*task, place, order, output.data() + at * cols);
      TakeLabel(*task, place, order, at, named.name);
    }
    RequireComplete(output, cols, named.name);
    outputs_[model] = std::move(output);
    if (joined_.constants.empty() && model == first_) {
      joined_.constants = task->constants;
    }
  }

  void TakeTruth(const Dataset& truth, const IdIndex& index) {
    std::fill(y_.begin(), y_.end(), kNan);
    const Index t = FindTask(truth.tasks, joined_.task.name);
    if (t < 0) return;
    const Task& task = truth.tasks[static_cast<std::size_t>(t)];
    const Labels& labels = truth.labels[static_cast<std::size_t>(t)];
    RequireSameLabels(joined_.task, task);
    const auto order = ClassOrder(task, joined_.task, "--data");
    const Index cols = task.target_cols();
    for (Index place = 0; place < labels.PlaceCount(cols); ++place) {
      const Index joined = index.Find(truth.ids, labels.RowOf(place));
      const Index at =
          joined < 0 ? -1 : place_of_row_[static_cast<std::size_t>(joined)];
      if (at < 0) continue;
      CopyLabel(labels.values.data() + place * cols, task, order,
                y_.data() + at * cols);
    }
  }

  JoinedTask Finish() {
    joined_.predicted = places_;
    joined_.outputs.resize(models_.size());
    const Index target_cols = joined_.task.target_cols();
    for (Index place = 0; place < places_; ++place) {
      const double* y = y_.data() + place * target_cols;
      bool labelled = false;
      for (Index col = 0; col < target_cols; ++col) {
        labelled = labelled || !std::isnan(y[col]);
      }
      if (!labelled) continue;
      joined_.rows.push_back(RowOfPlace(base_, place));
      joined_.weights.push_back(weight_[static_cast<std::size_t>(place)]);
      joined_.y.insert(joined_.y.end(), y, y + target_cols);
      AppendOutputs(place);
    }
    return std::move(joined_);
  }

 private:
  std::size_t Cells(Index cols) const {
    return static_cast<std::size_t>(places_ * cols);
  }

  void AppendOutputs(Index place) {
    const Index cols = joined_.task.prediction_cols();
    for (std::size_t model = 0; model < outputs_.size(); ++model) {
      if (outputs_[model].empty()) continue;
      auto& output = joined_.outputs[model];
      if (!output) output.emplace();
      const double* row = outputs_[model].data() + place * cols;
      output->insert(output->end(), row, row + cols);
    }
  }

  void TakeLabel(const TaskPredictions& from, Index place,
                 const std::vector<Index>& order, Index at,
                 const std::string& model) {
    if (!from.weight.empty()) {
      weight_[static_cast<std::size_t>(at)] =
          static_cast<double>(from.weight[static_cast<std::size_t>(place)]);
    }
    if (from.y.empty()) return;
    const Index cols = from.task.target_cols();
    std::vector<double> label(static_cast<std::size_t>(cols));
    CopyLabel(from.y.data() + place * cols, from.task, order, label.data());
    double* known = y_.data() + at * cols;
    for (Index col = 0; col < cols; ++col) {
      const double value = label[static_cast<std::size_t>(col)];
      if (std::isnan(value)) continue;
      if (!std::isnan(known[col]) && known[col] != value) {
        Fail(ErrorKind::kBadInput,
             Str(model, ": task '", from.task.name, "', row '",
                 IdText(base_ids_, RowOfPlace(base_, at)),
                 "': its label differs from the one in another file"),
             "predict the same rows, or give the truth with --data");
      }
      known[col] = value;
    }
  }

  void RequireComplete(const std::vector<double>& output, Index cols,
                       const std::string& model) const {
    for (Index place = 0; place < places_; ++place) {
      if (!std::isnan(output[static_cast<std::size_t>(place * cols)])) continue;
      Fail(ErrorKind::kBadInput,
           Str(model, ": task '", joined_.task.name,
               "' has no prediction for the row '",
               IdText(base_ids_, RowOfPlace(base_, place)), "' that '",
               models_[first_].name, "' predicts"),
           "predict the same rows with every model");
    }
  }

  const std::vector<NamedPredictions>& models_;
  const TaskPredictions& base_;
  const RowIds& base_ids_;
  std::size_t first_ = 0;
  Index places_ = 0;
  std::vector<Index> place_of_row_;
  std::vector<double> y_;
  std::vector<double> weight_;
  std::vector<std::vector<double>> outputs_;
  JoinedTask joined_;
};

// Labels of other tasks only would leave nothing to measure.
void RequireSharedTask(const Predictions& predictions, const Dataset& truth) {
  std::string names;
  for (const TaskPredictions& one : predictions.tasks) {
    if (FindTask(truth.tasks, one.task.name) >= 0) return;
    names += (names.empty() ? "" : ", ") + one.task.name;
  }
  Fail(ErrorKind::kBadInput,
       Str("--data has none of the predicted tasks: ", names),
       "give a dataset that mtl-prep made with these tasks");
}

}  // namespace

MetricRows JoinedTask::RowsOf(std::size_t model) const {
  MetricRows result = EmptyRows(task);
  result.rows = static_cast<Index>(rows.size());
  result.y = y;
  result.output = *outputs[model];
  return result;
}

std::optional<MetricRows> JoinedTask::RowsOfConstant(bool median) const {
  if (constants.empty()) return std::nullopt;
  const auto rows_of = task.head().ConstantPredictions(task, constants);
  const std::vector<double>& row = median ? rows_of.back() : rows_of.front();
  MetricRows result = EmptyRows(task);
  result.rows = static_cast<Index>(rows.size());
  result.y = y;
  for (Index i = 0; i < result.rows; ++i) {
    result.output.insert(result.output.end(), row.begin(), row.end());
  }
  return result;
}

JoinedPredictions JoinPredictions(const std::vector<NamedPredictions>& models,
                                  const Dataset* truth) {
  if (truth != nullptr) RequireSharedTask(models.front().predictions, *truth);
  JoinedPredictions result;
  const RowIds& ids = models.front().predictions.ids;
  const IdIndex index(ids);
  result.rows = IdCount(ids);
  result.split = models.front().predictions.split;
  for (const NamedPredictions& model : models) {
    result.models.push_back(model.name);
    result.selected_on.push_back(model.predictions.selected_on);
    if (model.predictions.split != result.split) result.split.clear();
  }
  for (const TaskPredictions& base : models.front().predictions.tasks) {
    TaskJoiner joiner(models, base, ids, 0);
    for (std::size_t i = 0; i < models.size(); ++i) joiner.AddModel(i, index);
    if (truth != nullptr) joiner.TakeTruth(*truth, index);
    result.tasks.push_back(joiner.Finish());
  }
  return result;
}

}  // namespace mtlkit
