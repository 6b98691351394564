#include "eval/evaluation_warnings.h"

#include <algorithm>
#include <string>
#include <vector>

#include "base/error.h"
#include "base/text.h"

namespace mtlkit {
namespace {

// Numbers on rows that made the model are better than it is.
void WarnOfSeenRows(const Evaluation& evaluation, std::size_t i,
                    std::vector<std::string>* warnings) {
  const std::string& name = evaluation.models[i];
  const SeenCount& seen = evaluation.seen[i];
  const std::string all = Counted(evaluation.rows, "row", "rows");
  if (seen.trained > 0) {
    warnings->push_back(Str("'", name, "': ", seen.trained, " of ", all,
                            " were trained on: its numbers are too good"));
  }
  const bool on_its_split = !evaluation.split.empty() &&
                            evaluation.selected_on[i] == evaluation.split;
  if (seen.chosen > 0) {
    warnings->push_back(Str("'", name, "': its weights were chosen on ",
                            seen.chosen, " of ", all,
                            ": its numbers are too good"));
  } else if (seen.chosen < 0 && on_its_split) {
    warnings->push_back(Str("the weights of '", name,
                            "' were chosen on the split '", evaluation.split,
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

}  // namespace

void AddWarnings(const JoinedHead& head, Evaluation* evaluation) {
  for (std::size_t i = 0; i < evaluation->models.size(); ++i) {
    WarnOfSeenRows(*evaluation, i, &evaluation->warnings);
  }
  if (head.not_in_truth > 0) {
    evaluation->warnings.push_back(
        Str(head.not_in_truth, " of ",
            Counted(head.rows, "predicted row is", "predicted rows are"),
            " not in the file of --data: without a label, ",
            head.not_in_truth == 1 ? "it is" : "they are", " not measured"));
  }
  for (const TaskResult& task : evaluation->tasks) {
    if (task.is_part) continue;
    if (!task.warning.empty()) evaluation->warnings.push_back(task.warning);
    if (task.unknown > 0) evaluation->warnings.push_back(UnknownText(task));
    if (task.labelled > 0) continue;
    evaluation->warnings.push_back(
        Str("task '", task.task.name, "' has no label in the evaluated rows"));
  }
}

}  // namespace mtlkit
