// Labels of a task that is written otherwise are the same labels.
#include "data/label_map.h"

#include <doctest/doctest.h>

#include <cmath>

#include "base/text.h"
#include "data/small_table.h"

namespace mtlkit {
namespace {

Task TaskOf(std::string_view type, std::vector<std::string> classes = {}) {
  Task task;
  task.name = "t";
  task.type = ParseTaskType(type);
  task.classes = std::move(classes);
  return task;
}

Labels LabelsOf(std::vector<float> values) {
  Labels labels;
  labels.values = std::move(values);
  return labels;
}

std::string Mapped(const Task& from, std::vector<float> values,
                   const Task& to) {
  const Labels labels = MapLabels(from, LabelsOf(std::move(values)), to);
  std::string text;
  for (std::size_t i = 0; i < labels.values.size(); ++i) {
    const float value = labels.values[i];
    const auto& unknown = labels.unknown.places;
    text += i == 0 ? "" : " ";
    text += !std::isnan(value) ? FormatNumber(value)
            : !unknown.empty() && unknown[i] >= 0
                ? labels.unknown.names[At(unknown[i])]
                : "-";
  }
  return text;
}

std::string Refused(const Task& from, std::vector<float> values,
                    const Task& to) {
  return MessageOf([&] { Mapped(from, values, to); });
}

TEST_CASE("classes are the same by name, and by value where they are numbers") {
  CHECK(Mapped(TaskOf("multiclass", {"b", "c", "a"}), {0, 1, 2, kNan},
               TaskOf("multiclass", {"a", "b", "c"})) == "1 2 0 -");
  CHECK(Mapped(TaskOf("multiclass", {"1.0", "2.0", "+3"}), {0, 1, 2},
               TaskOf("multiclass", {"1", "2", "3"})) == "0 1 2");
}

TEST_CASE(
    "a class that the task lacks is an unknown label, not a missing one") {
  CHECK(Mapped(TaskOf("multiclass", {"a", "b", "E"}), {0, 2, kNan, 2, 1},
               TaskOf("multiclass", {"a", "b"})) == "0 E - E 1");
  const Labels labels =
      MapLabels(TaskOf("multiclass", {"a", "b", "E"}), LabelsOf({0, 2, 2}),
                TaskOf("binary", {"a", "b"}));
  CHECK(labels.unknown.cells == 2);
  CHECK(UnknownLabelsText(TaskOf("binary", {"a", "b"}), labels.unknown, true) ==
        "task 't': 2 rows have a class that the model does not know, 'E': they "
        "count as errors (its classes are: a, b)");
}

TEST_CASE("types that say the same are read as each other") {
  const Task two = TaskOf("binary", {"no", "yes"});
  const Task three = TaskOf("multiclass", {"maybe", "no", "yes"});
  CHECK(Mapped(two, {0, 1}, three) == "1 2");
  CHECK(Mapped(three, {1, 2, 0}, two) == "0 1 maybe");
  const Task number = TaskOf("regression");
  const Task digits = TaskOf("multiclass", {"0", "1", "2.5"});
  CHECK(Mapped(number, {2.5F, 1, 7, kNan}, digits) == "2 1 7 -");
  CHECK(Mapped(digits, {2, 0, kNan}, number) == "2.5 0 -");
}

TEST_CASE("what cannot stand for the other is refused") {
  const Task two = TaskOf("binary", {"no", "yes"});
  const Task number = TaskOf("regression");
  CHECK(Refused(two, {0, 1}, number) ==
        "task 't' is regression in the model, but binary in the data");
  CHECK(Refused(TaskOf("binary", {"0", "1"}), {0, 1}, two) ==
        "task 't': none of its labels is a class of the model: '0', '1' (its "
        "classes are: no, yes)");
  CHECK(Refused(TaskOf("multilabel", {"no", "yes"}), {0, 1}, two) ==
        "task 't' is binary in the model, but multilabel in the data");
  CHECK(Refused(TaskOf("ordinal", {"high", "low", "mid"}), {0, 1},
                TaskOf("ordinal", {"low", "mid", "high"})) ==
        "task 't' has its classes in another order: high, low, mid instead of "
        "low, mid, high");
}

TEST_CASE("ordered classes may lack some or have more") {
  const Task scale = TaskOf("ordinal", {"low", "mid", "high"});
  CHECK(Mapped(TaskOf("ordinal", {"low", "high"}), {0, 1}, scale) == "0 2");
  CHECK(Mapped(TaskOf("ordinal", {"low", "high", "top"}), {1, 2}, scale) ==
        "2 top");
}

TEST_CASE(
    "sets of labels follow their names; one that is not there is missing") {
  CHECK(Mapped(TaskOf("multilabel", {"q", "p"}), {1, 0, 0, 1},
               TaskOf("multilabel", {"p", "q", "r"})) == "0 1 - 1 0 -");
  const Labels labels =
      MapLabels(TaskOf("multilabel", {"p", "z"}), LabelsOf({1, 1, 0, 0}),
                TaskOf("multilabel", {"p"}));
  CHECK(labels.unknown.cells == 1);
  CHECK(labels.unknown.names == std::vector<std::string>{"z"});
  CHECK(labels.unknown.places.empty());
}

TEST_CASE("of sets that were listed, one without a known label says nothing") {
  Task from = TaskOf("multilabel", {"p", "y", "z"});
  const Task to = TaskOf("multilabel", {"p"});
  const std::vector<float> sets = {1, 0, 1, 0, 1, 1, 0, 0, 0};
  CHECK(Mapped(from, sets, to) == "1 0 0");
  from.source.separator = ";";
  CHECK(Mapped(from, sets, to) == "1 - 0");
  const UnknownLabels unknown = MapLabels(from, LabelsOf(sets), to).unknown;
  CHECK(unknown.cells == 2);
  CHECK(unknown.partly == 1);
}

TEST_CASE("rows and weights of the labels stay") {
  Labels labels = LabelsOf({1, 0});
  labels.on_all_rows = false;
  labels.rows = {3, 7};
  labels.weights = {2, 5};
  const Labels mapped = MapLabels(TaskOf("binary", {"a", "b"}), labels,
                                  TaskOf("binary", {"b", "a"}));
  CHECK(mapped.rows == labels.rows);
  CHECK(mapped.weights == labels.weights);
  CHECK(!mapped.on_all_rows);
  CHECK(mapped.values == std::vector<float>{0, 1});
}

}  // namespace
}  // namespace mtlkit
