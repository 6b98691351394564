#include "eval/evaluation.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "base/error.h"
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

PreparedTask Prepare(const JoinedTask& task,
                     const std::vector<const MetricEntry*>& metrics) {
  PreparedTask prepared{&task, {}};
  for (const MetricEntry* entry : metrics) {
    auto& models = prepared.metrics.emplace_back();
    for (std::size_t model = 0; model < task.outputs.size(); ++model) {
      models.push_back(task.outputs[model] ? entry->prepare(task.RowsOf(model))
                                           : nullptr);
    }
  }
  return prepared;
}

// The constant that is best for a metric: for absolute errors the median.
double ConstantValue(const JoinedTask& task, const MetricEntry& entry) {
  const auto rows = task.RowsOfConstant(entry.name == "mae");
  if (!rows) return kNan;
  return entry.prepare(*rows)->Value(task.weights);
}

Verdict Judge(const MetricEntry& entry, const Estimate& difference) {
  if (std::isnan(difference.low)) return Verdict::kUndefined;
  if (difference.low <= 0 && difference.high >= 0) return Verdict::kTie;
  return (difference.value > 0) == entry.up ? Verdict::kWin : Verdict::kLoss;
}

MetricResult ResultOf(const JoinedTask& task, const MetricEntry& entry,
                      std::size_t t, std::size_t m, const Summary& summary,
                      const Evaluation& evaluation) {
  const Index baseline = evaluation.baseline;
  const auto rows = static_cast<double>(task.rows.size());
  const IntervalOptions interval{evaluation.level, rows, rows};
  MetricResult result;
  result.metric = &entry;
  result.constant = ConstantValue(task, entry);
  for (std::size_t model = 0; model < task.outputs.size(); ++model) {
    result.models.push_back(summary.Percentile(
        interval, [&](const ValueTable& table) { return table[t][m][model]; }));
    if (baseline < 0) continue;
    const auto base = At(baseline);
    result.differences.push_back(
        summary.Percentile(interval, [&](const ValueTable& table) {
          return table[t][m][model] - table[t][m][base];
        }));
    result.verdicts.push_back(Judge(entry, result.differences.back()));
  }
  return result;
}

void AddWarnings(const JoinedPredictions& joined, Evaluation* evaluation) {
  for (std::size_t i = 0; i < joined.models.size(); ++i) {
    if (joined.split.empty() || joined.selected_on[i] != joined.split) continue;
    evaluation->warnings.push_back(Str(
        "the weights of '", joined.models[i], "' were chosen on the split '",
        joined.split, "' that is evaluated: its numbers are too good"));
  }
  for (const JoinedTask& task : joined.tasks) {
    if (!task.rows.empty()) continue;
    evaluation->warnings.push_back(
        Str("task '", task.task.name, "' has no label in the evaluated rows"));
  }
}

}  // namespace

void EvaluationOptions::Describe(Fields& fields) {
  fields.Named("against", against, "NAME",
               "the row that the others are compared with");
  fields.Named(
      "metrics", metrics, "NAME,...|all",
      "what is measured; default: one metric a task (see --list metrics)");
  fields("draws", draws, "samples of the bootstrap; 0: no intervals",
         Between(0, 1e6));
  fields("level", level, "coverage of the intervals",
         Range{0.0, 1.0, true, true});
}

Evaluation Evaluate(const JoinedPredictions& joined,
                    const EvaluationOptions& options, Seed seed,
                    ThreadPool& pool) {
  Evaluation evaluation;
  evaluation.models = joined.models;
  evaluation.rows = joined.rows;
  evaluation.split = joined.split;
  evaluation.selected_on = joined.selected_on;
  evaluation.draws = options.draws;
  evaluation.level = options.level;
  if (!options.against.empty()) {
    const auto found =
        std::find(joined.models.begin(), joined.models.end(), options.against);
    if (found == joined.models.end()) {
      Fail(ErrorKind::kUsage,
           Str("--against '", options.against, "' is none of the given rows"),
           "name one of the prediction files as NAME=FILE");
    }
    evaluation.baseline = found - joined.models.begin();
  }
  for (const std::string& name : options.metrics) {
    if (name != "all") FindMetric(name);
  }

  std::vector<PreparedTask> prepared;
  std::vector<std::vector<const MetricEntry*>> metrics;
  for (const JoinedTask& task : joined.tasks) {
    metrics.push_back(ChooseMetrics(task.task.form.value_or(task.task.type),
                                    options.metrics));
    prepared.push_back(Prepare(task, metrics.back()));
  }
  const ValueTable whole = Values(prepared, {});
  const auto draws =
      Bootstrap(prepared, joined.rows, options.draws, seed, pool);
  const Summary summary(whole, draws);

  for (std::size_t t = 0; t < joined.tasks.size(); ++t) {
    const JoinedTask& task = joined.tasks[t];
    TaskResult result{task.task,
                      {},
                      static_cast<Index>(task.rows.size()),
                      task.missing(),
                      {}};
    for (const auto& outputs : task.outputs) {
      result.predicted.push_back(outputs.has_value());
    }
    for (std::size_t m = 0; m < metrics[t].size(); ++m) {
      result.metrics.push_back(
          ResultOf(task, *metrics[t][m], t, m, summary, evaluation));
    }
    evaluation.tasks.push_back(std::move(result));
  }
  if (evaluation.baseline >= 0) {
    for (std::size_t model = 0; model < joined.models.size(); ++model) {
      evaluation.gains.push_back(GainOf(evaluation, summary, model));
    }
  }
  AddWarnings(joined, &evaluation);
  return evaluation;
}

}  // namespace mtlkit
