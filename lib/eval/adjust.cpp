#include "eval/adjust.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <memory>
#include <optional>
#include <utility>

#include "base/error.h"
#include "base/text.h"
#include "data/head.h"
#include "eval/fit_adjustment.h"

namespace mtlkit {
namespace {

constexpr Index kRowsAtOnce = 4096;

bool IsNumber(const std::string& text, double* value) {
  return ParseNumber(text, value) && *value > 0 && *value < 1;
}

// Classes by temperature: any; by threshold: what is set or not.
bool HasProbabilities(const Task& task) {
  return task.is_classification() && !task.traits().is_map;
}
bool HasThreshold(const Task& task) {
  return HasProbabilities(task) &&
         (task.prediction_cols() == 1 || !task.traits().one_class);
}
bool HasSets(const Task& task) {
  if (task.is_classification()) return task.traits().one_class;
  // A score is no number near a label.
  return task.prediction_cols() == 1 && task.target_cols() == 1 &&
         !task.traits().is_ranking;
}

// A source whose probabilities were calibrated and whose classes have
// thresholds.
class AdjustedSource : public PredictionSource {
 public:
  AdjustedSource(std::shared_ptr<const PredictionSource> source,
                 std::vector<double> temperatures,
                 std::vector<std::vector<double>> thresholds)
      : source_(std::move(source)),
        temperatures_(std::move(temperatures)),
        thresholds_(std::move(thresholds)) {
    rows_ = source_->rows();
    tasks_ = source_->tasks();
    split_ = source_->split();
    selected_on_ = source_->selected_on();
    model_ = source_->model();
    seen_ = source_->seen();
  }

  bool has_text_ids() const override { return source_->has_text_ids(); }
  RowIds Ids(Index first, Index count) const override {
    return source_->Ids(first, count);
  }
  std::vector<std::int64_t> Groups() const override {
    return source_->Groups();
  }
  Labels ReadLabels(Index task) const override {
    return source_->ReadLabels(task);
  }
  void ReadOutputs(Index task, Index first, Index count,
                   float* outputs) const override {
    source_->ReadOutputs(task, first, count, outputs);
    const double temperature = temperatures_[At(task)];
    if (temperature == 1) return;
    const Task& own = tasks_[At(task)].task;
    const std::size_t cols = At(own.prediction_cols());
    for (std::size_t i = 0; i < At(count); ++i) {
      Temper(own, temperature, {outputs + i * cols, cols});
    }
  }
  WrittenTexts ReadTexts(Index task, Index first, Index count) const override {
    return source_->ReadTexts(task, first, count);
  }
  std::vector<double> Thresholds(Index task) const override {
    return thresholds_[At(task)];
  }

 private:
  std::shared_ptr<const PredictionSource> source_;
  std::vector<double> temperatures_;
  std::vector<std::vector<double>> thresholds_;
};

// Labelled rows of a task, in memory.
FittedRows ReadRows(const PredictionSource& source, Index number) {
  const SourceTask& task = source.tasks()[At(number)];
  const Labels labels = source.ReadLabels(number);
  const Index cols = task.task.prediction_cols();
  const Index targets = task.task.target_cols();
  FittedRows rows;
  rows.task = &task.task;
  if (labels.values.empty()) return rows;
  std::vector<float> output(At(kRowsAtOnce * cols));
  for (Index first = 0; first < task.places; first += kRowsAtOnce) {
    const Index count = std::min(kRowsAtOnce, task.places - first);
    source.ReadOutputs(number, first, count, output.data());
    for (Index i = 0; i < count; ++i) {
      const Index place = first + i;
      if (!labels.HasLabel(place, targets)) continue;
      const double weight =
          labels.weights.empty()
              ? 1.0
              : static_cast<double>(labels.weights[At(place)]);
      if (!(weight > 0)) continue;
      for (Index col = 0; col < targets; ++col) {
        rows.y.push_back(labels.values[At(place * targets + col)]);
      }
      rows.output.insert(rows.output.end(), output.begin() + i * cols,
                         output.begin() + (i + 1) * cols);
      rows.weights.push_back(weight);
    }
  }
  return rows;
}

// Keys of ids: FNV-1a of their texts.
std::vector<std::uint64_t> KeysOf(const PredictionSource& source) {
  std::vector<std::uint64_t> keys;
  keys.reserve(At(source.rows()));
  for (Index first = 0; first < source.rows(); first += kRowsAtOnce) {
    const Index count = std::min(kRowsAtOnce, source.rows() - first);
    const RowIds ids = source.Ids(first, count);
    for (Index i = 0; i < count; ++i) {
      std::uint64_t hash = 0xcbf29ce484222325;
      for (const char c : IdText(ids, i)) {
        hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3;
      }
      keys.push_back(hash);
    }
  }
  return keys;
}

// What is fitted to the rows that are measured would make them too good.
void RequireOtherRows(const NamedSource& measured, const NamedSource& valid) {
  std::vector<std::uint64_t> known = KeysOf(*valid.source);
  std::ranges::sort(known);
  const std::vector<std::uint64_t> keys = KeysOf(*measured.source);
  for (std::size_t i = 0; i < keys.size(); ++i) {
    if (!std::ranges::binary_search(known, keys[i])) continue;
    Fail(ErrorKind::kBadInput,
         Str("--valid ", valid.Label(), ": row '",
             IdText(measured.source->Ids(static_cast<Index>(i), 1), 0),
             "' is among those of ", measured.Label(),
             ", and what is fitted to rows says nothing when measured on them"),
         "predict two splits: mtl-predict --split valid, --split test");
  }
}

// Fits the tasks of one model.
class Adjuster {
 public:
  Adjuster(const NamedSource& measured, const NamedSource* valid,
           const AdjustOptions& options)
      : measured_(measured), valid_(valid), options_(options) {
    if (valid_ == nullptr) return;
    RequireOtherRows(measured, *valid_);
    const SeenCount seen = valid_->source->seen();
    Require(seen.trained <= 0, ErrorKind::kBadInput,
            Str("--valid ", valid_->Label(), ": ", seen.trained, " of ",
                Counted(valid_->source->rows(), "row", "rows"),
                " were trained on, where predictions are too good"),
            "predict a split that nothing was learned from: mtl-prep --split "
            "fit=0.1");
    const bool same = !measured.source->has_model() ||
                      !valid_->source->has_model() ||
                      measured.source->model() == valid_->source->model();
    Require(same, ErrorKind::kBadInput,
            Str("--valid ", valid_->Label(), ": another model made it than ",
                measured.Label()),
            "predict both splits with one model");
  }

  NamedSource Run(std::vector<TaskAdjustment>* adjustments) {
    std::vector<double> temperatures;
    std::vector<std::vector<double>> thresholds;
    const auto& tasks = measured_.source->tasks();
    for (std::size_t t = 0; t < tasks.size(); ++t) {
      TaskAdjustment made;
      made.model = measured_.name;
      made.seed = measured_.seed;
      made.task = tasks[t].task.name;
      Fit(static_cast<Index>(t), &made);
      temperatures.push_back(std::isnan(made.temperature) ? 1
                                                          : made.temperature);
      thresholds.push_back(made.thresholds);
      const bool any = !std::isnan(made.temperature) ||
                       !made.thresholds.empty() || !std::isnan(made.bound);
      if (any) adjustments->push_back(std::move(made));
    }
    NamedSource result = measured_;
    result.source = std::make_shared<AdjustedSource>(
        measured_.source, std::move(temperatures), std::move(thresholds));
    return result;
  }

 private:
  void Fit(Index number, TaskAdjustment* made) const {
    const Task& task = measured_.source->tasks()[At(number)].task;
    double fixed = 0;
    if (IsNumber(options_.threshold, &fixed) && HasThreshold(task)) {
      made->thresholds.assign(At(task.prediction_cols()), fixed);
    }
    if (valid_ == nullptr) return;
    const Index there = valid_->source->FindTask(task.name);
    const bool wanted = (options_.calibrate && HasProbabilities(task)) ||
                        (!options_.threshold.empty() && HasThreshold(task)) ||
                        (options_.conformal > 0 && HasSets(task));
    if (!wanted) return;
    Require(there >= 0, ErrorKind::kBadInput,
            Str("--valid ", valid_->Label(), " does not have task '", task.name,
                "'"),
            "predict both splits with one model");
    const Task& other = valid_->source->tasks()[At(there)].task;
    Require(IsSameKind(task, other) && task.classes == other.classes,
            ErrorKind::kBadInput,
            Str("--valid ", valid_->Label(), ": task '", task.name,
                "' is another there"),
            "predict both splits with one model");
    FittedRows rows = ReadRows(*valid_->source, there);
    made->rows = rows.rows();
    Require(made->rows > 0, ErrorKind::kBadInput,
            Str("--valid ", valid_->Label(), ": task '", task.name,
                "' has no label there"),
            "predict rows with labels");
    if (options_.conformal > 0 && HasSets(task)) {
      FitSets(rows, number, made);
    }
    if (options_.calibrate && HasProbabilities(task)) {
      made->temperature = FitTemperature(rows);
      made->loss_before = LogLossAt(rows, 1);
      made->loss_after = LogLossAt(rows, made->temperature);
      const std::size_t cols = At(task.prediction_cols());
      for (std::size_t i = 0; i < rows.weights.size(); ++i) {
        Temper(task, made->temperature,
               std::span(rows.output).subspan(i * cols, cols));
      }
    }
    if (!options_.threshold.empty() && fixed == 0 && HasThreshold(task)) {
      made->thresholds = FitThresholds(rows, options_.threshold == "balanced");
    }
  }

  void FitSets(const FittedRows& rows, Index number,
               TaskAdjustment* made) const {
    const std::size_t cols = At(rows.task->prediction_cols());
    const auto row_of = [cols](const FittedRows& some, std::size_t i) {
      return std::span<const float>(some.output).subspan(i * cols, cols);
    };
    std::vector<double> scores;
    for (std::size_t i = 0; i < rows.y.size(); ++i) {
      scores.push_back(ConformalScore(*rows.task, row_of(rows, i), rows.y[i]));
    }
    made->stated = options_.conformal;
    made->bound = ConformalBound(scores, options_.conformal);
    Require(std::isfinite(made->bound), ErrorKind::kBadInput,
            Str("--conformal ", FormatNumber(options_.conformal), ": the ",
                scores.size(), " labelled rows of task '", made->task, "' in ",
                valid_->Label(), " are too few"),
            "give more of them, or state a lower coverage");
    const FittedRows test = ReadRows(*measured_.source, number);
    made->measured = test.rows();
    made->covered = 0;
    made->size = 0;
    const auto count = static_cast<double>(test.rows());
    for (std::size_t i = 0; i < test.y.size(); ++i) {
      const auto row = row_of(test, i);
      made->covered +=
          (ConformalScore(*test.task, row, test.y[i]) <= made->bound) / count;
      made->size += ConformalSize(*test.task, row, made->bound) / count;
    }
  }

  const NamedSource& measured_;
  const NamedSource* valid_;
  const AdjustOptions& options_;
};

bool IsOfOne(const NamedSource& one, const NamedSource& other) {
  return one.name == other.name && one.seed == other.seed;
}

const NamedSource& FindValid(const std::vector<NamedSource>& valid,
                             const NamedSource& source) {
  for (const NamedSource& other : valid) {
    if (IsOfOne(other, source)) return other;
  }
  Fail(ErrorKind::kUsage,
       Str("--valid: '", source.name, "' has no predictions of validation rows",
           source.seed > 0 ? Str(" of seed ", source.seed + 1) : ""),
       Str("name them as the others: --valid ", source.name, "=FILE"));
}

// Rows that nothing is fitted to were given by mistake.
void RequireUsed(const std::vector<NamedSource>& valid,
                 const std::vector<NamedSource>& sources) {
  for (const NamedSource& other : valid) {
    const bool is_used = std::ranges::any_of(
        sources,
        [&](const NamedSource& source) { return IsOfOne(other, source); });
    Require(is_used, ErrorKind::kUsage,
            Str("--valid ", other.Label(), ": no '", other.name, "'",
                other.seed > 0 ? Str(" of seed ", other.seed + 1) : "",
                " is measured"),
            Str("name it as what is measured: --valid ", sources.front().name,
                "=FILE"));
  }
}

}  // namespace

void AdjustOptions::Describe(Fields& fields) {
  fields("calibrate", calibrate,
         "scale the probabilities of each task by a temperature fitted to "
         "--valid",
         {});
  fields.Named("threshold", threshold, "f1|balanced|VALUE",
               "the probability above which a binary task, or a label, counts "
               "as predicted: the best one on --valid, or this one; 0.5 if "
               "not given");
  fields("conformal", conformal,
         "state this coverage of intervals and sets of classes fitted to "
         "--valid, and measure it; 0: none",
         Range{0.0, 1.0, false, true});
}

bool AdjustOptions::fits() const {
  double fixed = 0;
  return calibrate || conformal > 0 ||
         (!threshold.empty() && !IsNumber(threshold, &fixed));
}

std::vector<NamedSource> Adjust(const std::vector<NamedSource>& sources,
                                const std::vector<NamedSource>& valid,
                                const AdjustOptions& options,
                                std::vector<TaskAdjustment>* adjustments) {
  double fixed = 0;
  const std::string& threshold = options.threshold;
  Require(threshold.empty() || threshold == "f1" || threshold == "balanced" ||
              IsNumber(threshold, &fixed),
          ErrorKind::kUsage,
          Str("--threshold ", threshold,
              " is neither f1, balanced nor a number between 0 and 1"));
  Require(!options.fits() || !valid.empty(), ErrorKind::kUsage,
          "--calibrate, --conformal and a --threshold that is to be found are "
          "fitted to validation rows, which are missing",
          "give predictions of them: --valid valid.pred.h5");
  RequireUsed(valid, sources);
  std::vector<NamedSource> adjusted;
  for (const NamedSource& source : sources) {
    const NamedSource* own =
        options.fits() ? &FindValid(valid, source) : nullptr;
    adjusted.push_back(Adjuster(source, own, options).Run(adjustments));
  }
  const auto any = [&](auto has) {
    return std::ranges::any_of(*adjustments, has);
  };
  Require(!options.calibrate || any([](const TaskAdjustment& one) {
    return !std::isnan(one.temperature);
  }),
          ErrorKind::kUsage, "--calibrate has no effect: no task has classes",
          "leave it out");
  Require(threshold.empty() || any([](const TaskAdjustment& one) {
            return !one.thresholds.empty();
          }),
          ErrorKind::kUsage,
          "--threshold has no effect: no task is binary or of several labels",
          "leave it out");
  Require(options.conformal == 0 || any([](const TaskAdjustment& one) {
            return !std::isnan(one.bound);
          }),
          ErrorKind::kUsage,
          "--conformal has no effect: no task is one number or one class a row",
          "leave it out");
  return adjusted;
}

}  // namespace mtlkit
