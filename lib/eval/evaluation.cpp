#include "eval/evaluation.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "base/error.h"
#include "base/text.h"
#include "eval/bootstrap.h"
#include "eval/compare.h"
#include "eval/evaluation_warnings.h"
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

// No value is better than a perfect one, or worse than the worst; an interval
// that seeds widen may go on.
Estimate WithinRange(const MetricEntry& entry, Estimate estimate) {
  const double worst = entry.traits.worst;  // NaN: no comparison is true
  const double most = entry.up ? entry.perfect : worst;
  const double least = entry.up ? worst : entry.perfect;
  if (estimate.high > most) estimate.high = most;
  if (estimate.low < least) estimate.low = least;
  return estimate;
}

// Adds values and intervals to a metric of a task.
void AddEstimates(const Summary& summary, std::size_t t, std::size_t m,
                  Evaluation* evaluation) {
  TaskResult& task = evaluation->tasks[t];
  MetricResult& result = task.metrics[m];
  const auto rows = static_cast<double>(task.counted());
  const IntervalOptions interval{evaluation->level, rows, rows};
  for (std::size_t model = 0; model < evaluation->models.size(); ++model) {
    const auto value = [&](const RecipeValues& values) {
      return values.Of(t, m, model);
    };
    result.models.push_back(
        WithinRange(*result.metric, summary.Percentile(interval, value)));
    result.seeds.emplace_back();
    if (evaluation->seeds[model] > 1) {
      result.seeds.back() = summary.BySeed(model, value);
    }
    if (evaluation->baseline < 0) continue;
    const auto base = At(evaluation->baseline);
    result.differences.push_back(
        summary.Percentile(interval, [&](const RecipeValues& values) {
          return values.Of(t, m, model) - values.Of(t, m, base);
        }));
    result.verdicts.push_back(Judge(*result.metric, result.differences.back()));
  }
}

Index BaselineOf(const std::vector<std::string>& models,
                 const std::string& name) {
  if (name.empty()) return -1;
  const auto found = std::find(models.begin(), models.end(), name);
  if (found == models.end()) {
    Fail(ErrorKind::kUsage,
         Str("--against '", name,
             "' is none of the given rows: ", Join(models, ", ")),
         "name one of the prediction files as NAME=FILE");
  }
  Require(models.size() > 1, ErrorKind::kUsage,
          Str("--against '", name, "': there is no other model"),
          "give the files of all models, NAME=FILE each");
  return found - models.begin();
}

// With a baseline, every model must have a task in common with it.
void RequireComparable(const JoinedModels& models, const Recipes& recipes,
                       Index baseline) {
  for (std::size_t i = 0; i < recipes.count(); ++i) {
    bool common = baseline < 0;
    std::string tasks;
    for (Index task = 0; task < models.task_count(); ++task) {
      if (!models.Predicts(recipes.First(i), task)) continue;
      tasks += (tasks.empty() ? "" : ", ") + models.TaskName(task);
      common = common || models.Predicts(recipes.First(At(baseline)), task);
    }
    if (common) continue;
    Fail(ErrorKind::kBadInput,
         Str("'", recipes.names()[i],
             "' has no task in common with the baseline '",
             recipes.names()[At(baseline)], "': ", tasks),
         "compare models of the same tasks");
  }
}

// Seeds of one recipe predict the same tasks.
void RequireAlike(const JoinedModels& models, const Recipes& recipes) {
  for (std::size_t i = 0; i < recipes.count(); ++i) {
    for (Index seed = 1; seed < recipes.Seeds(i); ++seed) {
      for (Index task = 0; task < models.task_count(); ++task) {
        const std::size_t first = recipes.First(i);
        const bool has = models.Predicts(first, task);
        Require(models.Predicts(first + At(seed), task) == has,
                ErrorKind::kBadInput,
                Str("'", recipes.names()[i], "': only some of its files have '",
                    models.TaskName(task), "'"),
                "files of one recipe are of the same tasks");
      }
    }
  }
}

// What is known of each recipe, all its models together.
void AddHeads(const JoinedHead& head, const Recipes& recipes,
              Evaluation* evaluation) {
  for (std::size_t i = 0; i < recipes.count(); ++i) {
    const std::size_t first = recipes.First(i);
    evaluation->seeds.push_back(recipes.Seeds(i));
    std::string selected_on = head.selected_on[first];
    bool has_model = head.has_model[first];
    SeenCount seen = head.seen[first];
    for (std::size_t k = 1; k < At(recipes.Seeds(i)); ++k) {
      // Of some weights one split, of others another: as if nothing were known.
      if (head.selected_on[first + k] != selected_on) {
        selected_on.clear();
        has_model = false;
      }
      seen.trained = std::max(seen.trained, head.seen[first + k].trained);
      seen.chosen = std::max(seen.chosen, head.seen[first + k].chosen);
    }
    evaluation->selected_on.push_back(std::move(selected_on));
    evaluation->has_model.push_back(has_model);
    evaluation->seen.push_back(seen);
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

  TaskResult Add(JoinedTask task, const std::vector<std::string>& metrics,
                 const Recipes& recipes) {
    MeasuredTask measured = MeasureTask(std::move(task), metrics, units_);
    const std::vector<bool> has = std::move(measured.result.predicted);
    measured.result.predicted.clear();
    for (std::size_t i = 0; i < recipes.count(); ++i) {
      measured.result.predicted.push_back(has[recipes.First(i)]);
    }
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

// A task and each of its labels.
void AddWithLabels(const JoinedTask& task,
                   const std::vector<std::string>& metrics,
                   const Recipes& recipes, TaskDraws* draws,
                   Evaluation* evaluation) {
  evaluation->tasks.push_back(draws->Add(task, metrics, recipes));
  for (Index label = 0; label < LabelCount(task.task); ++label) {
    evaluation->tasks.push_back(
        draws->Add(LabelTask(task, label), metrics, recipes));
    evaluation->tasks.back().is_part = true;
  }
}

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

// All tasks, one at a time. Throws kUsage for options that say nothing of any.
void MeasureTasks(const JoinedModels& models, const EvaluationOptions& options,
                  const Recipes& recipes, TaskDraws* draws,
                  Evaluation* evaluation) {
  bool any_labels = false;
  bool any_weights = false;
  for (Index t = 0; t < models.task_count(); ++t) {
    JoinedTask task = models.Take(t);
    any_weights = any_weights || !task.weights.empty();
    if (options.no_weights) {
      task.weights.clear();
      task.weighted = false;
    }
    if (options.per_label && LabelCount(task.task) > 0) {
      any_labels = true;
      AddWithLabels(task, options.metrics, recipes, draws, evaluation);
      continue;
    }
    evaluation->tasks.push_back(
        draws->Add(std::move(task), options.metrics, recipes));
  }
  Require(any_labels || !options.per_label, ErrorKind::kUsage,
          "--per-label has no effect: there is no task of several labels",
          "leave it out");
  Require(any_weights || !options.no_weights, ErrorKind::kUsage,
          "--no-weights has no effect: no row has a weight of its own",
          "leave it out");
}

}  // namespace

void EvaluationOptions::Describe(Fields& fields) {
  fields.Named("against", against, "NAME",
               "the row that the others are compared with");
  fields.Named(
      "metrics", metrics, "NAME,...|all",
      "what is measured; default: one metric a task (see --list metrics)");
  fields("per-label", per_label,
         "also a row for each label of a task of several labels", {});
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
  const Recipes recipes(head.models);
  evaluation.models = recipes.names();
  evaluation.rows = head.rows;
  evaluation.split = head.split;
  AddHeads(head, recipes, &evaluation);
  evaluation.draws = options.draws;
  evaluation.level = options.level;
  evaluation.baseline = BaselineOf(evaluation.models, options.against);
  CheckMetricNames(options.metrics);
  CheckDraws(options);
  RequireAlike(models, recipes);
  RequireComparable(models, recipes, evaluation.baseline);

  const DrawnUnits units(head.rows, seed, head.groups);
  evaluation.groups = units.has_groups() ? units.unit_count() : 0;
  evaluation.blocks = units.is_blocks() ? units.count() : 0;
  Bootstrap bootstrap(units.count(), options.draws, seed, pool, reporter);
  TaskDraws draws(units, &bootstrap);
  MeasureTasks(models, options, recipes, &draws, &evaluation);
  RequireMeasured(evaluation, options.metrics);
  const Summary summary(draws.Finish(), bootstrap.tables(), recipes);
  for (std::size_t t = 0; t < evaluation.tasks.size(); ++t) {
    for (std::size_t m = 0; m < evaluation.tasks[t].metrics.size(); ++m) {
      AddEstimates(summary, t, m, &evaluation);
    }
  }
  for (std::size_t i = 0; i < evaluation.models.size(); ++i) {
    auto& gains =
        evaluation.baseline < 0 ? evaluation.over_constants : evaluation.gains;
    gains.push_back(GainOf(evaluation, summary, i));
  }
  AddWarnings(head, &evaluation);
  return evaluation;
}

}  // namespace mtlkit
