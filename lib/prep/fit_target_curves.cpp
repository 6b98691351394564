#include "prep/fit_target_curves.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "base/error.h"
#include "base/options.h"
#include "base/reporter.h"
#include "base/text.h"
#include "data/head.h"
#include "data/schema.h"
#include "data/task_families.h"
#include "prep/lessons.h"

namespace mtlkit {
namespace {

// What takes a transform away that a pattern gave.
constexpr std::string_view kNoCurve = "none";

bool HasNumbers(const Task& task) {
  return !task.is_classification() && task.type.traits().scales_labels;
}

struct CurveRequest {
  std::vector<Index> tasks;
  std::string name;  // kNoCurve: none
};

std::string ParseCurveName(const std::string& name, const std::string& where) {
  std::vector<std::string> names = TargetCurveNames();
  names.emplace_back(kNoCurve);
  const std::string near = Nearest(name, names);
  Require(std::ranges::count(names, name) > 0, ErrorKind::kUsage,
          Str(where, ": there is no target transform '", name, "'",
              near.empty() ? "" : Str("; did you mean '", near, "'?")),
          Str("known: ", Join(names, ", ")));
  return name;
}

// The tasks that a request names. A name has to be of a regression; of those
// that a pattern fits the others are left out, and added to `others`.
CurveRequest ParseCurveRequest(const std::string& text,
                               const std::vector<Task>& tasks,
                               std::vector<std::string>* others) {
  const std::string where = Str("--target-transform ", text);
  const std::size_t at = text.rfind('=');
  Require(at != std::string::npos && at > 0, ErrorKind::kUsage,
          Str(where, " is not TASK=NAME"),
          "for example --target-transform price=log");
  CurveRequest request = {{}, ParseCurveName(text.substr(at + 1), where)};
  const std::string said = text.substr(0, at);
  const std::vector<std::string> known = NamesOf(tasks);
  std::vector<std::string> unfit;
  std::string type;
  bool is_name = false;
  for (std::size_t i = 0; i < tasks.size(); ++i) {
    const bool is_it = tasks[i].name == said;
    if (!is_it && !MatchesPattern(said, tasks[i].name)) continue;
    is_name = is_name || is_it;
    if (HasNumbers(tasks[i])) {
      request.tasks.push_back(static_cast<Index>(i));
    } else {
      unfit.push_back(tasks[i].name);
      type = TaskTypeName(tasks[i].type);
    }
  }
  const std::string near = Nearest(said, known);
  Require(!request.tasks.empty() || !unfit.empty(), ErrorKind::kUsage,
          Str(where, ": there is no task '", said, "'",
              near.empty() ? "" : Str("; did you mean '", near, "'?")),
          "it takes the name of a task, or a pattern");
  const bool is_right = is_name ? unfit.empty() : !request.tasks.empty();
  Require(is_right, ErrorKind::kUsage,
          unfit.size() > 1
              ? Str(where, ": none of the tasks '", Join(unfit, "', '"),
                    "' is a regression")
              : Str(where, ": task '", Join(unfit, ""), "' is ", type),
          "only the labels of regressions are transformed");
  if (request.name != kNoCurve) {
    others->insert(others->end(), unfit.begin(), unfit.end());
  }
  return request;
}

// All labels, whatever row they are of, have to be in the domain.
void RequireDomain(const Dataset& dataset, Index i, const std::string& name) {
  const TargetCurve curve{.name = name};
  const LabelView labels(dataset, i);
  for (Index place = 0; place < labels.places(); ++place) {
    for (Index col = 0; col < labels.cols(); ++col) {
      const float label = labels.Value(place, col);
      if (std::isnan(label) || static_cast<double>(label) > curve.above()) {
        continue;
      }
      Fail(ErrorKind::kBadInput,
           Str("task '", labels.task().name, "', row '",
               IdText(dataset.ids, labels.RowOf(place)), "': label ",
               FormatNumber(label), " is not above ", curve.above(),
               ", as --target-transform ", name, " needs it"),
           name == "log1p" ? "quantile takes any label"
                           : "log1p takes labels above -1, quantile any");
    }
  }
}

// Sets the curves of tasks that share them.
void FitCurves(const std::vector<bool>& is_training,
               const std::vector<Index>& tasks, const std::string& name,
               Dataset* dataset) {
  std::vector<TargetCurve> curves;
  for (Index col = 0; col < dataset->tasks[At(tasks[0])].width; ++col) {
    std::vector<double> labels;
    for (const Index i : tasks) {
      const LabelView view(*dataset, i);
      Lessons(is_training, view, col).ForEach([&](double label) {
        labels.push_back(label);
      });
    }
    // A task without a label is an error of its own.
    if (labels.empty()) return;
    curves.push_back(FitTargetCurve(name, std::move(labels)));
  }
  for (const Index i : tasks) dataset->tasks[At(i)].curves = curves;
}

}  // namespace

void FitTargetCurves(const std::vector<std::string>& requests,
                     const std::vector<Index>& train, Dataset* dataset,
                     Reporter* reporter) {
  std::vector<Task>& tasks = dataset->tasks;
  std::vector<std::string> names;
  for (const Task& task : tasks) {
    names.push_back(task.curves.empty() ? "" : task.curves[0].name);
  }
  for (const std::string& text : requests) {
    std::vector<std::string> others;
    const CurveRequest request = ParseCurveRequest(text, tasks, &others);
    for (const Index i : request.tasks) {
      names[At(i)] = request.name == kNoCurve ? "" : request.name;
    }
    if (others.empty() || reporter == nullptr) continue;
    reporter->Note(Str("--target-transform ", text, " leaves out '",
                       Join(others, "', '"), "', whose labels are no numbers"));
  }
  for (std::size_t i = 0; i < tasks.size(); ++i) {
    if (names[i].empty()) tasks[i].curves.clear();
  }
  const std::vector<bool> is_training = MarkRows(train, dataset->rows);
  // Whatever they had before: families are to have one curve.
  std::vector<Task> bare = tasks;
  for (Task& task : bare) task.curves.clear();
  std::vector<std::vector<Index>> shared = MembersOfFamilies(bare);
  const std::vector<Index> family_of = TaskFamilies(bare);
  for (std::size_t i = 0; i < tasks.size(); ++i) {
    if (family_of[i] < 0) shared.push_back({static_cast<Index>(i)});
  }
  for (const std::vector<Index>& members : shared) {
    for (const std::string& name : TargetCurveNames()) {
      std::vector<Index> own;
      std::ranges::copy_if(members, std::back_inserter(own),
                           [&](Index i) { return names[At(i)] == name; });
      if (own.empty()) continue;
      for (const Index i : own) RequireDomain(*dataset, i, name);
      FitCurves(is_training, own, name, dataset);
    }
  }
}

}  // namespace mtlkit
