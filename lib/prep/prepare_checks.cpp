#include "prep/prepare_checks.h"

#include <algorithm>
#include <map>
#include <set>
#include <utility>

#include "base/error.h"
#include "base/size_budget.h"
#include "base/text.h"
#include "data/block_kind.h"
#include "data/blocks.h"
#include "data/head.h"
#include "data/schema.h"
#include "prep/images.h"
#include "prep/label_columns.h"
#include "prep/piece.h"

namespace mtlkit {
namespace {

Index EntriesOf(const std::vector<InputBlock>& blocks,
                const std::string& view) {
  Index entries = 0;
  for (const InputBlock& block : blocks) {
    if (ViewOf(block.name) == view) entries += block.values.size();
  }
  return entries;
}

// Of the sparse block `made` that transforms make of a table.
double SparseEntries(const InputSpec& made, const Dataset& table,
                     const Transforms& transforms) {
  const Index count = std::min(table.rows, kPieceRows);
  const std::vector<InputBlock> blocks = TableBlocks(table.inputs);
  std::vector<InputBlock> piece;
  for (const InputBlock& block : blocks) {
    piece.push_back(SliceRows(block, 0, count));
  }
  const std::string view = ViewOf(made.name);
  const Index given = EntriesOf(piece, view);
  const auto done = static_cast<Index>(table.transforms.size());
  const auto result = ApplyToPiece(
      {transforms.begin() + done, transforms.end()}, std::move(piece), count,
      [&](Index row) { return IdText(table.ids, row); });
  const Index added = std::max<Index>(EntriesOf(result, view) - given, 0);
  return static_cast<double>(EntriesOf(blocks, view)) +
         static_cast<double>(added) / static_cast<double>(count) *
             static_cast<double>(table.rows);
}

void RequireBytes(double bytes, const InputSpec& spec, Index rows,
                  const std::string& max_size) {
  SizeBudget(max_size).Require(
      bytes,
      Str("input '", spec.name, "', ", Counted(rows, "row", "rows"), " of ",
          Counted(spec.cols, "column", "columns"), EntryOf(spec.kind).contents,
          ","),
      "--ignore columns of many categories, --encode index, --pieces 0");
}

}  // namespace

void RequireRefit(const Dataset& data, bool has_new_splits) {
  Require(data.transforms.empty() || !has_new_splits, ErrorKind::kUsage,
          "the inputs were prepared before: their scaling was fitted to rows "
          "that new splits would hold out",
          "give --split to the preparation of the raw table; --folds and "
          "--rows can be used here");
}

std::set<std::string> TwoValuedTasks(const Dataset& table,
                                     const PrepareOptions& options) {
  std::set<std::string> found;
  const std::vector<TableColumn> all = ListColumns(table.inputs);
  for (const std::string& text : options.task) {
    const TaskRequest request = ParseTaskRequest(text, all);
    if (request.type || FindTask(table.tasks, request.pattern) >= 0) continue;
    for (const TableColumn& column :
         FindColumns(all, request.pattern, "--task")) {
      if (HasTwoNumbers(table, column)) found.insert(column.name());
    }
  }
  return found;
}

void RequireBothValues(const std::set<std::string>& two_valued,
                       const Task& task) {
  if (task.is_classification() || two_valued.count(task.name) == 0) return;
  Fail(ErrorKind::kBadInput,
       Str("task '", task.name,
           "' has two values in the table, but only one in the rows that were "
           "chosen"),
       Str("choose other rows (--rows, --sample), or say that it is a number: "
           "--task ",
           task.name, "=regression"));
}

std::string NamesOfColumns(const std::vector<TableColumn>& columns) {
  constexpr std::size_t kShown = 20;
  std::vector<std::string> names;
  for (const TableColumn& column : columns) {
    if (names.size() == kShown) {
      names.emplace_back("...");
      break;
    }
    names.push_back(NameInList(column.name()));
  }
  return Join(names, ", ");
}

std::string CutGroups(const Dataset& data) {
  if (data.groups.empty()) return {};
  std::map<std::int64_t, std::set<std::string>> splits_of;
  for (const auto& [name, rows] : data.splits) {
    if (IsFoldName(name)) continue;
    for (const Index row : rows) splits_of[data.groups[At(row)]].insert(name);
  }
  Index cut = 0;
  std::string example;
  for (const auto& [group, names] : splits_of) {
    if (names.size() < 2) continue;
    if (cut++ == 0) {
      example = Str("'", *names.begin(), "' and '", *names.rbegin(), "'");
    }
  }
  if (cut == 0) return {};
  return Str("the splits that are there cut ", Counted(cut, "group", "groups"),
             " of ", splits_of.size(), ": one is in ", example,
             ", so rows of a group are on both sides");
}

void RequireLabelsWithin(const std::vector<Task>& tasks, Index rows,
                         const std::string& max_size) {
  for (const Task& task : tasks) {
    const LabelStorage storage = task.traits().storage;
    const bool is_flags =
        storage == LabelStorage::kFlags || storage == LabelStorage::kBytes;
    const double cells =
        static_cast<double>(rows) * static_cast<double>(task.target_cols());
    SizeBudget(max_size).Require(
        (is_flags ? 1 : 4) * cells,
        Str("task '", task.name, "', ", Counted(rows, "row", "rows"), " of ",
            Counted(task.target_cols(), "label", "labels"), ","),
        "leave labels out with mtl-convert, or rows with --rows, --sample");
  }
}

void RequireWithin(const std::vector<InputSpec>& inputs, Index rows,
                   const std::string& max_size) {
  for (const InputSpec& spec : inputs) {
    if (spec.kind != InputKind::kDense &&
        spec.kind != InputKind::kCategorical) {
      continue;
    }
    RequireBytes(
        4.0 * static_cast<double>(spec.cols) * static_cast<double>(rows), spec,
        rows, max_size);
  }
}

void RequireSparseWithin(const std::vector<InputSpec>& inputs,
                         const Dataset& table, const Transforms& transforms,
                         const std::string& max_size) {
  const auto rows = static_cast<double>(table.rows);
  for (const InputSpec& spec : inputs) {
    if (spec.kind != InputKind::kSparse) continue;
    RequireBytes(8 * (SparseEntries(spec, table, transforms) + rows), spec,
                 table.rows, max_size);
  }
}

}  // namespace mtlkit
