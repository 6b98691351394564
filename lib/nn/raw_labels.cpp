#include "nn/raw_labels.h"

#include <cmath>
#include <functional>
#include <limits>
#include <optional>
#include <string>
#include <vector>

#include "base/text.h"
#include "data/head.h"
#include "data/schema.h"

namespace mtlkit {
namespace {

constexpr float kMissing = std::numeric_limits<float>::quiet_NaN();

// A column of a table, dense or categorical.
struct Column {
  const InputBlock* block = nullptr;
  Index number = 0;
};

std::optional<Column> FindColumnOf(const Dataset& table,
                                   const std::string& name) {
  for (const InputBlock& block : table.inputs) {
    if (block.columns.empty() || block.kind == InputKind::kSparse) continue;
    const Index number = FindColumn(block, name);
    if (number >= 0) return Column{&block, number};
  }
  return std::nullopt;
}

double NumberAt(const Column& column, Index row) {
  const Index at = row * column.block->cols + column.number;
  if (!column.block->wide.empty()) return column.block->wide[at];
  return static_cast<double>(column.block->dense[at]);
}

// The number of the class that a table writes as `number`, or -1.
Index ClassOfNumber(const Task& task, double number) {
  for (std::size_t k = 0; k < task.classes.size(); ++k) {
    double value = 0;
    if (ParseNumber(task.classes[k], &value) && value == number) {
      return static_cast<Index>(k);
    }
  }
  return -1;
}

float AsLabel(Index number) {
  return number < 0 ? kMissing : static_cast<float>(number);
}

// The class that a table calls so, or -1.
Index ClassOfName(const Task& task, const std::string& name) {
  double number = 0;
  const Index found = FindClass(task, name);
  const bool is_number = found < 0 && ParseNumber(name, &number);
  return is_number ? ClassOfNumber(task, number) : found;
}

// Sets values[row * stride + offset] to the class of every row.
void ReadClasses(const Task& task, const Column& column, Index rows,
                 std::size_t stride, std::size_t offset,
                 std::vector<float>* values) {
  const InputBlock& block = *column.block;
  std::vector<float> of_code;
  if (block.kind == InputKind::kCategorical) {
    for (const std::string& name :
         block.categories[static_cast<std::size_t>(column.number)]) {
      of_code.push_back(AsLabel(ClassOfName(task, name)));
    }
  }
  for (Index row = 0; row < rows; ++row) {
    float& value = (*values)[static_cast<std::size_t>(row) * stride + offset];
    if (block.kind == InputKind::kDense) {
      value = AsLabel(ClassOfNumber(task, NumberAt(column, row)));
      continue;
    }
    const auto code =
        static_cast<std::size_t>(block.codes[row * block.cols + column.number]);
    value = code < of_code.size() ? of_code[code] : kMissing;
  }
}

Labels None() {
  Labels labels;
  labels.on_all_rows = false;
  return labels;
}

Labels RawNumbers(const Task& task, const Dataset& table) {
  const auto column = FindColumnOf(table, task.name);
  if (!column || column->block->kind != InputKind::kDense || task.width != 1) {
    return None();
  }
  Labels labels;
  for (Index row = 0; row < table.rows; ++row) {
    labels.values.push_back(static_cast<float>(NumberAt(*column, row)));
  }
  return labels;
}

Labels RawMultilabel(const Task& task, const Dataset& table) {
  // What a label column holds.
  Task yes_or_no;
  yes_or_no.type = TaskType::kBinary;
  yes_or_no.classes = {"0", "1"};
  Labels labels;
  labels.values.assign(
      static_cast<std::size_t>(table.rows) * task.classes.size(), kMissing);
  for (std::size_t k = 0; k < task.classes.size(); ++k) {
    const auto column = FindColumnOf(table, task.classes[k]);
    if (!column) return None();
    ReadClasses(yes_or_no, *column, table.rows, task.classes.size(), k,
                &labels.values);
  }
  return labels;
}

}  // namespace

Labels RawLabels(const Task& task, const Dataset& table) {
  if (!task.is_classification()) return RawNumbers(task, table);
  if (!task.traits().one_class) return RawMultilabel(task, table);
  const auto column = FindColumnOf(table, task.name);
  if (!column) return None();
  Labels labels;
  labels.values.assign(static_cast<std::size_t>(table.rows), kMissing);
  ReadClasses(task, *column, table.rows, 1, 0, &labels.values);
  return labels;
}

std::vector<std::string> UnknownClasses(const Task& task,
                                        const Dataset& table) {
  const auto column = FindColumnOf(table, task.name);
  if (!column || column->block->kind != InputKind::kCategorical ||
      !task.traits().one_class) {
    return {};
  }
  const InputBlock& block = *column->block;
  const auto& names =
      block.categories[static_cast<std::size_t>(column->number)];
  std::vector<bool> occurs(names.size());
  for (Index row = 0; row < table.rows; ++row) {
    const auto code = static_cast<std::size_t>(
        block.codes[row * block.cols + column->number]);
    if (code < occurs.size()) occurs[code] = true;
  }
  std::vector<std::string> unknown;
  for (std::size_t code = 0; code < names.size(); ++code) {
    if (occurs[code] && ClassOfName(task, names[code]) < 0) {
      unknown.push_back(names[code]);
    }
  }
  return unknown;
}

}  // namespace mtlkit
