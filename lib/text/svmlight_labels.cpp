#include "text/svmlight_labels.h"

#include <algorithm>
#include <charconv>
#include <cmath>

#include "base/error.h"
#include "base/text.h"
#include "data/head.h"
#include "data/schema.h"

namespace mtlkit {
namespace {

std::vector<std::string> TaskNames(const Dataset& dataset) {
  std::vector<std::string> names;
  for (const Task& task : dataset.tasks) names.push_back(task.name);
  return names;
}

[[noreturn]] void FailTask(const Dataset& dataset, const std::string& task) {
  const std::vector<std::string> names = TaskNames(dataset);
  Require(!task.empty(), ErrorKind::kUsage,
          "SVMlight has the labels of one task",
          names.empty() ? "name the column of labels with --task COLUMN"
                        : Str("choose with --task: ", Join(names, ", ")));
  Fail(ErrorKind::kUsage,
       Str("--task: there is no task or column '", task, "'"),
       names.empty() ? "" : Str("tasks: ", Join(names, ", ")));
}

}  // namespace

SvmlightLabels::SvmlightLabels(const Dataset& dataset, const std::string& task)
    : name_(task) {
  const std::vector<Task>& tasks = dataset.tasks;
  const auto found = std::ranges::find(tasks, task, &Task::name);
  if (found != tasks.end()) {
    TakeTask(dataset, found - tasks.begin());
  } else if (task.empty() && tasks.size() == 1) {
    TakeTask(dataset, 0);
  } else if (!TakeColumn(dataset, task)) {
    FailTask(dataset, task);
  }
}

void SvmlightLabels::TakeTask(const Dataset& dataset, Index task) {
  labels_.emplace(dataset, task);
  name_ = labels_->task().name;
  Require(labels_->task().is_classification() || labels_->cols() == 1,
          ErrorKind::kUsage,
          Str("task '", name_, "' has ", labels_->cols(),
              " numbers a row, and SVMlight has one"),
          "choose another task, or --to csv");
  TakeClasses(labels_->task().classes);
}

bool SvmlightLabels::TakeColumn(const Dataset& dataset,
                                const std::string& name) {
  for (const InputBlock& block : dataset.inputs) {
    if (block.kind == InputKind::kSparse) continue;
    const std::string view = ViewOf(block.name);
    for (Index i = 0; i < std::ssize(block.columns); ++i) {
      const std::string& column = block.columns[At(i)];
      if (column != name && (view.empty() || view + "." + column != name)) {
        continue;
      }
      Require(column_.block == nullptr, ErrorKind::kUsage,
              Str("--task: several views have a column '", name, "'"),
              "name it as VIEW.COLUMN");
      column_ = {&block, i};
    }
  }
  if (column_.block == nullptr) return false;
  if (column_.block->kind == InputKind::kCategorical) {
    TakeClasses(column_.block->categories[At(column_.column)]);
  }
  return true;
}

void SvmlightLabels::TakeClasses(const std::vector<std::string>& classes) {
  classes_ = &classes;
  words_ = classes;
  const bool is_list = labels_ && !labels_->task().traits().one_class;
  is_numbered_ = !std::ranges::all_of(classes, [&](const std::string& name) {
    double number = 0;
    long long whole = 0;
    return is_list ? ParseInteger(name, &whole) && whole >= 0
                   : ParseNumber(name, &number);
  });
  for (std::size_t i = 0; is_numbered_ && i < words_.size(); ++i) {
    words_[i] = Str(i);
  }
}

bool SvmlightLabels::AppendCell(double value, std::string* text) const {
  if (std::isnan(value)) return false;
  if (words_.empty()) {
    char digits[32];
    // Labels are single precision, whose shortest text is shorter.
    const auto number = static_cast<float>(value);
    const bool is_single = static_cast<double>(number) == value;
    const auto end =
        is_single ? std::to_chars(digits, digits + sizeof digits, number).ptr
                  : std::to_chars(digits, digits + sizeof digits, value).ptr;
    text->append(digits, end);
  } else {
    *text += words_[static_cast<std::size_t>(value)];
  }
  return true;
}

bool SvmlightLabels::Append(Index row, std::string* text) const {
  if (const InputBlock* block = column_.block) {
    const Index at = row * block->cols + column_.column;
    if (block->kind == InputKind::kCategorical) {
      const std::int32_t code = block->codes[at];
      return code >= 0 && AppendCell(code, text);
    }
    return AppendCell(
        block->wide.empty() ? double{block->dense[at]} : block->wide[at], text);
  }
  const Index place = labels_->PlaceOf(row);
  if (place < 0) return false;
  const bool is_list = labels_->task().is_classification() &&
                       !labels_->task().traits().one_class;
  if (!is_list) return AppendCell(labels_->Value(place, 0), text);
  if (!labels_->HasLabel(place)) return false;
  const char* comma = "";
  for (Index col = 0; col < labels_->cols(); ++col) {
    if (!(labels_->Value(place, col) > 0)) continue;
    *text += comma;
    *text += words_[At(col)];
    comma = ",";
  }
  return true;
}

void SvmlightLabels::Note(Reporter* reporter) const {
  constexpr std::size_t kMostNamed = 20;
  if (!is_numbered_) return;
  std::vector<std::string> pairs;
  for (std::size_t i = 0; i < std::min(words_.size(), kMostNamed); ++i) {
    pairs.push_back(Str(words_[i], " = ", (*classes_)[i]));
  }
  if (words_.size() > kMostNamed) pairs.emplace_back("...");
  reporter->Note(Str("labels of '", name_, "': ", Join(pairs, ", ")));
}

}  // namespace mtlkit
