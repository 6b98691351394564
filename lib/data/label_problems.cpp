// What is refused and said of unknown labels.
#include <algorithm>
#include <cmath>

#include "base/error.h"
#include "base/text.h"
#include "data/dataset.h"
#include "data/head.h"
#include "data/unknown_labels.h"

namespace mtlkit {
namespace {

constexpr std::size_t kShownNames = 5;

std::string ListNames(const std::vector<std::string>& names) {
  const std::size_t shown = std::min(kShownNames, names.size());
  const std::vector<std::string> first(
      names.begin(), names.begin() + static_cast<Index>(shown));
  return Str("'", Join(first, "', '"), "'", shown < names.size() ? " ..." : "");
}

// Labels of columns of their own have two words each, of which the first
// column's are shown.
bool HasLabelColumns(const Task& task) {
  const LabelSource& source = task.source;
  return !source.columns.empty() && !source.absent.empty() &&
         !source.present.empty();
}

std::string ListClasses(const Task& task) {
  if (!task.is_classification()) return "";
  const std::size_t shown = std::min(std::size_t{20}, task.classes.size());
  const std::vector<std::string> first(
      task.classes.begin(), task.classes.begin() + static_cast<Index>(shown));
  const bool has_columns = HasLabelColumns(task);
  const LabelSource& source = task.source;
  return Str(has_columns ? " (its labels are: " : " (its classes are: ",
             Join(first, ", "), shown < task.classes.size() ? ", ..." : "",
             has_columns ? Str("; column '", source.columns.front(), "' has '",
                               source.absent.front(), "' and '",
                               source.present.front(), "'")
                         : "",
             ")");
}

// Whether the label of a regression is a number that is too large for it.
bool IsTooLarge(const std::string& label) {
  double value = 0;
  return ParseNumber(label, &value) && !std::isnan(value);
}

// Whether all are classes of the task: then no training row had them.
bool KnowsAll(const Task& task, const std::vector<std::string>& names) {
  return std::ranges::all_of(names, [&task](const std::string& name) {
    return FindClass(task, name) >= 0;
  });
}

std::string WhatCounts(const UnknownLabels& unknown) {
  const Index unlabelled = unknown.cells - unknown.partly;
  std::string none =
      unlabelled == 0
          ? ""
          : Str(Counted(unlabelled, "such cell counts", "such cells count"),
                " as not labelled");
  if (unknown.partly == 0) return none;
  return Str(none, none.empty() ? "of " : ", of ",
             Counted(unknown.partly, none.empty() ? "such cell" : "other",
                     none.empty() ? "such cells" : "others"),
             " the known labels count");
}

}  // namespace

void RequireKnownLabels(const Task& task, const Labels& labels) {
  if (labels.unknown.cells == 0) return;
  // Cells that list labels say "not set" of those that are not there.
  const bool lists = !task.source.separator.empty();
  const bool any = std::ranges::any_of(labels.values, [lists](float value) {
    return lists ? value > 0 : !std::isnan(value);
  });
  const std::vector<std::string>& columns = task.source.columns;
  const std::string column = columns.empty() ? task.name : columns.front();
  const bool has_columns = HasLabelColumns(task);
  Require(any, ErrorKind::kBadInput,
          Str("task '", task.name, "': none of its labels is ",
              has_columns                ? "one of the model: "
              : task.is_classification() ? "a class of the model: "
              : IsTooLarge(labels.unknown.names.front())
                  ? "small enough for single precision: "
                  : "a number: ",
              ListNames(labels.unknown.names), ListClasses(task)),
          has_columns
              ? Str("write them as in training (mtl-convert --rename-class), "
                    "or leave them out (mtl-convert --type ",
                    column, "=ignore)")
          : task.is_classification()
              ? Str("write them as in training (mtl-convert --rename-class ",
                    column, " OLD NEW)")
              : "write them as in training");
}

std::string UnknownLabelsText(const Task& task, const UnknownLabels& unknown,
                              bool measured) {
  if (unknown.cells == 0) return "";
  const std::string begin = Str("task '", task.name, "': ");
  if (measured && task.type.traits().one_class) {
    return Str(begin, Counted(unknown.cells, "row has", "rows have"),
               KnowsAll(task, unknown.names)
                   ? " a class that no training row had, "
                   : " a class that the model does not know, ",
               ListNames(unknown.names),
               unknown.cells == 1 ? ": it counts as an error"
                                  : ": they count as errors",
               KnowsAll(task, unknown.names) ? "" : ListClasses(task));
  }
  const bool has_columns = HasLabelColumns(task);
  return Str(begin, "'", unknown.names.front(), "' is ",
             has_columns                ? "no label of the model: "
             : task.is_classification() ? "no class of the model: "
             : IsTooLarge(unknown.names.front())
                 ? "too large for single precision: "
                 : "no number: ",
             WhatCounts(unknown), ListClasses(task));
}

void LeaveOutUnknown(Dataset* dataset, Reporter* reporter) {
  for (std::size_t t = 0; t < dataset->tasks.size(); ++t) {
    const Task& task = dataset->tasks[t];
    Labels& labels = dataset->labels[t];
    if (!labels.values.AnyKnown(0, labels.values.size())) {
      reporter->Warn(Str("task '", task.name, "' has no label in these rows"));
    }
    const std::string problem = UnknownLabelsText(task, labels.unknown, false);
    if (!problem.empty()) reporter->Warn(problem);
    labels.unknown = {};
  }
}

}  // namespace mtlkit
