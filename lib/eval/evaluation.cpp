#include "eval/evaluation.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "base/error.h"
#include "base/text.h"
#include "eval/bootstrap.h"
#include "eval/compare.h"
#include "eval/measure_task.h"
#include "eval/summary.h"

namespace mtlkit {
namespace {

// Tasks are drawn together up to so many numbers, then let go.
constexpr std::size_t kMostHeld = std::size_t{1} << 21;
constexpr double kMostDraws = 1e6;

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
  const auto rows = static_cast<double>(task.counted());
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
  const bool known = std::ranges::all_of(names, [&task](const auto& name) {
    return FindClass(task.task, name) >= 0;
  });
  if (names.size() > kShown) {
    names.resize(kShown);
    names.emplace_back("...");
  }
  return Str(
      "task '", task.task.name, "': ", task.unknown, " of ",
      Counted(task.labelled, "labelled row has", "labelled rows have"),
      known ? " a class that no training row had ("
            : " a class that the model does not know (",
      Join(names, ", "), "): ",
      task.unknown == 1 ? "it counts as an error" : "they count as errors");
}

void AddWarnings(const JoinedHead& head, Evaluation* evaluation) {
  for (std::size_t i = 0; i < head.models.size(); ++i) {
    WarnOfSeenRows(head, i, &evaluation->warnings);
  }
  if (head.not_in_truth > 0) {
    evaluation->warnings.push_back(
        Str(head.not_in_truth, " of ",
            Counted(head.rows, "predicted row is", "predicted rows are"),
            " not in the file of --data: without a label, ",
            head.not_in_truth == 1 ? "it is" : "they are", " not measured"));
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
void RequireComparable(const JoinedModels& models, Index baseline) {
  const std::vector<std::string>& names = models.head().models;
  for (std::size_t model = 0; model < names.size(); ++model) {
    bool common = baseline < 0;
    std::string tasks;
    for (Index task = 0; task < models.task_count(); ++task) {
      if (!models.Predicts(model, task)) continue;
      tasks += (tasks.empty() ? "" : ", ") + models.TaskName(task);
      common = common || models.Predicts(At(baseline), task);
    }
    if (common) continue;
    Fail(ErrorKind::kBadInput,
         Str("'", names[model], "' has no task in common with the baseline '",
             names[At(baseline)], "': ", tasks),
         "compare models of the same tasks");
  }
}

// A name that comes again would be measured once.
void CheckMetricNames(const std::vector<std::string>& names) {
  for (std::size_t i = 0; i < names.size(); ++i) {
    if (names[i] != "all") FindMetric(names[i]);
    const auto before = names.begin() + static_cast<std::ptrdiff_t>(i);
    Require(std::find(names.begin(), before, names[i]) == before,
            ErrorKind::kUsage,
            Str("--metrics: '", names[i], "' is named twice"),
            "name each metric once");
  }
}

// The ends of an interval are read from the outermost draws.
void CheckDraws(const EvaluationOptions& options) {
  if (options.draws == 0) {
    Require(options.level == EvaluationOptions{}.level, ErrorKind::kUsage,
            "--level: there are no intervals with --draws 0",
            "leave one of the two out");
    return;
  }
  // 1 - level is rounded.
  const double least = LeastDraws(options.level) * (1 + 1e-9);
  if (static_cast<double>(options.draws) > least) return;
  Fail(ErrorKind::kUsage,
       Str("--draws ", options.draws, ": too few for intervals of --level ",
           FormatNumber(options.level),
           ", whose ends lie among the outermost draws"),
       least < kMostDraws
           ? Str("take more than 2 / (1 - level): --draws ",
                 FormatNumber(std::floor(least) + 1), " or more")
           : Str("take a lower level: ", FormatNumber(kMostDraws),
                 " draws are the most"));
}

// Measures all tasks, and draws of them as they come, so that those of many
// rows are held one at a time.
class TaskDraws {
 public:
  TaskDraws(const DrawnUnits& units, Bootstrap* bootstrap)
      : units_(units), bootstrap_(bootstrap) {}

  TaskResult Add(JoinedTask task, const std::vector<std::string>& metrics) {
    MeasuredTask measured = MeasureTask(std::move(task), metrics, units_);
    held_ += measured.prepared.size();
    whole_.push_back(std::move(measured.values));
    waiting_.push_back(std::move(measured.prepared));
    if (held_ > kMostHeld) Draw();
    return std::move(measured.result);
  }
  const ValueTable& Finish() {
    Draw();
    return whole_;
  }

 private:
  void Draw() {
    if (waiting_.empty()) return;
    bootstrap_->Add(waiting_, "draw");
    waiting_.clear();
    held_ = 0;
  }

  const DrawnUnits& units_;
  Bootstrap* bootstrap_;
  ValueTable whole_;
  std::vector<PreparedTask> waiting_;
  std::size_t held_ = 0;
};

// A metric that was asked for and that no task has would be left out silently.
void RequireMeasured(const Evaluation& evaluation,
                     const std::vector<std::string>& metrics) {
  for (const std::string& name : metrics) {
    if (name == "all") continue;
    const bool any =
        std::ranges::any_of(evaluation.tasks, [&name](const TaskResult& task) {
          return std::ranges::any_of(task.metrics,
                                     [&name](const MetricResult& result) {
                                       return result.metric->name == name;
                                     });
        });
    Require(any, ErrorKind::kUsage,
            Str("--metrics ", name, ": no task has this metric"),
            "see --list metrics for what each is for");
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
         Between(0, kMostDraws));
  fields("level", level, "coverage of the intervals",
         Range{0.0, 1.0, true, true});
}

Evaluation Evaluate(const JoinedModels& models,
                    const EvaluationOptions& options, Seed seed,
                    ThreadPool& pool, Reporter* reporter) {
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
  CheckMetricNames(options.metrics);
  CheckDraws(options);
  RequireComparable(models, evaluation.baseline);

  const DrawnUnits units(head.rows, seed);
  evaluation.blocks = units.is_blocks() ? units.count() : 0;
  Bootstrap bootstrap(units.count(), options.draws, seed, pool, reporter);
  TaskDraws draws(units, &bootstrap);
  for (Index t = 0; t < models.task_count(); ++t) {
    JoinedTask task = models.Take(t);
    if (options.no_weights) {
      task.weights.clear();
      task.weighted = false;
    }
    evaluation.tasks.push_back(draws.Add(std::move(task), options.metrics));
  }
  RequireMeasured(evaluation, options.metrics);
  const Summary summary(draws.Finish(), bootstrap.tables());
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
