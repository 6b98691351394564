#include "eval/evaluation.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <optional>
#include <utility>

#include "base/error.h"
#include "base/text.h"
#include "data/head.h"
#include "eval/bootstrap.h"
#include "eval/compare.h"
#include "eval/summary.h"

namespace mtlkit {
namespace {

constexpr double kNan = std::numeric_limits<double>::quiet_NaN();

// The main one comes first: it counts for the gain.
void AddAllMetrics(TaskType type, std::vector<const MetricEntry*>* chosen) {
  const MetricEntry* main = &MainMetric(type);
  chosen->push_back(main);
  for (const MetricEntry* entry : AllMetrics()) {
    if (entry->applies(type) && entry != main) chosen->push_back(entry);
  }
}

std::vector<const MetricEntry*> ChooseMetrics(
    TaskType type, const std::vector<std::string>& names) {
  if (names.empty()) return {&MainMetric(type)};
  std::vector<const MetricEntry*> chosen;
  for (const std::string& name : names) {
    if (name == "all") {
      AddAllMetrics(type, &chosen);
    } else if (const MetricEntry& entry = FindMetric(name);
               entry.applies(type)) {
      chosen.push_back(&entry);
    }
  }
  if (chosen.empty()) chosen.push_back(&MainMetric(type));
  return chosen;
}

// Puts the constant that is best for a metric into `rows`: for absolute errors
// the median. False if it is not known.
bool SetConstant(const JoinedTask& task, const MetricEntry& entry,
                 MetricRows* rows) {
  if (task.constants.empty()) return false;
  const auto rows_of =
      task.task.head().ConstantPredictions(task.task, task.constants);
  const std::vector<double>& row =
      entry.name == "mae" ? rows_of.back() : rows_of.front();
  rows->output.reserve(At(rows->rows) * row.size());
  for (Index i = 0; i < rows->rows; ++i) {
    rows->output.insert(rows->output.end(), row.begin(), row.end());
  }
  return true;
}

// One task while it is measured.
class TaskMeasurer {
 public:
  TaskMeasurer(JoinedTask task, const std::vector<std::string>& metrics)
      : task_(std::move(task)),
        entries_(
            ChooseMetrics(task_.task.form.value_or(task_.task.type), metrics)),
        rows_(EmptyRows(task_.task)) {
    rows_.rows = static_cast<Index>(task_.rows.size());
    rows_.y = std::move(task_.y);
    prepared_.metrics.resize(entries_.size());
    for (auto& output : task_.outputs) PrepareModel(&output);
  }

  // Values of all rows, and the result without intervals.
  TaskValues Measure(TaskResult* result) {
    prepared_.weights = task_.weights;
    prepared_.units = task_.rows;
    const TaskValues values = Values(prepared_, {});
    result->task = task_.task;
    result->labelled = rows_.rows;
    result->missing = task_.missing();
    result->unknown = task_.unknown;
    result->unknown_classes.assign(task_.unknown_classes.begin(),
                                   task_.unknown_classes.end());
    result->warning = task_.warning;
    result->weighted = task_.weighted;
    result->weightless = std::ranges::count(task_.weights, 0.0);
    for (const auto& output : task_.outputs) {
      result->predicted.push_back(output.has_value());
    }
    for (std::size_t m = 0; m < entries_.size(); ++m) {
      MetricResult& metric = result->metrics.emplace_back();
      metric.metric = entries_[m];
      metric.constant = ConstantValue(*entries_[m]);
      for (const auto& model : prepared_.metrics[m]) {
        if (model != nullptr) metric.parts = model->Parts(task_.weights);
      }
    }
    return values;
  }

  // What draws need; small where they are of blocks.
  PreparedTask ForDraws(const DrawnUnits& units) {
    if (!units.is_blocks()) return std::move(prepared_);
    std::vector<std::uint16_t> block_of_row;
    block_of_row.reserve(task_.rows.size());
    for (const Index row : task_.rows) {
      block_of_row.push_back(units.BlockOf(row));
    }
    const RowBlocks blocks{task_.weights, block_of_row, units.count()};
    PreparedTask reduced;
    reduced.weights.assign(At(units.count()), 1.0);
    reduced.units.resize(At(units.count()));
    std::iota(reduced.units.begin(), reduced.units.end(), Index{0});
    for (auto& models : prepared_.metrics) {
      auto& of_metric = reduced.metrics.emplace_back();
      for (auto& model : models) {
        of_metric.push_back(model == nullptr ? nullptr
                                             : model->InBlocks(blocks));
        model.reset();
      }
    }
    return reduced;
  }

 private:
  // Lets go of a model's outputs when its metrics are prepared.
  void PrepareModel(std::optional<std::vector<double>>* output) {
    if (*output) rows_.output = std::move(**output);
    for (std::size_t m = 0; m < entries_.size(); ++m) {
      prepared_.metrics[m].push_back(*output ? entries_[m]->prepare(rows_)
                                             : nullptr);
    }
    rows_.output = {};
  }

  double ConstantValue(const MetricEntry& entry) {
    if (!SetConstant(task_, entry, &rows_)) return kNan;
    const double value = entry.prepare(rows_)->Value(task_.weights);
    rows_.output = {};
    return value;
  }

  JoinedTask task_;
  std::vector<const MetricEntry*> entries_;
  MetricRows rows_;
  PreparedTask prepared_;
};

Verdict Judge(const MetricEntry& entry, const Estimate& difference) {
  if (std::isnan(difference.low)) return Verdict::kUndefined;
  if (difference.low <= 0 && difference.high >= 0) return Verdict::kTie;
  return (difference.value > 0) == entry.up ? Verdict::kWin : Verdict::kLoss;
}

// Adds values and intervals to a metric of a task.
void AddEstimates(const Summary& summary, std::size_t t, std::size_t m,
                  Evaluation* evaluation) {
  TaskResult& task = evaluation->tasks[t];
  MetricResult& result = task.metrics[m];
  const auto rows = static_cast<double>(task.labelled - task.weightless);
  const IntervalOptions interval{evaluation->level, rows, rows};
  for (std::size_t model = 0; model < evaluation->models.size(); ++model) {
    result.models.push_back(summary.Percentile(
        interval, [&](const ValueTable& table) { return table[t][m][model]; }));
    if (evaluation->baseline < 0) continue;
    const auto base = At(evaluation->baseline);
    result.differences.push_back(
        summary.Percentile(interval, [&](const ValueTable& table) {
          return table[t][m][model] - table[t][m][base];
        }));
    result.verdicts.push_back(Judge(*result.metric, result.differences.back()));
  }
}

// Numbers on rows that made the model are better than it is.
void WarnOfSeenRows(const JoinedHead& joined, std::size_t i,
                    std::vector<std::string>* warnings) {
  const std::string& name = joined.models[i];
  const SeenCount& seen = joined.seen[i];
  const std::string all = Counted(joined.rows, "row", "rows");
  if (seen.trained > 0) {
    warnings->push_back(Str("'", name, "': ", seen.trained, " of ", all,
                            " were trained on: its numbers are too good"));
  }
  const bool on_its_split =
      !joined.split.empty() && joined.selected_on[i] == joined.split;
  if (seen.chosen > 0) {
    warnings->push_back(Str("'", name, "': its weights were chosen on ",
                            seen.chosen, " of ", all,
                            ": its numbers are too good"));
  } else if (seen.chosen < 0 && on_its_split) {
    warnings->push_back(Str("the weights of '", name,
                            "' were chosen on the split '", joined.split,
                            "' that is evaluated: its numbers are too good"));
  }
}

std::string UnknownText(const TaskResult& task) {
  constexpr std::size_t kShown = 5;
  std::vector<std::string> names = task.unknown_classes;
  if (names.size() > kShown) {
    names.resize(kShown);
    names.emplace_back("...");
  }
  return Str(
      "task '", task.task.name, "': ", task.unknown, " of ",
      Counted(task.labelled, "labelled row has", "labelled rows have"),
      " a class that the model does not know (", Join(names, ", "), "): ",
      task.unknown == 1 ? "it counts as an error" : "they count as errors");
}

void AddWarnings(const JoinedHead& head, Evaluation* evaluation) {
  for (std::size_t i = 0; i < head.models.size(); ++i) {
    WarnOfSeenRows(head, i, &evaluation->warnings);
  }
  for (const TaskResult& task : evaluation->tasks) {
    if (!task.warning.empty()) evaluation->warnings.push_back(task.warning);
    if (task.unknown > 0) evaluation->warnings.push_back(UnknownText(task));
    if (task.labelled > 0) continue;
    evaluation->warnings.push_back(
        Str("task '", task.task.name, "' has no label in the evaluated rows"));
  }
}

Index BaselineOf(const JoinedHead& head, const std::string& name) {
  if (name.empty()) return -1;
  const auto found = std::find(head.models.begin(), head.models.end(), name);
  if (found == head.models.end()) {
    Fail(ErrorKind::kUsage,
         Str("--against '", name,
             "' is none of the given rows: ", Join(head.models, ", ")),
         "name one of the prediction files as NAME=FILE");
  }
  Require(head.models.size() > 1, ErrorKind::kUsage,
          Str("--against '", name, "': there is no other model"),
          "give the files of all models, NAME=FILE each");
  return found - head.models.begin();
}

// With a baseline, every model must have a task in common with it.
void RequireComparable(const Evaluation& evaluation) {
  for (std::size_t model = 0; model < evaluation.models.size(); ++model) {
    bool common = evaluation.baseline < 0;
    std::string names;
    for (const TaskResult& task : evaluation.tasks) {
      if (!task.predicted[model]) continue;
      names += (names.empty() ? "" : ", ") + task.task.name;
      common = common || task.predicted[At(evaluation.baseline)];
    }
    if (common) continue;
    Fail(ErrorKind::kBadInput,
         Str("'", evaluation.models[model],
             "' has no task in common with the baseline '",
             evaluation.models[At(evaluation.baseline)], "': ", names),
         "compare models of the same tasks");
  }
}

}  // namespace

void EvaluationOptions::Describe(Fields& fields) {
  fields.Named("against", against, "NAME",
               "the row that the others are compared with");
  fields.Named(
      "metrics", metrics, "NAME,...|all",
      "what is measured; default: one metric a task (see --list metrics)");
  fields("no-weights", no_weights,
         "count every row once, whatever the weights of rows", {});
  fields("draws", draws, "samples of the bootstrap; 0: no intervals",
         Between(0, 1e6));
  fields("level", level, "coverage of the intervals",
         Range{0.0, 1.0, true, true});
}

Evaluation Evaluate(JoinedModels models, const EvaluationOptions& options,
                    Seed seed, ThreadPool& pool, Reporter* reporter) {
  const JoinedHead& head = models.head();
  Evaluation evaluation;
  evaluation.models = head.models;
  evaluation.rows = head.rows;
  evaluation.split = head.split;
  evaluation.selected_on = head.selected_on;
  evaluation.has_model = head.has_model;
  evaluation.seen = head.seen;
  evaluation.draws = options.draws;
  evaluation.level = options.level;
  evaluation.baseline = BaselineOf(head, options.against);
  for (const std::string& name : options.metrics) {
    if (name != "all") FindMetric(name);
  }

  const DrawnUnits units(head.rows, seed);
  evaluation.blocks = units.is_blocks() ? units.count() : 0;
  std::vector<PreparedTask> prepared;
  ValueTable whole;
  for (Index t = 0; t < models.task_count(); ++t) {
    JoinedTask task = models.Take(t);
    if (options.no_weights) {
      std::ranges::fill(task.weights, 1.0);
      task.weighted = false;
    }
    TaskMeasurer measurer(std::move(task), options.metrics);
    whole.push_back(measurer.Measure(&evaluation.tasks.emplace_back()));
    prepared.push_back(measurer.ForDraws(units));
  }
  RequireComparable(evaluation);
  const auto draws =
      Bootstrap(prepared, units.count(), options.draws, seed, pool, reporter);
  const Summary summary(whole, draws);
  for (std::size_t t = 0; t < evaluation.tasks.size(); ++t) {
    for (std::size_t m = 0; m < evaluation.tasks[t].metrics.size(); ++m) {
      AddEstimates(summary, t, m, &evaluation);
    }
  }
  for (std::size_t i = 0; evaluation.baseline >= 0 && i < head.models.size();
       ++i) {
    evaluation.gains.push_back(GainOf(evaluation, summary, i));
  }
  AddWarnings(head, &evaluation);
  return evaluation;
}

}  // namespace mtlkit
