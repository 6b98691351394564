#include "train/select_measure.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

#include "base/error.h"
#include "base/name_said.h"
#include "base/text.h"
#include "data/head.h"
#include "data/link.h"
#include "eval/tag_rows.h"

namespace mtlkit {
namespace {

constexpr std::string_view kLoss = "loss";

// Without a weight behind it: "income.roc-auc=2" is "income.roc-auc" and 2.
std::string_view MeasureOf(std::string_view term) {
  const std::size_t equals = term.rfind('=');
  const std::size_t dot = term.rfind('.');
  // A decimal point may stand in the weight, an '=' in the name of a task.
  double weight = 0;
  if (equals == std::string_view::npos) return term;
  const bool is_weight = ParseNumber(term.substr(equals + 1), &weight);
  if (!is_weight && dot != std::string_view::npos && dot > equals) return term;
  return term.substr(0, equals);
}

double WeightOf(std::string_view term, std::string_view measure) {
  if (measure.size() == term.size()) return 1;
  double weight = 0;
  const std::string_view said = term.substr(measure.size() + 1);
  Require(ParseNumber(said, &weight) && std::isfinite(weight) && weight > 0,
          ErrorKind::kUsage,
          Str("--select-on: the weight '", said, "' of '", measure,
              "' is not a number above 0"));
  // Beyond these one measure alone would count, and sums may overflow.
  constexpr double kMost = 1e6;
  Require(weight >= 1 / kMost && weight <= kMost, ErrorKind::kUsage,
          Str("--select-on: the weight '", said, "' of '", measure,
              "' is not between 1e-6 and 1e6"),
          "weights count relative to each other");
  return weight;
}

SelectTerm ParseTerm(std::span<const Task> tasks, std::string_view text) {
  SelectTerm term;
  const std::string_view measure = MeasureOf(text);
  const std::string_view weight = text.substr(measure.size());
  term.weight = WeightOf(text, measure);
  term.text = text;
  if (measure == kLoss) return term;
  const std::size_t dot = measure.rfind('.');
  const std::vector<std::string> names = NamesOf(tasks);
  const std::string name = NameSaid(measure.substr(0, dot), names);
  const auto found = std::ranges::find(names, name);
  if (dot == std::string_view::npos || found == names.end()) {
    Fail(ErrorKind::kUsage,
         Str("--select-on: '", measure, "' is not loss or TASK.METRIC"),
         Str("tasks: ", Join(names, ", ")));
  }
  term.task = found - names.begin();
  Require(
      !tasks[At(term.task)].traits().is_written ||
          measure.substr(dot + 1) == kLoss,
      ErrorKind::kUsage,
      Str("--select-on: the texts of '", name, "' are not written in training"),
      Str("take ", name, ".loss, or loss"));
  term.text = Str(name, measure.substr(dot), weight);
  if (measure.substr(dot + 1) == kLoss) return term;
  term.metric = InContext("--select-on",
                          [&] { return &FindMetric(measure.substr(dot + 1)); });
  const Task& task = tasks[At(term.task)];
  const TaskType type = task.form.value_or(task.type);
  Require(term.metric->applies(type), ErrorKind::kUsage,
          Str("--select-on: ", term.metric->name, " is no metric of ",
              TaskTypeName(type), " tasks such as '", name, "'"));
  return term;
}

// Terms between commas. A name of a task may have some, as it is where nothing
// else is said, or as "\\,".
std::vector<std::string> TermsOf(std::string_view select_on,
                                 std::span<const std::string> names) {
  const std::string_view whole = MeasureOf(select_on);
  const std::size_t dot = std::min(whole.rfind('.'), whole.size());
  const std::string name = NameSaid(whole.substr(0, dot), names);
  const bool ends = select_on.find(',', dot) == std::string_view::npos;
  if (ends && std::ranges::find(names, name) != names.end()) {
    return {std::string(select_on)};
  }
  std::vector<std::string> terms;
  for (const std::string& term : SplitNames(select_on)) {
    terms.emplace_back(Trim(term));
  }
  return terms;
}

std::vector<SelectTerm> DecisionsOf(std::span<const Task> tasks) {
  std::vector<SelectTerm> terms;
  for (const Task& task : tasks) {
    const HeadTraits& traits = task.traits();
    if (traits.is_written) continue;
    SelectTerm& term = terms.emplace_back();
    term.task = &task - tasks.data();
    term.metric = &FindMetric(traits.is_map        ? "dice"
                              : traits.of_tokens   ? "token-accuracy"
                              : traits.one_class   ? "accuracy"
                              : traits.has_classes ? "hamming-loss"
                                                   : "mae");
    term.text = Str(task.name, ".", term.metric->name);
    term.where_defined = true;
  }
  return terms;
}

}  // namespace

std::vector<SelectTerm> ParseSelectOn(std::span<const Task> tasks,
                                      std::string_view select_on) {
  if (select_on == kSelectDecisions) return DecisionsOf(tasks);
  std::vector<SelectTerm> terms;
  for (const std::string& text : TermsOf(select_on, NamesOf(tasks))) {
    terms.push_back(ParseTerm(tasks, text));
    const SelectTerm& last = terms.back();
    for (std::size_t i = 0; i + 1 < terms.size(); ++i) {
      Require(terms[i].task != last.task || terms[i].metric != last.metric,
              ErrorKind::kUsage,
              Str("--select-on: '", MeasureOf(text), "' comes twice"),
              "name each measure once, with its weight");
    }
  }
  Require(!terms.empty(), ErrorKind::kUsage, "--select-on is empty",
          "give loss, or TASK.METRIC");
  return terms;
}

std::vector<std::string> TasksSelectedOn(std::string_view select_on,
                                         std::span<const std::string> names) {
  std::vector<std::string> tasks;
  if (select_on == kSelectDecisions) return tasks;
  for (const std::string& text : TermsOf(select_on, names)) {
    const std::string_view measure = MeasureOf(text);
    if (measure == kLoss) continue;
    tasks.push_back(NameSaid(measure.substr(0, measure.rfind('.')), names));
  }
  return tasks;
}

MetricTerms::MetricTerms(std::span<const Task> tasks,
                         std::vector<SelectTerm> terms)
    : tasks_(tasks.begin(), tasks.end()), terms_(std::move(terms)) {
  Clear();
}

void MetricTerms::LeaveOut(std::size_t term) {
  terms_.erase(terms_.begin() + static_cast<std::ptrdiff_t>(term));
  Clear();
}

void MetricTerms::Clear() {
  rows_.clear();
  weights_.assign(terms_.size(), {});
  for (const SelectTerm& term : terms_) {
    rows_.push_back(term.metric == nullptr ? MetricRows()
                                           : EmptyRows(tasks_[At(term.task)]));
  }
}

namespace {

// The row of the dataset that each token is of.
std::vector<Index> TextOfTokens(const Batch& batch, const TargetBatch& target) {
  std::vector<Index> texts;
  for (std::size_t row = 0; row < batch.row_numbers.size(); ++row) {
    texts.resize(At(target.row_starts[row + 1]), batch.row_numbers[row]);
  }
  return texts;
}

}  // namespace

void MetricTerms::Add(std::size_t term, const Batch& batch,
                      ConstMatView output) {
  const auto number = At(terms_[term].task);
  const Task& task = tasks_[number];
  link_.resize(At(output.rows * task.prediction_cols()));
  const MatView said = {link_.data(), output.rows, task.prediction_cols()};
  ApplyLink(task, output, said);
  const TargetBatch& target = batch.targets[number];
  truth_.assign(target.target.data, target.target.data + target.target.size());
  const MatView y = {truth_.data(), target.target.rows, target.target.cols};
  task.head().LabelsToUnits(task, y);
  MetricRows& into = rows_[term];
  std::vector<Index> texts;
  std::vector<std::int32_t> tags;
  if (task.traits().of_tokens) {
    texts = TextOfTokens(batch, target);
    tags = DecodeTexts(task.classes, texts,
                       std::vector<double>(said.data, said.data + said.size()));
  }
  for (Index row = 0; row < y.rows; ++row) {
    const Real weight = target.weight[At(row)];
    if (weight <= 0) continue;
    weights_[term].push_back(static_cast<double>(weight));
    into.y.insert(into.y.end(), y.Row(row), y.Row(row) + y.cols);
    into.output.insert(into.output.end(), said.Row(row),
                       said.Row(row) + said.cols);
    if (!texts.empty()) {
      into.texts.push_back(texts[At(row)]);
      into.decoded.push_back(tags[At(row)]);
    }
    if (!batch.groups.empty()) into.groups.push_back(batch.groups[At(row)]);
    ++into.rows;
  }
}

double MetricTerms::Value(std::size_t term) const {
  if (rows_[term].rows == 0) return std::numeric_limits<double>::quiet_NaN();
  return terms_[term].metric->prepare(rows_[term])->Value(weights_[term]);
}

}  // namespace mtlkit
