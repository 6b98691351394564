#include "data/head.h"

#include <cassert>

#include "base/error.h"
#include "base/registry.h"

namespace mtlkit {

#define MTLKIT_REGISTRY HeadEntries
#define MTLKIT_REGISTRY_ENTRY HeadEntry
#define MTLKIT_REGISTRY_LIST "data/heads.def"
#include "base/registry_list.inc"

namespace {

TaskType Parse(std::string_view what, std::string_view name, bool is_type) {
  std::vector<const HeadEntry*> some;
  for (const HeadEntry* entry : HeadEntries()) {
    if (entry->traits.is_type == is_type) some.push_back(entry);
  }
  return TaskType(
      &FindEntry(std::span<const HeadEntry* const>(some), what, name));
}

}  // namespace

std::string_view TaskType::name() const {
  return entry_->name;
}
const HeadTraits& TaskType::traits() const {
  return entry_->traits;
}
const Head& TaskType::head() const {
  return entry_->head;
}

std::string_view TaskTypeName(TaskType type) {
  return type.name();
}

TaskType ParseTaskType(std::string_view name) {
  return Parse("task type", name, true);
}

TaskType ParseForm(std::string_view name) {
  return Parse("form of predictions", name, false);
}

bool Task::is_classification() const {
  return type.traits().has_classes;
}

const HeadTraits& Task::traits() const {
  return form ? form->traits() : type.traits();
}

const Head& Task::head() const {
  return form ? form->head() : type.head();
}

Index Task::target_cols() const {
  return head().target_cols(*this);
}

Index Task::output_cols() const {
  return head().output_cols(*this);
}

Index Task::prediction_cols() const {
  return head().prediction_cols(*this);
}

Index Head::prediction_cols(const Task& task) const {
  return output_cols(task);
}

void Head::LabelsToUnits(const Task& /*task*/, MatView /*labels*/) const {}

void Head::Merge(const Task& task, ConstMatView /*outputs*/,
                 MatView /*merged*/) const {
  Fail(ErrorKind::kBug, Str("outputs of task '", task.name, "' do not merge"));
}

Index Head::PredictedClass(std::span<const float> /*row*/) const {
  assert(false);
  return 0;
}

Index Head::PredictedClass(std::span<const double> /*row*/) const {
  assert(false);
  return 0;
}

bool IsListOfLabels(const Task& task) {
  const bool several = task.is_classification() && !task.traits().one_class;
  return !several && task.target_cols() == 1;
}

bool IsListOfPredictions(const Task& task) {
  const bool several = task.is_classification() && !task.traits().one_class;
  return !several && task.prediction_cols() == 1;
}

}  // namespace mtlkit
