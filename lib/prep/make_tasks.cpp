#include "prep/make_tasks.h"

#include <optional>
#include <utility>
#include <vector>

#include "base/error.h"
#include "base/text.h"
#include "data/head.h"
#include "data/schema.h"
#include "prep/choose_rows.h"
#include "prep/class_order.h"
#include "prep/label_columns.h"
#include "prep/prepare_checks.h"
#include "prep/table_columns.h"
#include "prep/text_columns.h"

namespace mtlkit {
namespace {

class TaskMaker {
 public:
  TaskMaker(const PrepareOptions& options,
            const std::set<std::string>& two_valued, UsedColumns* columns,
            Dataset* table)
      : options_(options),
        two_valued_(two_valued),
        columns_(columns),
        data_(*table) {}

  void Run() {
    std::optional<CodedColumn> by;
    std::string per_column;
    if (!options_.task_per.empty()) {
      Require(!options_.task.empty(), ErrorKind::kUsage,
              "--task-per needs --task", "name the column to predict");
      by = columns_->Take(data_, options_.task_per, "--task-per");
      per_column =
          FindOneColumn(columns_->all(), options_.task_per, "--task-per")[0]
              .name();
    }
    std::vector<LabelledTask> made;
    for (const std::string& text : options_.task) MakeTask(text, &made);
    OrderClasses(options_.classes, &made);
    for (const auto& row : options_.positive) SetPositive(row, &made);
    for (LabelledTask& whole : made) {
      if (!by) {
        Add(std::move(whole));
        continue;
      }
      for (LabelledTask& part : SplitTask(whole, per_column, *by)) {
        Add(std::move(part));
      }
    }
    Require(!data_.tasks.empty(), ErrorKind::kUsage,
            "there is no task: name the columns to predict with --task",
            Str("the table has: ", NamesOfColumns(columns_->all())));
  }

 private:
  void MakeTask(const std::string& text, std::vector<LabelledTask>* made) {
    const TaskRequest request = ParseTaskRequest(text, columns_->all());
    // A task that came with the file may be named; it is kept anyway.
    if (FindTask(data_.tasks, request.pattern) >= 0) {
      Require(!request.type, ErrorKind::kUsage,
              Str("--task ", text, ": the file has this task already"),
              "its type is chosen when the raw table is prepared");
      return;
    }
    std::vector<TableColumn> found;
    for (LabelledTask& task :
         TasksFromColumns(data_, columns_->all(), request, &found)) {
      if (!request.type) RequireBothValues(two_valued_, task.task);
      if (task.task.traits().of_tokens) FindTokens(text, request, &task.task);
      if (task.task.traits().is_written) FindTexts(text, request, &task.task);
      made->push_back(std::move(task));
    }
    // Its own texts are tokens that training reads.
    if (request.type && request.type->traits().is_written) return;
    for (const TableColumn& column : found) {
      Require(column.name() != options_.task_per, ErrorKind::kUsage,
              Str("--task ", text, " takes the column of --task-per"),
              "name another column to predict");
    }
    columns_->Use(found);
  }

  void FindTokens(const std::string& text, const TaskRequest& request,
                  Task* task) const {
    const std::string where = Str("--task ", text);
    Require(options_.task_per.empty(), ErrorKind::kUsage,
            Str(where, " cannot be used with --task-per"),
            "a task of tokens is one task on all rows");
    task->tokens =
        TokensOf(TextRequests(options_),
                 {data_.inputs.begin(), data_.inputs.end()}, request.of, where);
  }

  void FindTexts(const std::string& text, const TaskRequest& request,
                 Task* task) const {
    const std::string where = Str("--task ", text);
    Require(options_.task_per.empty(), ErrorKind::kUsage,
            Str(where, " cannot be used with --task-per"),
            "a text is one task on all rows");
    const WrittenText found = WrittenTextOf(
        TextRequests(options_), {data_.inputs.begin(), data_.inputs.end()},
        task->name, request.of, where);
    task->tokens = found.tokens;
    task->from = found.from;
  }

  void SetPositive(const std::vector<std::string>& row,
                   std::vector<LabelledTask>* made) {
    for (LabelledTask& task : *made) {
      if (task.task.name == row.at(0)) {
        return SetPositiveClass(row.at(1), &task);
      }
    }
    const Index known = FindTask(data_.tasks, row.at(0));
    if (known >= 0) {
      const auto at = static_cast<std::size_t>(known);
      LabelledTask task{data_.tasks[at], data_.labels[at]};
      SetPositiveClass(row.at(1), &task);
      data_.tasks[at] = task.task;
      data_.labels[at] = task.labels;
      return;
    }
    std::vector<std::string> names;
    for (const LabelledTask& task : *made) names.push_back(task.task.name);
    for (const Task& task : data_.tasks) names.push_back(task.name);
    const std::string near = Nearest(row.at(0), names);
    Fail(ErrorKind::kUsage,
         Str("--positive: there is no task '", row.at(0), "'",
             near.empty() ? "" : Str("; did you mean '", near, "'?")),
         Str("the tasks are: ", Join(names, ", ")));
  }

  void Add(LabelledTask task) {
    Require(FindTask(data_.tasks, task.task.name) < 0, ErrorKind::kUsage,
            Str("there are two tasks called '", task.task.name, "'"),
            "each column can be one task");
    data_.tasks.push_back(std::move(task.task));
    data_.labels.push_back(std::move(task.labels));
  }

  const PrepareOptions& options_;
  const std::set<std::string>& two_valued_;
  UsedColumns* columns_;
  Dataset& data_;
};

}  // namespace

void MakeTasks(const PrepareOptions& options,
               const std::set<std::string>& two_valued, UsedColumns* columns,
               Dataset* table) {
  TaskMaker(options, two_valued, columns, table).Run();
}

}  // namespace mtlkit
