#include "prep/prepare.h"

#include <algorithm>
#include <cmath>
#include <iterator>
#include <optional>
#include <set>
#include <utility>

#include "base/error.h"
#include "base/text.h"
#include "data/block_kind.h"
#include "data/blocks.h"
#include "data/head.h"
#include "data/schema.h"
#include "prep/apply_transforms.h"
#include "prep/choose_rows.h"
#include "prep/class_order.h"
#include "prep/column_warnings.h"
#include "prep/drop_classes.h"
#include "prep/fit_inputs.h"
#include "prep/fold_tasks.h"
#include "prep/hide_labels.h"
#include "prep/images.h"
#include "prep/label_columns.h"
#include "prep/prepare_checks.h"
#include "prep/split.h"
#include "prep/stratify.h"
#include "prep/table_columns.h"

namespace mtlkit {
namespace {

// One preparation under way. The steps are called in the order in which they
// stand here.
class Preparation {
 public:
  Preparation(Dataset table, const PrepareOptions& options, Seed seed,
              Reporter* reporter)
      : options_(options),
        seed_(seed),
        reporter_(reporter),
        data_(std::move(table)) {}

  Prepared Run() {
    ChooseRows();
    ChooseOtherBlocks();
    columns_ = ListColumns(data_.inputs);
    RequireLabelsWithin(data_.tasks, data_.rows, options_.max_size);
    MakeTasks();
    for (const std::string& request : options_.drop_class)
      DropClass(request, &data_);
    if (options_.min_class_rows > 0) {
      DropRareClasses(options_.min_class_rows, &data_, reporter_);
    }
    ReadRowColumns();
    MakeSplits();
    WarnOfCutGroups(data_, reporter_);
    std::vector<Index> rest;
    const std::vector<Index>& train = TrainingRowsOf(data_, &rest);
    for (const std::string& request : options_.hide_labels)
      HideLabels(request, train, seed_, &data_);
    for (const std::string& request : options_.keep_labels) {
      KeepLabels(request, train, seed_, &data_, reporter_);
    }
    FitTasks(train, &data_, reporter_);
    RequireFoldTasks(train, data_);
    FitImages(train, &data_);
    LeaveTable();
    Transforms transforms = TransformsFor(train);
    std::vector<InputSpec> inputs = TransformedRows(transforms, data_).specs();
    std::ranges::copy(OtherBlocks(data_.inputs), std::back_inserter(inputs));
    Require(!inputs.empty(), ErrorKind::kBadInput,
            "there is no input to learn from",
            "every column is a task, is left out, or has another use; or the "
            "file has tasks only");
    RequireWithin(inputs, data_.rows, options_.max_size);
    RequireSparseWithin(inputs, data_, transforms, options_.max_size);
    return {std::move(data_), std::move(transforms), std::move(inputs)};
  }

 private:
  void ChooseRows() {
    if (!options_.rows.empty() || !options_.sample.empty()) {
      two_valued_ = TwoValuedTasks(data_, options_);
    }
    if (!options_.rows.empty()) {
      data_ = GatherRows(data_, RowsWhere(data_, options_.rows));
    }
    if (!options_.sample.empty()) {
      data_ = GatherRows(data_, SampleRows(data_.rows, options_.sample, seed_));
    }
    Require(data_.rows > 0, ErrorKind::kBadInput, "the table has no rows");
  }

  // A column that is not an input any more, for the flag that uses it.
  CodedColumn UseColumn(const std::string& name, std::string_view flag) {
    const auto found = FindOneColumn(columns_, name, flag);
    Use(found);
    return CodeColumns(data_, found);
  }

  void Use(const std::vector<TableColumn>& columns) {
    for (const TableColumn& column : columns) used_.insert(column.ref);
  }

  void MakeTasks() {
    std::optional<CodedColumn> by;
    std::string per_column;
    if (!options_.task_per.empty()) {
      Require(!options_.task.empty(), ErrorKind::kUsage,
              "--task-per needs --task", "name the column to predict");
      by = UseColumn(options_.task_per, "--task-per");
      per_column =
          FindOneColumn(columns_, options_.task_per, "--task-per")[0].name();
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
            Str("the table has: ", NamesOfColumns(columns_)));
  }

  void MakeTask(const std::string& text, std::vector<LabelledTask>* made) {
    const TaskRequest request = ParseTaskRequest(text, columns_);
    // A task that came with the file may be named; it is kept anyway.
    if (FindTask(data_.tasks, request.pattern) >= 0) {
      Require(!request.type, ErrorKind::kUsage,
              Str("--task ", text, ": the file has this task already"),
              "its type is chosen when the raw table is prepared");
      return;
    }
    std::vector<TableColumn> found;
    for (LabelledTask& task :
         TasksFromColumns(data_, columns_, request, &found)) {
      if (!request.type) RequireBothValues(two_valued_, task.task);
      made->push_back(std::move(task));
    }
    for (const TableColumn& column : found) {
      Require(column.name() != options_.task_per, ErrorKind::kUsage,
              Str("--task ", text, " takes the column of --task-per"),
              "name another column to predict");
    }
    Use(found);
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

  // Groups, weights and splits that come from columns.
  void ReadRowColumns() {
    if (!options_.group.empty()) {
      const CodedColumn coded = UseColumn(options_.group, "--group");
      data_.groups.clear();
      for (std::size_t row = 0; row < coded.codes.size(); ++row) {
        RequireKnown(coded, row, options_.group, "--group");
        data_.groups.push_back(coded.codes[row]);
      }
    }
    if (!options_.weight.empty()) ReadWeights();
    if (!options_.split_from.empty()) ReadSplits();
  }

  void RequireKnown(const CodedColumn& coded, std::size_t row,
                    const std::string& column, std::string_view flag) const {
    if (coded.codes[row] >= 0) return;
    Fail(ErrorKind::kBadInput,
         Str(flag, ": column '", column, "' has no value in row '",
             IdText(data_.ids, static_cast<Index>(row)), "'"));
  }

  void ReadWeights() {
    const auto found = FindOneColumn(columns_, options_.weight, "--weight");
    Require(used_.count(found[0].ref) == 0, ErrorKind::kUsage,
            Str("--weight ", options_.weight, ": the column is a task"),
            "weights come from another column");
    Use(found);
    const InputBlock& block = data_.inputs[found[0].block];
    data_.weights.clear();
    for (Index row = 0; row < data_.rows; ++row) {
      const double weight = CellNumber(block, row, found[0].col);
      if (!(weight >= 0) || std::isinf(static_cast<float>(weight))) {
        Fail(ErrorKind::kBadInput,
             Str("--weight: column '", options_.weight, "', row '",
                 IdText(data_.ids, row),
                 "' is not a number from 0 on, or too large"));
      }
      data_.weights.push_back(static_cast<float>(weight));
    }
    for (Task& task : data_.tasks) task.source.weight = options_.weight;
  }

  void ReadSplits() {
    const CodedColumn coded = UseColumn(options_.split_from, "--split-from");
    data_.splits.clear();
    for (std::size_t row = 0; row < coded.codes.size(); ++row) {
      if (coded.codes[row] < 0) continue;
      const auto code = static_cast<std::size_t>(coded.codes[row]);
      data_.splits[coded.names[code]].push_back(static_cast<Index>(row));
    }
  }

  void MakeSplits() {
    const SplitMethod method = MethodOfSplits();
    std::vector<SplitPart> parts;
    for (const std::string& text : options_.split) {
      parts.push_back(ParseSplitPart(text));
    }
    RequireRefit(data_, !parts.empty() || !options_.split_from.empty());
    if (!parts.empty()) AddSplits(parts, method, seed_, &data_);
    if (options_.folds > 0) {
      Require(options_.folds > 1, ErrorKind::kUsage,
              "--folds 1 would hold out every row", "make at least 2");
      AddFolds(options_.folds, method, seed_, &data_);
    }
  }

  SplitMethod MethodOfSplits() {
    SplitMethod method;
    Require(options_.stratify.empty() || !options_.split.empty() ||
                options_.folds > 0,
            ErrorKind::kUsage, "--stratify has no effect",
            "it is for --split and --folds");
    const bool grouped = !data_.groups.empty();
    Require(!grouped || options_.stratify.empty(), ErrorKind::kUsage,
            "--stratify cannot be combined with groups",
            "rows of a group stay together, so classes cannot be dealt out "
            "row by row");
    if (grouped) {
      method.kind = SplitMethod::kGrouped;
      method.numbers = data_.groups;
    } else if (!options_.stratify.empty()) {
      Stratify(data_, columns_, options_, &method);
    }
    return method;
  }

  // Images and tokens have no columns: --inputs and --ignore name their blocks.
  void ChooseOtherBlocks() {
    std::erase_if(data_.inputs, [&](const InputBlock& block) {
      if (TraitsOf(block.kind).has_columns) return false;
      other_blocks_.insert(block.name);
      const auto names_it = [&](const std::string& pattern) {
        return pattern == block.name || MatchesPattern(pattern, block.name);
      };
      return std::ranges::any_of(options_.ignore, names_it) ||
             (!options_.inputs.empty() &&
              std::ranges::none_of(options_.inputs, names_it));
    });
  }

  // None for the name of a block of images or tokens.
  std::vector<TableColumn> ColumnsOf(const std::string& pattern,
                                     std::string_view flag) const {
    if (other_blocks_.count(pattern) > 0) return {};
    return FindColumns(columns_, pattern, flag);
  }

  // Columns that do not go in.
  std::set<ColumnRef> LeftOut() const {
    std::set<ColumnRef> left_out = used_;
    for (const std::string& pattern : options_.ignore) {
      for (const auto& column : ColumnsOf(pattern, "--ignore")) {
        left_out.insert(column.ref);
      }
    }
    if (options_.inputs.empty()) return left_out;
    std::set<ColumnRef> wanted;
    for (const std::string& pattern : options_.inputs) {
      for (const auto& column : ColumnsOf(pattern, "--inputs")) {
        wanted.insert(column.ref);
      }
    }
    for (const TableColumn& column : columns_) {
      if (wanted.count(column.ref) == 0) left_out.insert(column.ref);
    }
    return left_out;
  }

  // What was prepared before, and is not to be prepared otherwise, goes in as
  // it is: other labels or splits make no other inputs.
  bool KeepsInputs() const {
    const PrepareOptions usual;
    return !data_.transforms.empty() && options_.transform.empty() &&
           options_.scale == usual.scale && options_.impute == usual.impute &&
           options_.pieces == usual.pieces && options_.encode == usual.encode;
  }

  // Where every column has another use, images and texts alone go in.
  void LeaveTable() {
    const std::set<ColumnRef> left_out = LeftOut();
    const bool no_column =
        std::ranges::all_of(columns_, [&](const TableColumn& column) {
          return left_out.count(column.ref) > 0;
        });
    std::vector<InputBlock> others = OtherBlocks(data_.inputs);
    if (!no_column || others.empty()) return;
    data_.inputs = std::move(others);
    data_.transforms.clear();
  }

  // A table that was prepared before keeps its transforms in front.
  Transforms TransformsFor(const std::vector<Index>& train) const {
    Transforms transforms = MakeTransforms(data_.transforms);
    const std::vector<InputBlock> table = TableBlocks(data_.inputs);
    const std::set<ColumnRef> left_out = LeftOut();
    RequireColumnsFor(options_, table.empty(), other_blocks_);
    if (table.empty()) return transforms;
    if (data_.transforms.empty()) {
      WarnOfColumns(table, train, data_, left_out, reporter_);
    }
    if (!KeepsInputs()) {
      const Transforms fitted = FitInputs(table, train, left_out, options_);
      transforms.insert(transforms.end(), fitted.begin(), fitted.end());
    } else if (!left_out.empty()) {
      transforms.push_back(FitSelect(TrainingRows(table, {}, train), left_out));
    }
    return transforms;
  }

  const PrepareOptions& options_;
  Seed seed_;
  Reporter* reporter_;
  Dataset data_;
  std::set<std::string> two_valued_;  // tasks, of the table before rows go
  std::vector<TableColumn> columns_;
  std::set<std::string> other_blocks_;  // images and tokens
  std::set<ColumnRef> used_;            // by tasks, groups, weights, splits
};

}  // namespace

Prepared PrepareRows(Dataset table, const PrepareOptions& options, Seed seed,
                     Reporter* reporter) {
  return Preparation(std::move(table), options, seed, reporter).Run();
}

Dataset Prepare(const Dataset& table, const PrepareOptions& options, Seed seed,
                Reporter* reporter) {
  Prepared made = PrepareRows(table, options, seed, reporter);
  return ApplyTransforms(made.transforms, std::move(made.rows));
}

}  // namespace mtlkit
