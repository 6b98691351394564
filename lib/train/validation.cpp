#include "train/validation.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "base/error.h"
#include "base/rng.h"
#include "base/text.h"
#include "data/batch.h"
#include "data/head.h"
#include "data/label_view.h"
#include "data/link.h"
#include "data/task_families.h"
#include "nn/plan_size.h"
#include "train/labelled_rows.h"
#include "train/merged_outputs.h"
#include "train/select_measure.h"
#include "train/whole_losses.h"

namespace mtlkit {
namespace {

constexpr double kNone = std::numeric_limits<double>::quiet_NaN();

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
    // That there is a text says no label.
    bool differ = data.tasks[task].traits().is_written;
    labels.ForPlacesOf(row, [&](Index place) {
      for (Index col = 0; col < labels.cols(); ++col) {
        const float value = labels.Value(place, col);
        if (std::isnan(value)) continue;
        if (std::isnan(first[At(col)])) first[At(col)] = value;
        differ |= value != first[At(col)];
      }
    });
    if (differ) return "";
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
        std::vector<Index> given_rows, std::string_view select_on,
        ThreadPool* pool)
      : tasks(given.schema.tasks),
        losses(given_losses),
        rows(std::move(given_rows)),
        network(given.network),
        plan(*network, OptionsFor(data, std::ssize(rows), pool)),
        capacity(plan.options().capacity),
        batcher(data, capacity),
        row_loss(At(MostTargets())),
        merged(tasks, *network, capacity),
        family_of(TaskFamilies(tasks)),
        measures(tasks, ParseSelectOn(tasks, select_on)) {}

  // Rows of a batch for any task.
  Index MostTargets() const {
    Index most = capacity;
    for (Index task = 0; task < network->task_count(); ++task) {
      most = std::max(
          most, network->MostTargets(task, capacity, plan.options().tokens));
    }
    return most;
  }

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

  std::vector<WholeLoss> WholeLosses() const {
    std::vector<WholeLoss> whole;
    for (const auto& loss : losses) whole.emplace_back(loss.get());
    return whole;
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
    std::vector<std::vector<WholeLoss>> whole;
    for (std::size_t task = 0; task < tasks.size(); ++task) {
      constant.push_back(ConstantOutputs(tasks[task], model.constants[task]));
      sums.emplace_back(constant.back().size());
      whole.emplace_back(sums.back().size(), WholeLoss(losses[task].get()));
    }
    std::vector<Real> output;
    ForBatches([&](const Batch& batch) {
      for (std::size_t task = 0; task < tasks.size(); ++task) {
        if (batch.targets[task].labelled == 0) continue;
        for (std::size_t i = 0; i < constant[task].size(); ++i) {
          whole[task][i].Add(batch, task,
                             Repeated(constant[task][i],
                                      batch.targets[task].target.rows, &output),
                             row_loss, &sums[task][i]);
        }
      }
    });
    for (std::size_t task = 0; task < tasks.size(); ++task) {
      for (std::size_t i = 0; i < whole[task].size(); ++i) {
        whole[task][i].Finish(&sums[task][i]);
      }
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

  // What selects is nothing but the loss of all tasks.
  bool is_plain() const {
    const std::vector<SelectTerm>& terms = measures.terms();
    return terms.size() == 1 && terms[0].task < 0;
  }

  void CheckMeasures(const Model& model, const Dataset& data) {
    const std::vector<SelectTerm>& terms = measures.terms();
    for (std::size_t i = terms.size(); i-- > 0;) {
      if (!terms[i].where_defined) continue;
      if (std::isnan(constants[At(terms[i].task)])) measures.LeaveOut(i);
    }
    for (std::size_t i = 0; i < terms.size(); ++i) {
      if (terms[i].metric == nullptr) {
        RequireLoss(terms[i]);
        continue;
      }
      Require(!terms[i].metric->traits.of_groups || !data.groups.empty(),
              ErrorKind::kUsage,
              Str("--select-on ", terms[i].text,
                  ": it is a mean over groups of rows, and there are none"),
              "prepare with mtl-prep --group COLUMN, or select on loss");
      Require(!std::isnan(MetricOfAnything(i)), ErrorKind::kUsage,
              Str("--select-on ", terms[i].text,
                  ": it is undefined on the validation rows, whatever is "
                  "predicted: the task has too few labels there, or only one "
                  "class"),
              "choose other rows with --valid-split, or select on loss");
    }
    for (std::size_t i = 0; i < terms.size() && terms.size() > 1; ++i) {
      units.push_back(terms[i].metric == nullptr ? 1
                                                 : ErrorOfConstants(i, model));
    }
  }

  void RequireLoss(const SelectTerm& term) const {
    if (term.task < 0 || !std::isnan(constants[At(term.task)])) return;
    Fail(ErrorKind::kUsage,
         Str("--select-on ", term.text,
             ": nothing can be said of this loss on the validation rows: the "
             "task has no labels there, or the same one everywhere"),
         "choose other rows with --valid-split, or select on loss");
  }

  // The metric of outputs that `make(rows seen, numbers)` puts into a vector.
  template <class MakeOutputs>
  double MetricOf(std::size_t term, MakeOutputs make) {
    measures.Clear();
    const auto task = At(measures.terms()[term].task);
    const Index cols = tasks[task].output_cols();
    std::vector<Real> output;
    Index seen = 0;
    ForBatches([&](const Batch& batch) {
      const Index count = batch.targets[task].target.rows;
      output.resize(At(count * cols));
      make(seen, &output);
      seen += count;
      measures.Add(term, batch, {output.data(), count, cols});
    });
    return measures.Value(term);
  }

  // The metric of predictions at random: undefined if all are.
  double MetricOfAnything(std::size_t term) {
    const Rng rng(1, RandomPurpose::kSampleRows);
    return MetricOf(term, [&](Index seen, std::vector<Real>* output) {
      for (std::size_t i = 0; i < output->size(); ++i) {
        (*output)[i] =
            static_cast<Real>(rng.Normal(seen, static_cast<Index>(i)));
      }
    });
  }

  // The least error of the best constants; what errors are taken relative to.
  double ErrorOfConstants(std::size_t i, const Model& model) {
    const SelectTerm& term = measures.terms()[i];
    const auto task = At(term.task);
    double best = kNone;
    for (const std::vector<Real>& row :
         ConstantOutputs(tasks[task], model.constants[task])) {
      const double value =
          MetricOf(i, [&](Index /*seen*/, std::vector<Real>* output) {
            for (std::size_t k = 0; k < output->size(); ++k) {
              (*output)[k] = row[k % row.size()];
            }
          });
      const double error = MetricError(*term.metric, value);
      if (!(best <= error)) best = error;
    }
    Require(best > 0 && std::isfinite(best), ErrorKind::kUsage,
            Str("--select-on ", term.text,
                ": among several measures an error is taken relative to that "
                "of the best constant, which has none"),
            "choose another measure of this task, or this one alone");
    return best;
  }

  // Sets what selects, the losses being known.
  void Select(ValidationResult* result) const {
    const std::vector<SelectTerm>& terms = measures.terms();
    if (is_plain()) {
      result->score = result->relative;
      return;
    }
    if (terms.size() == 1 && terms[0].metric != nullptr) {
      result->metric = measures.Value(0);
      result->score = MetricError(*terms[0].metric, result->metric);
      return;
    }
    double sum = 0;
    double weights = 0;
    for (std::size_t i = 0; i < terms.size(); ++i) {
      const SelectTerm& term = terms[i];
      const double error =
          term.metric != nullptr
              ? MetricError(*term.metric, measures.Value(i)) / units[i]
          : term.task < 0 ? result->relative
                          : result->relatives[At(term.task)];
      sum += term.weight * error;
      weights += term.weight;
    }
    result->score = result->metric = sum / weights;
  }

  std::vector<Task> tasks;
  std::span<const std::unique_ptr<Loss>> losses;
  std::vector<Index> rows;
  std::shared_ptr<const Network> network;
  Plan plan;
  Index capacity;
  Batcher batcher;
  std::vector<Real> row_loss;
  MergedOutputs merged;
  std::vector<double> constants;  // NaN: the task is left out
  std::vector<Index> family_of;   // TaskFamilies
  std::vector<std::string> left_out;
  MetricTerms measures;       // what selects
  std::vector<double> units;  // of several, one each
};

Validator::Validator(const Model& model, const Dataset& data,
                     std::span<const std::unique_ptr<Loss>> losses,
                     std::vector<Index> rows, std::string_view select_on,
                     ThreadPool* pool)
    : state_(std::make_unique<State>(model, data, losses, std::move(rows),
                                     select_on, pool)) {
  state_->MeasureConstants(model);
  state_->LeaveOut(data);
  state_->CheckMeasures(model, data);
}
Validator::~Validator() = default;
Validator::Validator(Validator&&) noexcept = default;

ValidationResult Validator::Measure(Params* params) {
  State& s = *state_;
  Pass pass;
  pass.weights = &params->weights;
  pass.buffers = &params->buffers;
  std::vector<LossSums> sums(s.tasks.size());
  std::vector<WholeLoss> whole = s.WholeLosses();
  s.measures.Clear();
  s.ForBatches([&](const Batch& batch) {
    s.plan.Forward(pass, batch);
    for (std::size_t task = 0; task < sums.size(); ++task) {
      whole[task].Add(batch, task,
                      s.merged.Of(s.plan, static_cast<Index>(task)), s.row_loss,
                      &sums[task]);
    }
    for (std::size_t i = 0; i < s.measures.terms().size(); ++i) {
      const SelectTerm& term = s.measures.terms()[i];
      if (term.metric == nullptr) continue;
      s.measures.Add(i, batch, s.merged.Of(s.plan, term.task));
    }
  });
  ValidationResult result;
  for (std::size_t task = 0; task < sums.size(); ++task) {
    whole[task].Finish(&sums[task]);
    result.losses.push_back(sums[task].Mean());
    result.relatives.push_back(result.losses[task] / s.constants[task]);
  }
  result.relative = s.Relative(sums);
  s.Select(&result);
  return result;
}

std::string Validator::selected_on() const {
  const std::vector<SelectTerm>& terms = state_->measures.terms();
  std::vector<std::string> texts;
  for (const SelectTerm& term : terms) texts.push_back(term.text);
  // The loss itself has this name in the log.
  const bool is_loss =
      terms.size() == 1 && terms[0].task >= 0 && terms[0].metric == nullptr;
  return Str("valid ", is_loss ? "relative " : "", Join(texts, ","));
}

bool Validator::has_metric() const {
  return !state_->is_plain();
}

bool Validator::can_choose() const {
  return (has_metric() && !state_->measures.terms().empty()) ||
         std::any_of(state_->constants.begin(), state_->constants.end(),
                     [](double constant) { return !std::isnan(constant); });
}

std::vector<std::string> Validator::left_out() const {
  return state_->left_out;
}

}  // namespace mtlkit
