#include "train/validation.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "base/error.h"
#include "base/name_said.h"
#include "base/rng.h"
#include "base/text.h"
#include "data/batch.h"
#include "data/head.h"
#include "data/label_view.h"
#include "data/link.h"
#include "data/task_families.h"
#include "eval/metric.h"
#include "nn/plan_size.h"
#include "train/labelled_rows.h"

namespace mtlkit {
namespace {

constexpr double kNone = std::numeric_limits<double>::quiet_NaN();

// Sums of one task's weighted losses over rows.
struct LossSums {
  double loss = 0;
  double weight = 0;
  double Mean() const { return weight > 0 ? loss / weight : kNone; }
};

// Why a task cannot be measured on these rows; "" if it can.
std::string WhyUnmeasurable(const Dataset& data, std::size_t task,
                            std::span<const Index> rows) {
  const LabelView labels(data, static_cast<Index>(task));
  std::vector<float> first(At(labels.cols()),
                           std::numeric_limits<float>::quiet_NaN());
  bool any = false;
  for (const Index row : LabelledRows(data, static_cast<Index>(task))) {
    if (!std::binary_search(rows.begin(), rows.end(), row)) continue;
    any = true;
    const Index place = labels.PlaceOf(row);
    for (Index col = 0; col < labels.cols(); ++col) {
      const float value = labels.Value(place, col);
      if (std::isnan(value)) continue;
      if (std::isnan(first[At(col)])) first[At(col)] = value;
      if (value != first[At(col)]) return "";
    }
  }
  if (!any) return "has no label";
  return data.tasks[task].type.traits().one_class
             ? "has only one class"
             : "has the same label everywhere";
}

}  // namespace

struct Validator::State {
  State(const Model& given, const Dataset& data,
        std::span<const std::unique_ptr<Loss>> given_losses,
        std::vector<Index> given_rows, ThreadPool* pool)
      : tasks(given.schema.tasks),
        losses(given_losses),
        rows(std::move(given_rows)),
        network(given.network),
        plan(*network, OptionsFor(data, std::ssize(rows), pool)),
        capacity(plan.options().capacity),
        batcher(data, capacity),
        row_loss(At(capacity)),
        family_of(TaskFamilies(tasks)) {}

  PlanOptions OptionsFor(const Dataset& data, Index count,
                         ThreadPool* pool) const {
    PlanOptions options = InferencePlanFor(*network, data, count);
    options.pool = pool;
    return options;
  }

  // Calls work(batch) for all rows, in order.
  template <class Work>
  void ForBatches(Work work) {
    for (std::size_t first = 0; first < rows.size(); first += At(capacity)) {
      const std::size_t count = std::min(At(capacity), rows.size() - first);
      work(batcher.Load({rows.data() + first, count}));
    }
  }

  void AddLoss(const Batch& batch, std::size_t task, ConstMatView output,
               LossSums* sums) {
    const TargetBatch& target = batch.targets[task];
    const std::span<Real> out = {row_loss.data(), At(batch.rows)};
    losses[task]->Evaluate({output, target.target, target.weight}, out, {});
    sums->loss += SumRows(out);
    sums->weight += target.weight_sum;
  }

  // The same outputs for every row, in `memory`.
  static ConstMatView Repeated(const std::vector<Real>& outputs, Index rows,
                               std::vector<Real>* memory) {
    memory->clear();
    for (Index row = 0; row < rows; ++row) {
      memory->insert(memory->end(), outputs.begin(), outputs.end());
    }
    return {memory->data(), rows, std::ssize(outputs)};
  }

  // Loss of the best constant prediction of each task, in one pass.
  void MeasureConstants(const Model& model) {
    std::vector<std::vector<std::vector<Real>>> constant;
    std::vector<std::vector<LossSums>> sums;
    for (std::size_t task = 0; task < tasks.size(); ++task) {
      constant.push_back(ConstantOutputs(tasks[task], model.constants[task]));
      sums.emplace_back(constant.back().size());
    }
    std::vector<Real> output;
    ForBatches([&](const Batch& batch) {
      for (std::size_t task = 0; task < tasks.size(); ++task) {
        if (batch.targets[task].labelled == 0) continue;
        for (std::size_t i = 0; i < constant[task].size(); ++i) {
          AddLoss(batch, task, Repeated(constant[task][i], batch.rows, &output),
                  &sums[task][i]);
        }
      }
    });
    for (std::size_t task = 0; task < tasks.size(); ++task) {
      double best = kNone;
      for (const LossSums& sum : sums[task]) {
        if (!(best <= sum.Mean())) best = sum.Mean();
      }
      constants.push_back(best > 0 && std::isfinite(best) ? best : kNone);
    }
  }

  // Leaves out tasks of which nothing can be said, with the reason.
  void LeaveOut(const Dataset& data) {
    for (std::size_t task = 0; task < tasks.size(); ++task) {
      std::string why = WhyUnmeasurable(data, task, rows);
      if (why.empty() && std::isnan(constants[task])) {
        why = "is predicted by a constant without loss";
      }
      if (why.empty()) continue;
      constants[task] = kNone;
      left_out.push_back(Str("task '", tasks[task].name, "' ", why,
                             " in the validation rows"));
    }
  }

  // The mean over tasks of their losses in those of the best constants. Of
  // tasks that share out the rows of one column it is that over all of these,
  // once for each task: a few rows of one say little.
  double Relative(const std::vector<LossSums>& sums) const {
    double total = 0;
    double count = 0;
    std::vector<LossSums> families;
    for (std::size_t task = 0; task < sums.size(); ++task) {
      if (std::isnan(constants[task])) continue;
      ++count;
      if (family_of[task] < 0) {
        total += sums[task].Mean() / constants[task];
        continue;
      }
      const std::size_t family = At(family_of[task]);
      if (families.size() <= family) families.resize(family + 1);
      families[family].loss += sums[task].loss;
      families[family].weight += sums[task].weight * constants[task];
    }
    for (std::size_t task = 0; task < sums.size(); ++task) {
      if (std::isnan(constants[task]) || family_of[task] < 0) continue;
      total += families[At(family_of[task])].Mean();
    }
    return count > 0 ? total / count : kNone;
  }

  void ChooseMetric(std::string_view select_on) {
    if (select_on == "loss") return;
    const std::size_t dot = select_on.rfind('.');
    metric_task =
        At(FindTask(tasks, NameSaid(select_on.substr(0, dot), NamesOf(tasks))));
    metric = &FindMetric(select_on.substr(dot + 1));
    Require(!std::isnan(MetricOfAnything()), ErrorKind::kUsage,
            Str("--select-on ", select_on,
                ": it is undefined on the validation rows, whatever is "
                "predicted: the task has too few labels there, or only one "
                "class"),
            "choose other rows with --valid-split, or select on loss");
  }

  // The metric of predictions at random: undefined if all are.
  double MetricOfAnything() {
    const Rng rng(1, RandomPurpose::kSampleRows);
    MetricRows all = EmptyRows(tasks[metric_task]);
    std::vector<double> weights;
    std::vector<Real> output;
    ForBatches([&](const Batch& batch) {
      const Index cols = tasks[metric_task].output_cols();
      output.resize(At(batch.rows * cols));
      for (std::size_t i = 0; i < output.size(); ++i) {
        output[i] =
            static_cast<Real>(rng.Normal(all.rows, static_cast<Index>(i)));
      }
      AddMetricRows(batch, {output.data(), batch.rows, cols}, &all, &weights);
    });
    return all.rows > 0 ? metric->prepare(all)->Value(weights) : kNone;
  }

  // The rows of the metric's task that have labels, in original units.
  void AddMetricRows(const Batch& batch, ConstMatView output, MetricRows* into,
                     std::vector<double>* weights) {
    const Task& task = tasks[metric_task];
    link.resize(At(output.rows * task.prediction_cols()));
    const MatView said = {link.data(), output.rows, task.prediction_cols()};
    ApplyLink(task, output, said);
    const TargetBatch& target = batch.targets[metric_task];
    truth.assign(target.target.data, target.target.data + target.target.size());
    const MatView y = {truth.data(), target.target.rows, target.target.cols};
    task.head().LabelsToUnits(task, y);
    for (Index row = 0; row < batch.rows; ++row) {
      const Real weight = target.weight[At(row)];
      if (weight <= 0) continue;
      weights->push_back(static_cast<double>(weight));
      into->y.insert(into->y.end(), y.Row(row), y.Row(row) + y.cols);
      into->output.insert(into->output.end(), said.Row(row),
                          said.Row(row) + said.cols);
      ++into->rows;
    }
  }

  std::vector<Task> tasks;
  std::span<const std::unique_ptr<Loss>> losses;
  std::vector<Index> rows;
  std::shared_ptr<const Network> network;
  Plan plan;
  Index capacity;
  Batcher batcher;
  std::vector<Real> row_loss;
  std::vector<Real> link;
  std::vector<Real> truth;
  std::vector<double> constants;  // NaN: the task is left out
  std::vector<Index> family_of;   // TaskFamilies
  std::vector<std::string> left_out;
  const MetricEntry* metric = nullptr;
  std::size_t metric_task = 0;
};

Validator::Validator(const Model& model, const Dataset& data,
                     std::span<const std::unique_ptr<Loss>> losses,
                     std::vector<Index> rows, std::string_view select_on,
                     ThreadPool* pool)
    : state_(
          std::make_unique<State>(model, data, losses, std::move(rows), pool)) {
  state_->MeasureConstants(model);
  state_->LeaveOut(data);
  state_->ChooseMetric(select_on);
}
Validator::~Validator() = default;
Validator::Validator(Validator&&) noexcept = default;

ValidationResult Validator::Measure(Params* params) {
  State& s = *state_;
  Pass pass;
  pass.weights = &params->weights;
  pass.buffers = &params->buffers;
  std::vector<LossSums> sums(s.tasks.size());
  MetricRows metric_rows;
  std::vector<double> weights;
  if (s.metric != nullptr) metric_rows = EmptyRows(s.tasks[s.metric_task]);
  s.ForBatches([&](const Batch& batch) {
    s.plan.Forward(pass, batch);
    for (std::size_t task = 0; task < sums.size(); ++task) {
      s.AddLoss(batch, task, s.plan.Output(static_cast<Index>(task)),
                &sums[task]);
    }
    if (s.metric != nullptr) {
      s.AddMetricRows(batch, s.plan.Output(static_cast<Index>(s.metric_task)),
                      &metric_rows, &weights);
    }
  });
  ValidationResult result;
  for (const LossSums& sum : sums) result.losses.push_back(sum.Mean());
  result.relative = s.Relative(sums);
  result.score = result.relative;
  if (s.metric != nullptr) {
    result.metric = s.metric->prepare(metric_rows)->Value(weights);
    result.score = MetricError(*s.metric, result.metric);
  }
  return result;
}

std::string Validator::selected_on() const {
  const State& s = *state_;
  if (s.metric == nullptr) return "valid loss";
  return Str("valid ", s.tasks[s.metric_task].name, ".", s.metric->name);
}

bool Validator::has_metric() const {
  return state_->metric != nullptr;
}

bool Validator::can_choose() const {
  return has_metric() ||
         std::any_of(state_->constants.begin(), state_->constants.end(),
                     [](double constant) { return !std::isnan(constant); });
}

std::vector<std::string> Validator::left_out() const {
  return state_->left_out;
}

void CheckSelectOn(std::span<const Task> tasks, std::string_view select_on) {
  if (select_on == "loss") return;
  const std::size_t dot = select_on.rfind('.');
  const std::vector<std::string> names = NamesOf(tasks);
  const std::string name = NameSaid(select_on.substr(0, dot), names);
  const Task* task = nullptr;
  for (const Task& one : tasks) {
    if (dot != std::string_view::npos && one.name == name) task = &one;
  }
  if (task == nullptr) {
    Fail(ErrorKind::kUsage,
         Str("--select-on: '", select_on, "' is not loss or TASK.METRIC"),
         Str("tasks: ", Join(names, ", ")));
  }
  const MetricEntry* metric = InContext(
      "--select-on", [&] { return &FindMetric(select_on.substr(dot + 1)); });
  const TaskType type = task->form.value_or(task->type);
  Require(metric->applies(type), ErrorKind::kUsage,
          Str("--select-on: ", metric->name, " is no metric of ",
              TaskTypeName(type), " tasks such as '", name, "'"));
}

}  // namespace mtlkit
