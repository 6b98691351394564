#include "nn/number_columns.h"

#include <algorithm>
#include <optional>

#include "base/choice.h"
#include "base/error.h"
#include "base/text.h"
#include "nn/fitted_rows.h"
#include "nn/number_list.h"
#include "prep/piece.h"

namespace mtlkit {
namespace {

// Of a table with many numbers, where nothing says how many pieces each gets.
constexpr Index kMostPiecesInAll = 8192;

// Whether a column has more than two values in these rows.
bool HasManyValues(const InputBlock& block, Index col,
                   std::span<const Index> rows) {
  const auto value = [&](Index row) {
    return DenseCell(block, row * block.cols + col);
  };
  std::optional<double> second;
  for (const Index row : rows) {
    if (value(row) == value(rows.front())) continue;
    if (!second) second = value(row);
    if (value(row) != *second) return true;
  }
  return false;
}

// The columns that are numbers, of all that dense blocks have.
struct NumberColumns {
  std::vector<Index> chosen;
  Index count = 0;
};

NumberColumns FindNumberColumns(const Dataset& dataset,
                                std::span<const Index> rows,
                                const ArchOptions& options) {
  const std::vector<Index> sample = SampleToFit(rows);
  NumberColumns columns;
  for (const Index i : SelectInputs(dataset.schema().inputs, options.inputs)) {
    const InputBlock& block = dataset.inputs[At(i)];
    if (block.kind != InputKind::kDense) continue;
    for (Index col = 0; col < block.cols; ++col, ++columns.count) {
      if (!HasManyValues(block, col, sample)) continue;
      columns.chosen.push_back(columns.count);
    }
  }
  return columns;
}

}  // namespace

Index CountNumberColumns(const Dataset& dataset, std::span<const Index> rows,
                         const ArchOptions& options) {
  return std::ssize(FindNumberColumns(dataset, rows, options).chosen);
}

void ChooseNumberColumns(const Dataset& dataset, std::span<const Index> rows,
                         ArchOptions* options) {
  const NumberForm form = ParseNumbers(options->numbers, "--numbers");
  if (form.kind == NumberForm::Kind::kPlain || rows.empty() ||
      NumberColumnsOf(options->numbers, "--numbers")) {
    return;
  }
  auto [chosen, columns] = FindNumberColumns(dataset, rows, *options);
  Choice choice = ParseChoice(options->numbers, "--numbers");
  const auto has_count = [](const auto& option) {
    return option.first == "count";
  };
  if (form.kind == NumberForm::Kind::kPieces && !chosen.empty() &&
      std::ranges::none_of(choice.options, has_count)) {
    const Index count = kMostPiecesInAll / std::ssize(chosen);
    if (count < 2) chosen.clear();
    if (count >= 2 && count < form.count) {
      choice.options.emplace_back("count", std::to_string(count));
    }
  }
  if (std::ssize(chosen) < columns) {
    std::vector<std::string> numbers;
    for (const Index column : chosen) numbers.push_back(std::to_string(column));
    choice.options.emplace_back(kNumberColumns,
                                numbers.empty() ? "none" : Join(numbers, "/"));
  }
  options->numbers = ChoiceText(choice);
}

}  // namespace mtlkit
