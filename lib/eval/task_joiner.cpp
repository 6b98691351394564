#include "eval/task_joiner.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <optional>
#include <span>
#include <utility>

#include "base/error.h"
#include "data/head.h"
#include "data/label_map.h"
#include "data/label_view.h"

namespace mtlkit {
namespace {

constexpr double kNan = std::numeric_limits<double>::quiet_NaN();

Index Places(const TaskPredictions& task, Index file_rows) {
  return task.on_all_rows ? file_rows : static_cast<Index>(task.rows.size());
}

Index RowOfPlace(const TaskPredictions& task, Index place) {
  return task.on_all_rows ? place : task.rows[At(place)];
}

TaskPredictions* Find(Predictions& predictions, const std::string& name) {
  for (TaskPredictions& task : predictions.tasks) {
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

template <class T>
void Keep(const std::vector<std::size_t>& places, std::size_t cols,
          std::vector<T>* values) {
  auto to = values->begin();
  for (const std::size_t place : places) {
    const auto from = values->begin() + static_cast<Index>(place * cols);
    to = std::copy_n(from, cols, to);
  }
  values->erase(to, values->end());
}

}  // namespace

TaskJoiner::TaskJoiner(std::vector<NamedPredictions>& models,
                       const JoinedRows& rows, const std::string& name)
    : models_(models), rows_(rows) {
  while (Find(models_[first_].predictions, name) == nullptr) ++first_;
  const TaskPredictions& base = *Find(models_[first_].predictions, name);
  joined_.task = base.task;
  joined_.constants = base.constants;
  joined_.outputs.resize(models.size());
  joined_.predicted = Places(base, rows.file_rows(first_));
  place_of_row_.assign(At(rows.count()), -1);
  for (Index place = 0; place < joined_.predicted; ++place) {
    joined_.rows.push_back(rows.Of(first_, RowOfPlace(base, place)));
    place_of_row_[At(joined_.rows.back())] = static_cast<std::int32_t>(place);
  }
  joined_.y.assign(Cells(base.task.target_cols()), kNan);
  joined_.weights.assign(Cells(1), kNan);
}

void TaskJoiner::AddModel(std::size_t model, bool keep_labels) {
  TaskPredictions* task = Find(models_[model].predictions, joined_.task.name);
  if (task == nullptr) return;
  const std::string& name = models_[model].name;
  RequireSameKind(joined_.task, task->task, name);
  const auto order = ClassOrder(task->task, joined_.task, name);
  const Index cols = joined_.task.prediction_cols();
  std::vector<double> output(Cells(cols), kNan);
  const Index places = Places(*task, rows_.file_rows(model));
  Index extra = -1;  // a row that the first model lacks
  for (Index place = 0; place < places; ++place) {
    const Index row = rows_.Of(model, RowOfPlace(*task, place));
    const Index at = place_of_row_[At(row)];
    if (at < 0) {
      extra = row;
      continue;
    }
    CopyOutputs(*task, place, order, output.data() + at * cols);
    if (keep_labels) TakeLabel(*task, place, order, at, name);
  }
  for (Index place = 0; place < joined_.predicted; ++place) {
    if (!std::isnan(output[At(place * cols)])) continue;
    RefuseRow(name, joined_.rows[At(place)], models_[first_].name);
  }
  if (extra >= 0) RefuseRow(models_[first_].name, extra, name);
  joined_.outputs[model] = std::move(output);
  *task = {task->task, {}, true, {}, {}, {}, {}, {}, {}};
}

void TaskJoiner::TakeTruth(const Dataset& truth,
                           const std::vector<std::int32_t>& places) {
  const Index t = FindTask(truth.tasks, joined_.task.name);
  if (t < 0) return;
  const Task& from = truth.tasks[At(t)];
  std::optional<Labels> mapped;
  if (!HaveSameLabels(from, joined_.task)) {
    mapped = InContext("--data", [&] {
      return MapLabels(from, truth.labels[At(t)], joined_.task);
    });
  }
  const LabelView labels(joined_.task, mapped ? *mapped : truth.labels[At(t)],
                         truth.weights);
  const Index cols = labels.cols();
  joined_.weighted = labels.has_weights();
  if (mapped && mapped->unknown.places.empty()) {
    joined_.warning = UnknownLabelsText(joined_.task, mapped->unknown, true);
  }
  for (Index place = 0; place < labels.places(); ++place) {
    const Index row = labels.RowOf(place);
    const Index joined = places.empty() ? row : places[At(row)];
    const Index at = joined < 0 ? -1 : place_of_row_[At(joined)];
    if (at < 0) continue;
    for (Index col = 0; col < cols; ++col) {
      joined_.y[At(at * cols + col)] =
          static_cast<double>(labels.Value(place, col));
    }
    if (labels.IsUnknown(place)) {
      joined_.y[At(at)] = UnknownClass();
      joined_.unknown_classes.insert(labels.UnknownName(place));
    }
    joined_.weights[At(at)] = labels.Weight(place);
  }
}

JoinedTask TaskJoiner::Finish() {
  if (!joined_.unknown_classes.empty()) {
    joined_.unknown = std::ranges::count(joined_.y, UnknownClass());
  }
  for (double& weight : joined_.weights) {
    if (std::isnan(weight)) weight = 1;
  }
  const auto cols = At(joined_.task.target_cols());
  std::vector<std::size_t> labelled;
  for (std::size_t place = 0; place < joined_.rows.size(); ++place) {
    const double* y = joined_.y.data() + place * cols;
    if (std::any_of(y, y + cols, [](double v) { return !std::isnan(v); })) {
      labelled.push_back(place);
    }
  }
  if (labelled.size() == joined_.rows.size()) return std::move(joined_);
  Keep(labelled, 1, &joined_.rows);
  Keep(labelled, 1, &joined_.weights);
  Keep(labelled, cols, &joined_.y);
  for (auto& output : joined_.outputs) {
    if (output) Keep(labelled, At(joined_.task.prediction_cols()), &*output);
  }
  return std::move(joined_);
}

void TaskJoiner::TakeLabel(const TaskPredictions& from, Index place,
                           const std::vector<Index>& order, Index at,
                           const std::string& model) {
  if (!from.weight.empty()) {
    joined_.weighted = true;
    const auto weight = static_cast<double>(from.weight[At(place)]);
    Agree(weight, at, "weight", model, &joined_.weights[At(at)]);
  }
  if (from.y.empty()) return;
  const Index cols = from.task.target_cols();
  label_.assign(At(cols), kNan);
  CopyLabel(from.y.data() + place * cols, from.task, order, label_.data());
  if (from.HasUnknown(place)) {
    label_[0] = UnknownClass();
    joined_.unknown_classes.insert(
        from.unknown_classes[At(from.unknown[At(place)])]);
  }
  for (Index col = 0; col < cols; ++col) {
    if (std::isnan(label_[At(col)])) continue;
    Agree(label_[At(col)], at, "label", model, &joined_.y[At(at * cols + col)]);
  }
}

double TaskJoiner::UnknownClass() const {
  return static_cast<double>(joined_.task.classes.size());
}

void TaskJoiner::Agree(double value, Index at, std::string_view what,
                       const std::string& model, double* known) const {
  if (!std::isnan(*known) && *known != value) {
    Fail(ErrorKind::kBadInput,
         Str(model, ": task '", joined_.task.name, "', row '",
             IdText(rows_.ids(), joined_.rows[At(at)]), "': its ", what,
             " differs from the one in another file"),
         "predict the same rows, or give the truth with --data");
  }
  *known = value;
}

void TaskJoiner::RefuseRow(const std::string& lacking, Index row,
                           const std::string& having) const {
  Fail(ErrorKind::kBadInput,
       Str(lacking, ": task '", joined_.task.name,
           "' has no prediction for the row '", IdText(rows_.ids(), row),
           "' that '", having, "' predicts"),
       "predict the same rows with every model");
}

}  // namespace mtlkit
