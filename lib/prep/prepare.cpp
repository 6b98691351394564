#include "prep/prepare.h"

#include <algorithm>
#include <cmath>
#include <iterator>
#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "base/error.h"
#include "data/block_kind.h"
#include "data/blocks.h"
#include "data/head.h"
#include "data/tag_labels.h"
#include "prep/apply_transforms.h"
#include "prep/choose_inputs.h"
#include "prep/choose_rows.h"
#include "prep/date_columns.h"
#include "prep/drop_classes.h"
#include "prep/fit_target_curves.h"
#include "prep/fold_tasks.h"
#include "prep/hide_labels.h"
#include "prep/images.h"
#include "prep/label_weights.h"
#include "prep/leaks.h"
#include "prep/make_tasks.h"
#include "prep/prepare_checks.h"
#include "prep/row_columns.h"
#include "prep/split.h"
#include "prep/stratify.h"
#include "prep/text_columns.h"
#include "prep/used_columns.h"

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
    InputChoice choice(options_, reporter_, &data_);
    choice.ChooseOtherBlocks();
    UsedColumns columns(data_);
    for (std::string* name :
         {&options_.task_per, &options_.weight, &options_.split_from,
          &options_.group, &options_.time}) {
      *name = ColumnSaid(columns.all(), *name);
    }
    RequireLabelsWithin(data_.tasks, data_.rows, options_.max_size);
    MakeTasks(options_, two_valued_, &columns, &data_);
    for (const Task& task : data_.tasks) {
      if (task.traits().is_written) options_.written.push_back(task.tokens);
    }
    for (const std::string& request : options_.drop_class)
      DropClass(request, &data_);
    if (options_.min_class_rows > 0) {
      DropRareClasses(options_.min_class_rows, &data_, reporter_);
    }
    ReadRowColumns(options_, &columns, &data_);
    ReadLabelWeights(options_, &columns, &data_);
    MakeSplits(columns.all());
    CheckLeaks(data_, choice.LeftOut(columns), options_.check_leaks, reporter_);
    std::vector<Index> rest;
    const std::vector<Index>& train = TrainingRowsOf(data_, &rest);
    for (const std::string& request : options_.hide_labels)
      HideLabels(request, train, seed_, &data_);
    for (const std::string& request : options_.keep_labels) {
      KeepLabels(request, train, seed_, &data_, reporter_);
    }
    FitTargetCurves(options_.target_transform, train, &data_, reporter_);
    FitTasks(train, &data_, reporter_);
    RequireFoldTasks(train, data_);
    FitImages(train, &data_);
    choice.LeaveTable(columns);
    Transforms transforms = choice.TransformsFor(columns, train);
    if (const auto table = TableBehind(RecordsOf(transforms))) {
      std::vector<std::string> warnings;
      RequireDates(table->blocks, data_.inputs, data_.ids, data_.rows,
                   &warnings);
      for (const std::string& warning : warnings) reporter_->Warn(warning);
    }
    FitTags(transforms);
    std::vector<InputSpec> inputs = TransformedRows(transforms, data_).specs();
    std::ranges::copy(OtherBlocks(data_.inputs), std::back_inserter(inputs));
    CountCodes(inputs);
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

  // Labels of words against the words, which may have been cut.
  void FitTags(const Transforms& transforms) {
    if (std::ranges::none_of(data_.tasks, [](const Task& task) {
          return task.traits().of_tokens;
        })) {
      return;
    }
    const TransformedRows made(transforms, data_);
    std::map<std::string, std::vector<std::int64_t>> starts;
    made.ForEach([&](const std::vector<InputBlock>& piece, Index) {
      for (const InputBlock& block : piece) {
        if (TraitsOf(block.kind).rows != BlockRows::kTokens) continue;
        std::vector<std::int64_t>& all = starts[block.name];
        if (all.empty()) all.push_back(0);
        const std::int64_t before = all.back();
        for (Index i = 1; i < block.row_starts.size(); ++i) {
          all.push_back(before + block.row_starts[i]);
        }
      }
    });
    for (std::size_t i = 0; i < data_.tasks.size(); ++i) {
      const Task& task = data_.tasks[i];
      const auto own = starts.find(task.tokens);
      if (!task.traits().of_tokens || own == starts.end()) continue;
      FitTagLabels(task, own->second, data_.ids,
                   CutsTexts(RecordsOf(transforms), task.tokens),
                   &data_.labels[i]);
      WarnOfLooseTags(task, data_.labels[i], reporter_);
    }
  }

  // Of texts that are written: those of a token, and the end.
  void CountCodes(const std::vector<InputSpec>& inputs) {
    for (Task& task : data_.tasks) {
      if (!task.traits().is_written) continue;
      for (const std::string* block : {&task.tokens, &task.from}) {
        Require(std::ranges::count(inputs, *block, &InputSpec::name) > 0,
                ErrorKind::kUsage,
                Str("task '", task.name, "' needs the input '", *block, "'"),
                "leave its column in");
      }
      const InputSpec& text =
          *std::ranges::find(inputs, task.tokens, &InputSpec::name);
      task.codes = std::ssize(text.categories[0]) + 1;
    }
  }

  void MakeSplits(const std::vector<TableColumn>& columns) {
    const SplitMethod method = MethodOfSplits(columns);
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

  SplitMethod MethodOfSplits(const std::vector<TableColumn>& columns) const {
    SplitMethod method;
    Require(options_.stratify.empty() || !options_.split.empty() ||
                options_.folds > 0,
            ErrorKind::kUsage, "--stratify has no effect",
            "it is for --split and --folds");
    if (!options_.time.empty()) {
      RequireTimeAlone();
      method.kind = SplitMethod::kInTime;
      method.times = TimesOf(columns);
      return method;
    }
    if (!data_.groups.empty()) {
      method.kind = SplitMethod::kGrouped;
      method.numbers = data_.groups;
    }
    if (!options_.stratify.empty()) {
      Stratify(data_, columns, options_, &method);
    }
    return method;
  }

  void RequireTimeAlone() const {
    Require(!options_.split.empty(), ErrorKind::kUsage, "--time has no effect",
            "it is for --split");
    Require(options_.folds == 0, ErrorKind::kUsage,
            "--time cannot be combined with --folds",
            "all folds but one would be learned from, those behind it in time "
            "too: make splits of several files");
    Require(options_.stratify.empty(), ErrorKind::kUsage,
            "--time cannot be combined with --stratify",
            "the order alone says which rows are in a split");
    Require(data_.groups.empty(), ErrorKind::kUsage,
            "--time cannot be combined with groups",
            "rows of a group stay together, whatever their time");
  }

  std::vector<double> TimesOf(const std::vector<TableColumn>& columns) const {
    const TableColumn column =
        FindOneColumn(columns, options_.time, "--time").front();
    const InputBlock& block = data_.inputs[column.block];
    Require(block.kind != InputKind::kCategorical, ErrorKind::kUsage,
            Str("--time: column '", column.name(), "' holds words"),
            Str("of dates: mtl-convert --type ", column.name(), "=date"));
    std::vector<double> times;
    ForCells(block, data_.rows, column.col, [&](Index row, double time) {
      Require(std::isfinite(time), ErrorKind::kBadInput,
              Str("--time: column '", column.name(), "' has no value in row '",
                  IdText(data_.ids, row), "'"),
              "leave such rows out of the table");
      times.push_back(time);
    });
    return times;
  }

  PrepareOptions options_;
  Seed seed_;
  Reporter* reporter_;
  Dataset data_;
  std::set<std::string> two_valued_;  // tasks, of the table before rows go
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
