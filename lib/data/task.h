#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/view.h"
#include "data/label_source.h"
#include "data/target_curve.h"

namespace mtlkit {

class Head;
struct HeadEntry;
struct HeadTraits;

// A name of the registry of heads (heads.def): how labels look, what a network
// puts out for them and what that says. A value; compared by identity.
class TaskType {
 public:
  constexpr explicit TaskType(const HeadEntry* entry) : entry_(entry) {}

  std::string_view name() const;
  const HeadTraits& traits() const;
  const Head& head() const;

  friend constexpr bool operator==(TaskType, TaskType) = default;

  // Those that are inferred from columns. Everything else asks traits() and
  // head().
  static const TaskType kRegression;
  static const TaskType kBinary;
  static const TaskType kMulticlass;
  static const TaskType kMultilabel;

 private:
  const HeadEntry* entry_;
};

extern const HeadEntry kRegressionHead;
extern const HeadEntry kBinaryHead;
extern const HeadEntry kMulticlassHead;
extern const HeadEntry kMultilabelHead;

inline constexpr TaskType TaskType::kRegression{&kRegressionHead};
inline constexpr TaskType TaskType::kBinary{&kBinaryHead};
inline constexpr TaskType TaskType::kMulticlass{&kMulticlassHead};
inline constexpr TaskType TaskType::kMultilabel{&kMultilabelHead};

// As in files and flags.
std::string_view TaskTypeName(TaskType type);
// Of a type that a task can be declared with; unknown: kUsage.
TaskType ParseTaskType(std::string_view name);
// Of a form that a loss gives (Task::form); unknown: kUsage.
TaskType ParseForm(std::string_view name);

// What is predicted. Labels are kept apart (dataset.h), so that a model can
// carry its tasks without rows.
struct Task {
  std::string name;
  TaskType type = TaskType::kRegression;
  // binary: {negative, positive}; multi-class: K names; map: of what a pixel
  // can be, the first of them what is no lesion, object, ... ; ordinal: K names
  // from the lowest to the highest; multi-label: the names of the labels. In
  // natural order unless the user chose otherwise.
  std::vector<std::string> classes;
  // Regression only: target columns, and mean and standard deviation of the
  // training labels of each, in original units (empty before preparation).
  // Networks learn (y - mean) / deviation; predictions are given in y's units.
  // Where there are `curves`, y is what they make of labels.
  Index width = 1;
  std::vector<double> mean;
  std::vector<double> deviation;
  // What a network says of the task where its loss asks for something else
  // than the type's own: quantiles, at these levels. Known once the loss is
  // chosen, before the network is built.
  std::optional<TaskType> form = {};
  std::vector<double> levels = {};
  // Where its labels are in a raw table.
  LabelSource source = {};
  // How many training rows each class has, for losses that weigh classes by
  // it: set in training, empty elsewhere, in no file.
  std::vector<double> class_rows = {};
  // Regression only: what labels become before `mean` and `deviation`, which
  // are then those of what they became; one a column, or none.
  std::vector<TargetCurve> curves = {};
  // Maps only (others: 0): lines of pixels, and pixels of a line.
  Index map_height = 0;
  Index map_width = 0;
  // Types of tokens only: the input block whose tokens have labels, or whose
  // texts are written.
  std::string tokens = {};
  // Texts that are written only: the input block that they are made of, and how
  // many codes a token of theirs can have, of which the last is the end (0:
  // before preparation).
  std::string from = {};
  Index codes = 0;

  bool is_classification() const;
  // Of the form, or else of the type.
  const HeadTraits& traits() const;
  const Head& head() const;
  // Columns of a label: 1, except regression (width), multi-label (labels) and
  // maps (pixels).
  Index target_cols() const;
  // Columns that a network's head has, and that a prediction has: see head.h.
  Index output_cols() const;
  Index prediction_cols() const;
};

// Whether predictions of both can stand beside each other: type, columns and
// form agree. Classes may be in another order.
bool IsSameKind(const Task& a, const Task& b);

// Position of `name`, or -1.
Index FindTask(const std::vector<Task>& tasks, std::string_view name);
Index FindClass(const Task& task, std::string_view name);

}  // namespace mtlkit
