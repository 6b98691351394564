#include "eval/foreign_columns.h"

#include <cmath>
#include <limits>
#include <optional>

#include "base/error.h"
#include "base/text.h"
#include "data/head.h"
#include "data/schema.h"

namespace mtlkit {
namespace {

bool HasCells(const InputBlock& block) {
  return block.kind == InputKind::kDense ||
         block.kind == InputKind::kCategorical;
}

std::optional<TableCell> FindCell(const Dataset& table, std::string_view name) {
  for (const InputBlock& block : table.inputs) {
    for (Index col = 0; HasCells(block) && col < block.cols; ++col) {
      if (ColumnName(block, col) == name) return TableCell(block, col);
    }
  }
  return std::nullopt;
}

// A column, or all of a matrix that has this name.
std::vector<TableCell> FindCells(const Dataset& table, std::string_view name) {
  if (const auto cell = FindCell(table, name)) return {*cell};
  std::vector<TableCell> cells;
  const InputBlock* block = table.FindInput(name);
  if (block == nullptr || !HasCells(*block)) return cells;
  for (Index col = 0; col < block->cols; ++col) cells.emplace_back(*block, col);
  return cells;
}

std::string CellNames(const Dataset& table) {
  std::vector<std::string> names;
  for (const InputBlock& block : table.inputs) {
    for (Index col = 0; HasCells(block) && col < block.cols; ++col) {
      if (names.size() < 10) {
        names.push_back(NameInList(ColumnName(block, col)));
      }
    }
  }
  return Join(names, ", ");
}

// All of `names`, or none.
std::vector<TableCell> FindAll(const Dataset& table,
                               const std::vector<std::string>& names) {
  std::vector<TableCell> cells;
  for (const std::string& name : names) {
    const auto cell = FindCell(table, name);
    if (!cell) return {};
    cells.push_back(*cell);
  }
  return cells;
}

// Columns that hold classes are no probabilities.
bool AreNumbers(const std::vector<TableCell>& cells) {
  for (const TableCell& cell : cells) {
    if (!cell.is_number()) return false;
  }
  return true;
}

// Whether all that it says is the name of a class: "yes", or 2 of 1 and 2.
bool HoldsClasses(const Task& task, const TableCell& cell, Index rows) {
  if (!cell.is_number()) return true;
  for (Index row = 0; row < rows; ++row) {
    const std::string text = cell.Text(row);
    if (!text.empty() && FindClass(task, text) < 0) return false;
  }
  return true;
}

float ClassOf(const Task& task, const TableCell& cell, Index row) {
  const std::string name = cell.Text(row);
  Require(!name.empty(), ErrorKind::kBadInput,
          Str("column '", cell.name(), "': it is missing"),
          "every row needs a prediction");
  const Index found = FindClass(task, name);
  if (found < 0) {
    Fail(ErrorKind::kBadInput,
         Str("column '", cell.name(), "': '", name, "' is no class of '",
             task.name, "'"),
         Str("known: ", Join(task.classes, ", ")));
  }
  return static_cast<float>(found);
}

double OutputOf(const Task& task, const TableCell& cell, Index row) {
  const double value = cell.Number(row);
  Require(!std::isnan(value), ErrorKind::kBadInput,
          Str("column '", cell.name(), "': it is missing"),
          "every row needs a prediction");
  const bool fits = task.is_classification()
                        ? value >= 0 && value <= 1
                        : std::isfinite(static_cast<float>(value));
  Require(
      fits, ErrorKind::kBadInput,
      Str("column '", cell.name(), "': ", FormatNumber(value),
          task.is_classification() ? " is no probability" : " is too large"),
      task.is_classification()
          ? "predictions of classes are probabilities from 0 to 1"
          : "");
  return value;
}

// What is chosen is sure.
void AppendChosen(const Task& task, const std::vector<TableCell>& chosen,
                  Index row, std::vector<float>* outputs) {
  if (!task.traits().one_class) {
    for (const TableCell& cell : chosen) {
      outputs->push_back(static_cast<float>(OutputOf(task, cell, row)));
    }
    return;
  }
  const float number = ClassOf(task, chosen.front(), row);
  if (task.traits().has_positive) {
    outputs->push_back(number);
    return;
  }
  for (Index c = 0; c < task.prediction_cols(); ++c) {
    outputs->push_back(static_cast<float>(c) == number ? 1.0F : 0.0F);
  }
}

void RequireOne(const Task& task, double sum) {
  // Texts round, and so do 16-bit numbers of many classes.
  constexpr double kMostOff = 0.01;
  Require(std::abs(sum - 1) <= kMostOff, ErrorKind::kBadInput,
          Str("the probabilities of '", task.name, "' add up to ", sum),
          "each class needs its probability");
}

}  // namespace

std::string TableCell::name() const {
  return ColumnName(*block_, col_);
}

double TableCell::Number(Index row) const {
  const std::size_t place = At(row * block_->cols + col_);
  return block_->wide.empty() ? static_cast<double>(block_->dense[place])
                              : block_->wide[place];
}

std::string TableCell::Text(Index row) const {
  if (!is_number()) {
    const std::int32_t code = block_->codes[At(row * block_->cols + col_)];
    return code < 0 ? "" : block_->categories[At(col_)][At(code)];
  }
  const double value = Number(row);
  if (std::isnan(value)) return "";
  // As short as the precision in which it is stored allows.
  return block_->wide.empty() ? FormatNumber(static_cast<float>(value))
                              : FormatNumber(value);
}

TaskColumns ColumnsSaid(const Dataset& table, const Task& task,
                        std::string_view said) {
  std::vector<TableCell> cells;
  for (const std::string& name : SplitNames(said)) {
    const std::vector<TableCell> found = FindCells(table, name);
    if (found.empty()) {
      Fail(ErrorKind::kUsage,
           Str("--task ", task.name, ": there is no column '", name, "'"),
           Str("known: ", CellNames(table)));
    }
    cells.insert(cells.end(), found.begin(), found.end());
  }
  const Index count = std::ssize(cells);
  const bool is_class = task.traits().one_class && count == 1 &&
                        (!task.traits().has_positive ||
                         HoldsClasses(task, cells.front(), table.rows));
  if (is_class) return {.outputs = {}, .negative = {}, .chosen = cells};
  TaskColumns columns;
  if (task.traits().has_positive && count == 2) {
    columns.negative = {cells[0]};
    cells.erase(cells.begin());
  }
  const Index wanted = task.prediction_cols();
  Require(std::ssize(cells) == wanted, ErrorKind::kUsage,
          Str("--task ", task.name, ": ", Counted(count, "column", "columns"),
              ", but the task has ",
              Counted(wanted, "prediction", "predictions"), " a row"),
          task.is_classification()
              ? Str("in this order: ", Join(task.classes, ", "))
              : "");
  columns.outputs = std::move(cells);
  for (const auto* some : {&columns.outputs, &columns.negative}) {
    Require(AreNumbers(*some), ErrorKind::kUsage,
            Str("--task ", task.name, ": the columns are not all numbers"),
            "predictions are numbers; one column may hold the chosen class");
  }
  return columns;
}

TaskColumns ColumnsByName(const Dataset& table, const Task& task) {
  std::vector<std::string> outputs;
  for (Index col = 0; col < task.prediction_cols(); ++col) {
    outputs.push_back(task.name + task.head().PredictionSuffix(task, col));
  }
  TaskColumns columns;
  columns.outputs = FindAll(table, outputs);
  if (!columns.empty() && AreNumbers(columns.outputs)) return columns;
  columns.outputs.clear();
  // A column or matrix of the task's name may be any of what can be said.
  if (!FindCells(table, task.name).empty()) {
    return ColumnsSaid(table, task, NameInList(task.name));
  }
  if (!task.is_classification()) return columns;
  std::vector<std::string> chosen;
  for (Index col = 0; col < task.target_cols(); ++col) {
    chosen.push_back(task.name + task.head().LabelSuffix(task, col));
  }
  columns.chosen = FindAll(table, chosen);
  return columns;
}

void AppendOutputs(const Task& task, const TaskColumns& columns, Index row,
                   std::vector<float>* outputs) {
  if (!columns.chosen.empty()) {
    return AppendChosen(task, columns.chosen, row, outputs);
  }
  double sum = 0;
  for (const TableCell& cell : columns.outputs) {
    const double value = OutputOf(task, cell, row);
    outputs->push_back(static_cast<float>(value));
    sum += value;
  }
  for (const TableCell& cell : columns.negative) {
    sum += OutputOf(task, cell, row);
  }
  const bool is_whole =
      task.traits().one_class &&
      (!task.traits().has_positive || !columns.negative.empty());
  if (is_whole) RequireOne(task, sum);
}

}  // namespace mtlkit
