#include "prep/known_columns.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "base/options.h"
#include "base/text.h"
#include "data/head.h"
#include "data/schema.h"
#include "prep/date_columns.h"

namespace mtlkit {
namespace {

// Whether a column of numbers would name its classes so.
bool IsPlainNumber(const std::string& text) {
  double value = 0;
  return ParseNumber(text, &value) &&
         (FormatNumber(value) == text ||
          FormatNumber(static_cast<float>(value)) == text);
}

void AddInput(const InputSpec& spec, KnownViews* views) {
  KnownColumns& known = (*views)[ViewOf(spec.name)];
  for (std::size_t col = 0; col < spec.columns.size(); ++col) {
    const std::string& name = spec.columns[col];
    if (spec.kind == InputKind::kCategorical) {
      known.categories.emplace(name, spec.categories[col]);
    } else if (std::ranges::count(spec.dates, name) > 0) {
      known.dates.push_back(name);
    } else {
      known.numbers.insert(name);
    }
  }
}

// Classes that are plain numbers may be of a column of numbers, which are
// compared by value.
void AddTask(const Task& task, KnownColumns* known) {
  if (!task.is_classification() || !task.traits().one_class) return;
  std::vector<std::string> classes = task.classes;
  classes.insert(classes.end(), task.source.dropped.begin(),
                 task.source.dropped.end());
  if (std::ranges::all_of(classes, IsPlainNumber)) return;
  const auto& columns = task.source.columns;
  const std::string& name = columns.empty() ? task.name : columns.front();
  const bool is_input = std::ranges::count(known->dates, name) > 0 ||
                        known->numbers.count(name) > 0;
  if (!is_input) known->categories.emplace(name, std::move(classes));
}

}  // namespace

KnownViews ColumnsKnown(const TransformRecords& transforms,
                        const Schema& schema) {
  std::vector<InputSpec> inputs = schema.inputs;
  if (!transforms.empty()) {
    const std::optional<SelectedInputs> table = TableBehind(transforms);
    inputs = table ? table->blocks : std::vector<InputSpec>();
  }
  KnownViews views;
  for (const InputSpec& spec : inputs) AddInput(spec, &views);
  if (views.empty()) views[""] = {};
  for (const Task& task : schema.tasks) {
    for (auto& [view, known] : views) AddTask(task, &known);
  }
  return views;
}

}  // namespace mtlkit
