#include "nn/loss.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <set>

#include "base/error.h"
#include "base/registry.h"
#include "base/text.h"
#include "data/head.h"
#include "data/label_view.h"

namespace mtlkit {

#define MTLKIT_REGISTRY LossEntries
#define MTLKIT_REGISTRY_ENTRY LossEntry
#define MTLKIT_REGISTRY_LIST "nn/losses.def"
#include "base/registry_list.inc"

namespace {

std::string LossesOf(TaskType type) {
  std::vector<std::string> names;
  for (const LossEntry* entry : LossEntries()) {
    if (!entry->soft && entry->Accepts(type)) names.emplace_back(entry->name);
  }
  return Join(names, ", ");
}

// Sets the choice of every task that `pattern` names; whether there is one.
bool Choose(const std::vector<Task>& tasks, std::string_view pattern,
            const Choice& choice, std::vector<Choice>* choices) {
  const Index exact = FindTask(tasks, pattern);
  if (exact >= 0) {
    (*choices)[At(exact)] = choice;
    return true;
  }
  bool found = false;
  for (std::size_t i = 0; i < tasks.size(); ++i) {
    if (!MatchesPattern(pattern, tasks[i].name)) continue;
    (*choices)[i] = choice;
    found = true;
  }
  return found;
}

[[noreturn]] void FailNoTask(const std::vector<Task>& tasks,
                             std::string_view pattern) {
  const std::vector<std::string> names = NamesOf(tasks);
  const std::string nearest = Nearest(pattern, names);
  Fail(ErrorKind::kUsage,
       Str("--loss: there is no task '", pattern, "'",
           nearest.empty() ? "" : Str("; did you mean '", nearest, "'?")),
       Str("tasks: ", Join(names, ", ")));
}

const LossEntry& FittingLoss(const Task& task, const Choice& choice) {
  const LossEntry& entry = FindLoss(choice.name);
  Require(entry.Accepts(task.type), ErrorKind::kUsage,
          Str("'", choice.name, "' does not fit task '", task.name,
              "', which is ", TaskTypeName(task.type)),
          Str("fitting: ", LossesOf(task.type)));
  return entry;
}

std::string FormText(const Task& task) {
  if (!task.form) return "a value for each column";
  std::vector<std::string> levels;
  for (const double level : task.levels) levels.push_back(FormatNumber(level));
  return Str(task.form->name(), levels.empty() ? "" : " ", Join(levels, "/"));
}

// A network is built for one form of outputs.
void RequireForm(const LossEntry& entry, const Task& task, const Choice& choice,
                 const std::string& where) {
  Task shaped = task;
  shaped.form.reset();
  shaped.levels.clear();
  if (entry.shape != nullptr) entry.shape(choice, where, &shaped);
  Require(IsSameKind(shaped, task), ErrorKind::kUsage,
          Str("'", choice.name, "' wants other outputs of task '", task.name,
              "' than the network has (", FormText(shaped), "; not ",
              FormText(task), ")"),
          "train a network with this loss from the beginning");
}

// A loss towards another model's outputs is no task's own.
void RequireOfLabels(const Task& task, const Choice& choice) {
  Require(!FittingLoss(task, choice).soft, ErrorKind::kUsage,
          Str("'", choice.name, "' needs another model's outputs, not labels"),
          Str("fitting: ", LossesOf(task.type)));
}

std::string FirstDefault(const std::vector<Task>& tasks) {
  return tasks.empty()
             ? "TASK=NAME"
             : Str(tasks.front().name, "=", DefaultLoss(tasks.front().type));
}

// One choice a task, from texts as of `--loss`; none of them soft.
std::vector<Choice> ChooseLosses(const std::vector<Task>& tasks,
                                 const std::vector<std::string>& texts) {
  std::vector<Choice> choices;
  choices.reserve(tasks.size());
  for (const Task& task : tasks) {
    choices.push_back({std::string(DefaultLoss(task.type)), {}});
  }
  std::set<std::string> seen;
  for (const std::string& text : texts) {
    const std::size_t equals = text.find('=');
    Require(equals != std::string::npos && equals > 0, ErrorKind::kUsage,
            Str("--loss: '", text, "' is not TASK=NAME"),
            Str("write TASK=NAME[:option=value,...], as in --loss '",
                FirstDefault(tasks), "'; --list losses names all"));
    const std::string pattern = text.substr(0, equals);
    Require(seen.insert(pattern).second, ErrorKind::kUsage,
            Str("--loss: '", pattern, "' is given twice"));
    const Choice choice = ParseChoice(text.substr(equals + 1), "--loss");
    if (!Choose(tasks, pattern, choice, &choices)) FailNoTask(tasks, pattern);
  }
  for (std::size_t i = 0; i < tasks.size(); ++i) {
    InContext("--loss", [&] { RequireOfLabels(tasks[i], choices[i]); });
  }
  return choices;
}

}  // namespace

bool LossEntry::Accepts(TaskType type) const {
  return types.empty() ||
         std::find(types.begin(), types.end(), type.name()) != types.end();
}

const LossEntry& FindLoss(std::string_view name) {
  return FindEntry(LossEntries(), "loss", name);
}

std::string_view DefaultLoss(TaskType type) {
  return type.traits().default_loss;
}

std::unique_ptr<Loss> MakeLoss(const Task& task, const Choice& choice,
                               const std::string& where) {
  return InContext(where, [&] {
    const LossEntry& entry = FittingLoss(task, choice);
    const std::string name = Str("task '", task.name, "'");
    if (!entry.soft) RequireForm(entry, task, choice, name);
    if (task.traits().is_map && entry.of_pixels) {
      return MakeLossOfPixels(task, choice, name);
    }
    return entry.make(choice, name, task);
  });
}

std::vector<std::unique_ptr<Loss>> MakeLosses(
    const std::vector<Task>& tasks, const std::vector<std::string>& texts) {
  const std::vector<Choice> choices = ChooseLosses(tasks, texts);
  std::vector<std::unique_ptr<Loss>> losses;
  for (std::size_t i = 0; i < tasks.size(); ++i) {
    losses.push_back(MakeLoss(tasks[i], choices[i]));
  }
  return losses;
}

std::vector<Task> ShapeTasks(std::vector<Task> tasks,
                             const std::vector<std::string>& texts) {
  const std::vector<Choice> choices = ChooseLosses(tasks, texts);
  for (std::size_t i = 0; i < tasks.size(); ++i) {
    Task& task = tasks[i];
    InContext("--loss", [&] {
      const LossEntry& entry = FittingLoss(task, choices[i]);
      task.form.reset();
      task.levels.clear();
      if (entry.shape == nullptr) return;
      entry.shape(choices[i], Str("task '", task.name, "'"), &task);
    });
  }
  return tasks;
}

namespace {

// Labels of other rows than those that a target transform was fitted to.
void RequireInCurve(const Task& task, Index row, Index col, float label) {
  if (task.curves.empty()) return;
  const TargetCurve& curve = task.curves[At(col)];
  Require(static_cast<double>(label) > curve.above(), ErrorKind::kBadInput,
          Str("task '", task.name, "', row ", row, ": label ", label,
              " is not above ", curve.above(), ", as its target transform '",
              curve.name, "' needs it"),
          "leave such labels out, or prepare without --target-transform");
}

// That a loss that compares rows of a group finds groups of several.
void RequireGroups(const Dataset& dataset, const LabelView& labels) {
  const std::string task = Str("task '", labels.task().name, "'");
  Require(!dataset.groups.empty(), ErrorKind::kBadInput,
          Str(task, " is ranked within groups of rows, and there are none"),
          "prepare with mtl-prep --group COLUMN, or choose --loss squared");
  std::map<std::int64_t, Index> sizes;
  for (const std::int64_t group : dataset.groups) ++sizes[group];
  for (Index place = 0; place < labels.places(); ++place) {
    const Index row = labels.RowOf(place);
    if (!labels.HasLabel(place) || sizes[dataset.groups[At(row)]] > 1) continue;
    Fail(ErrorKind::kBadInput,
         Str(task, ", row '", IdText(dataset.ids, row),
             "': a group of one for ranking: there is no other row to compare "
             "it with"),
         "leave such rows out, or choose --loss squared for this task");
  }
}

}  // namespace

void RequireLearnable(const Dataset& dataset, const std::vector<Task>& tasks,
                      const std::vector<std::string>& texts) {
  const auto losses = MakeLosses(tasks, texts);
  for (std::size_t t = 0; t < tasks.size(); ++t) {
    const LabelBounds bounds = losses[t]->label_bounds();
    const LabelView labels(dataset, static_cast<Index>(t));
    if (losses[t]->coupling() == RowCoupling::kGroups) {
      RequireGroups(dataset, labels);
    }
    for (Index place = 0; place < labels.places(); ++place) {
      for (Index col = 0; col < labels.cols(); ++col) {
        const float label = labels.Value(place, col);
        if (std::isnan(label)) continue;
        RequireInCurve(tasks[t], labels.RowOf(place), col, label);
        if (bounds.Hold(static_cast<double>(label))) continue;
        Fail(ErrorKind::kBadInput,
             Str("task '", tasks[t].name, "', row ", labels.RowOf(place),
                 ": label ", label,
                 bounds.above ? " is not above " : " is below ", bounds.least,
                 ", and its loss has a log of it"),
             "choose another loss (--loss), or leave such labels out");
      }
    }
  }
}

bool AnyCouples(std::span<const std::unique_ptr<Loss>> losses,
                RowCoupling coupling) {
  return std::ranges::any_of(losses, [coupling](const auto& loss) {
    return loss->coupling() == coupling;
  });
}

double Loss::Divisor(const LossArgs& args) const {
  return SumRows(args.weight);
}

double SumRows(std::span<const Real> rows) {
  double sum = 0;
  for (const Real row : rows) sum += static_cast<double>(row);
  return sum;
}

}  // namespace mtlkit
