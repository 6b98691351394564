#include "prep/choose_inputs.h"

#include <algorithm>
#include <utility>

#include "base/text.h"
#include "data/block_kind.h"
#include "prep/column_warnings.h"
#include "prep/constant_columns.h"
#include "prep/fit_inputs.h"
#include "prep/images.h"
#include "prep/prepare_checks.h"
#include "prep/table_columns.h"
#include "prep/text_columns.h"
#include "prep/training_rows.h"
#include "prep/transform_request.h"

namespace mtlkit {

void InputChoice::ChooseOtherBlocks() {
  std::erase_if(table_->inputs, [&](const InputBlock& block) {
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

std::vector<TableColumn> InputChoice::ColumnsOf(const UsedColumns& columns,
                                                const std::string& pattern,
                                                std::string_view flag) const {
  if (other_blocks_.count(pattern) > 0) return {};
  return FindColumns(columns.all(), pattern, flag);
}

std::set<ColumnRef> InputChoice::LeftOut(const UsedColumns& columns) const {
  std::set<ColumnRef> left_out = columns.used();
  for (const std::string& pattern : options_.ignore) {
    for (const auto& column : ColumnsOf(columns, pattern, "--ignore")) {
      left_out.insert(column.ref);
    }
  }
  if (options_.inputs.empty()) return left_out;
  std::set<ColumnRef> wanted;
  for (const std::string& pattern : options_.inputs) {
    for (const auto& column : ColumnsOf(columns, pattern, "--inputs")) {
      wanted.insert(column.ref);
    }
  }
  for (const TableColumn& column : columns.all()) {
    if (wanted.count(column.ref) == 0) left_out.insert(column.ref);
  }
  return left_out;
}

// What was prepared before, and is not to be prepared otherwise, goes in as
// it is: other labels or splits make no other inputs.
bool InputChoice::KeepsInputs() const {
  const PrepareOptions usual;
  return TextRequests(options_).empty() && !table_->transforms.empty() &&
         options_.transform.empty() && options_.scale == usual.scale &&
         options_.margin == usual.margin && options_.impute == usual.impute &&
         options_.indicator == usual.indicator &&
         options_.pieces == usual.pieces && options_.encode == usual.encode;
}

void InputChoice::LeaveTable(const UsedColumns& columns) {
  const std::set<ColumnRef> left_out = LeftOut(columns);
  const bool no_column =
      std::ranges::all_of(columns.all(), [&](const TableColumn& column) {
        return left_out.count(column.ref) > 0;
      });
  std::vector<InputBlock> others = OtherBlocks(table_->inputs);
  if (!no_column || others.empty()) return;
  table_->inputs = std::move(others);
  table_->transforms.clear();
}

// Whole texts are no categories, unless the column is named.
ColumnSet InputChoice::TextsNotAskedFor(const UsedColumns& columns,
                                        const std::vector<Index>& train,
                                        const ColumnSet& left_out) const {
  const std::vector<InputBlock> table = TableBlocks(table_->inputs);
  ColumnSet but = left_out;
  but.merge(TextColumns(TextRequests(options_), {table.begin(), table.end()}));
  std::vector<std::string> named = options_.inputs;
  for (const std::string& text : options_.transform) {
    named.push_back(ParseTransformRequest(text).columns);
  }
  for (const TableColumn& column : columns.all()) {
    if (std::ranges::count(named, column.name()) > 0) but.insert(column.ref);
  }
  return FreeTexts(TrainingRows(table, {}, train), but);
}

Transforms InputChoice::TransformsFor(const UsedColumns& columns,
                                      const std::vector<Index>& train) const {
  Transforms transforms = MakeTransforms(table_->transforms);
  const std::vector<InputBlock> table = TableBlocks(table_->inputs);
  std::set<ColumnRef> left_out = LeftOut(columns);
  RequireColumnsFor(options_, table.empty(), other_blocks_);
  if (table.empty()) return transforms;
  if (!KeepsInputs()) {
    const ColumnSet constant =
        ConstantColumns(TrainingRows(table, {}, train), left_out);
    NoteConstant(constant, reporter_);
    left_out.insert(constant.begin(), constant.end());
    const ColumnSet texts = TextsNotAskedFor(columns, train, left_out);
    WarnOfFreeTexts(texts, reporter_);
    left_out.insert(texts.begin(), texts.end());
  }
  if (table_->transforms.empty()) {
    ColumnSet passed = left_out;
    passed.merge(
        TextColumns(TextRequests(options_), {table.begin(), table.end()}));
    WarnOfColumns(table, train, *table_, passed, reporter_);
  }
  if (!KeepsInputs()) {
    const Transforms fitted = FitInputs(table, train, left_out, options_);
    transforms.insert(transforms.end(), fitted.begin(), fitted.end());
  } else if (!left_out.empty()) {
    transforms.push_back(FitSelect(TrainingRows(table, {}, train), left_out));
  }
  return transforms;
}

}  // namespace mtlkit
