#include "train/validation.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "base/error.h"
#include "base/text.h"
#include "data/batch.h"
#include "data/head.h"
#include "eval/metric.h"
#include "nn/link.h"
#include "nn/plan.h"

namespace mtlkit {
namespace {

constexpr Index kRows = 1024;
constexpr double kNone = std::numeric_limits<double>::quiet_NaN();

std::size_t Size(Index i) {
  return static_cast<std::size_t>(i);
}

// Sums of one task's weighted losses over rows.
struct LossSums {
  double loss = 0;
  double weight = 0;
  double Mean() const { return weight > 0 ? loss / weight : kNone; }
};

}  // namespace

struct Validator::State {
  State(const Model& given, const Dataset& data,
        std::span<const std::unique_ptr<Loss>> given_losses,
        std::vector<Index> given_rows, ThreadPool* pool)
      : tasks(given.schema.tasks),
        losses(given_losses),
        rows(std::move(given_rows)),
        capacity(std::min(kRows, static_cast<Index>(rows.size()))),
        network(given.network),
        plan(*network, {.capacity = capacity, .pool = pool}),
        batcher(data, capacity),
        row_loss(Size(capacity)) {}

  // Calls work(batch) for all rows, in order.
  template <class Work>
  void ForBatches(Work work) {
    for (std::size_t first = 0; first < rows.size(); first += Size(capacity)) {
      const std::size_t count = std::min(Size(capacity), rows.size() - first);
      work(batcher.Load({rows.data() + first, count}));
    }
  }

  void AddLoss(const Batch& batch, std::size_t task, ConstMatView output,
               LossSums* sums) {
    const TargetBatch& target = batch.targets[task];
    const std::span<Real> out = {row_loss.data(), Size(batch.rows)};
    losses[task]->Evaluate({output, target.target, target.weight}, out, {});
    sums->loss += SumRows(out);
    sums->weight += target.weight_sum;
  }

  // Loss of the best constant prediction of each task.
  void MeasureConstants(const Model& model) {
    for (std::size_t task = 0; task < tasks.size(); ++task) {
      double best = kNone;
      for (const std::vector<Real>& constant :
           ConstantOutputs(tasks[task], model.constants[task])) {
        const double loss = ConstantLoss(task, constant);
        if (!(best <= loss)) best = loss;
      }
      constants.push_back(best > 0 && std::isfinite(best) ? best : kNone);
    }
  }

  double ConstantLoss(std::size_t task, const std::vector<Real>& constant) {
    const Index cols = static_cast<Index>(constant.size());
    std::vector<Real> output;
    for (Index row = 0; row < capacity; ++row) {
      output.insert(output.end(), constant.begin(), constant.end());
    }
    LossSums sums;
    ForBatches([&](const Batch& batch) {
      AddLoss(batch, task, {output.data(), batch.rows, cols}, &sums);
    });
    return sums.Mean();
  }

  void ChooseMetric(std::string_view select_on) {
    if (select_on == "loss") return;
    const std::size_t dot = select_on.rfind('.');
    const std::vector<std::string> names = NamesOf(tasks);
    const std::string name(select_on.substr(0, dot));
    const Index task =
        dot == std::string_view::npos ? -1 : FindTask(tasks, name);
    if (task < 0) {
      Fail(ErrorKind::kUsage,
           Str("--select-on: '", select_on, "' is not loss or TASK.METRIC"),
           Str("tasks: ", Join(names, ", ")));
    }
    metric = InContext("--select-on",
                       [&] { return &FindMetric(select_on.substr(dot + 1)); });
    metric_task = Size(task);
    const TaskType type =
        tasks[metric_task].form.value_or(tasks[metric_task].type);
    Require(metric->applies(type), ErrorKind::kUsage,
            Str("--select-on: ", metric->name, " is no metric of ",
                TaskTypeName(type), " tasks such as '", name, "'"));
  }

  // The rows of the metric's task that have labels, in original units.
  void AddMetricRows(const Batch& batch, MetricRows* into,
                     std::vector<double>* weights) {
    const Task& task = tasks[metric_task];
    const ConstMatView output = plan.Output(static_cast<Index>(metric_task));
    link.resize(Size(output.rows * task.prediction_cols()));
    const MatView said = {link.data(), output.rows, task.prediction_cols()};
    ApplyLink(task, output, said);
    const TargetBatch& target = batch.targets[metric_task];
    truth.assign(target.target.data, target.target.data + target.target.size());
    const MatView y = {truth.data(), target.target.rows, target.target.cols};
    task.head().LabelsToUnits(task, y);
    for (Index row = 0; row < batch.rows; ++row) {
      const Real weight = target.weight[Size(row)];
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
  Index capacity;
  std::shared_ptr<const Network> network;
  Plan plan;
  Batcher batcher;
  std::vector<Real> row_loss;
  std::vector<Real> link;
  std::vector<Real> truth;
  std::vector<double> constants;  // NaN: the task is left out
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
  if (s.metric != nullptr) {
    const Task& task = s.tasks[s.metric_task];
    metric_rows = EmptyRows(task);
  }
  s.ForBatches([&](const Batch& batch) {
    s.plan.Forward(pass, batch);
    for (std::size_t task = 0; task < sums.size(); ++task) {
      s.AddLoss(batch, task, s.plan.Output(static_cast<Index>(task)),
                &sums[task]);
    }
    if (s.metric != nullptr) s.AddMetricRows(batch, &metric_rows, &weights);
  });
  ValidationResult result;
  double total = 0;
  double count = 0;
  for (std::size_t task = 0; task < sums.size(); ++task) {
    result.losses.push_back(sums[task].Mean());
    if (std::isnan(s.constants[task])) continue;
    total += result.losses[task] / s.constants[task];
    ++count;
  }
  result.relative = count > 0 ? total / count : kNone;
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

std::vector<std::string> Validator::left_out() const {
  std::vector<std::string> names;
  for (std::size_t task = 0; task < state_->tasks.size(); ++task) {
    if (std::isnan(state_->constants[task])) {
      names.push_back(state_->tasks[task].name);
    }
  }
  return names;
}

}  // namespace mtlkit
