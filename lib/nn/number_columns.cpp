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

}  // namespace

void ChooseNumberColumns(const Dataset& dataset, std::span<const Index> rows,
                         ArchOptions* options) {
  const NumberForm form = ParseNumbers(options->numbers, "--numbers");
  if (form.kind == NumberForm::Kind::kPlain || rows.empty() ||
      NumberColumnsOf(options->numbers, "--numbers")) {
    return;
  }
  const std::vector<Index> sample = SampleToFit(rows);
  std::vector<std::string> chosen;
  Index column = 0;
  for (const Index i : SelectInputs(dataset.schema().inputs, options->inputs)) {
    const InputBlock& block = dataset.inputs[At(i)];
    if (block.kind != InputKind::kDense) continue;
    for (Index col = 0; col < block.cols; ++col, ++column) {
      if (!HasManyValues(block, col, sample)) continue;
      chosen.push_back(std::to_string(column));
    }
  }
  if (std::ssize(chosen) == column) return;
  Choice choice = ParseChoice(options->numbers, "--numbers");
  choice.options.emplace_back(kNumberColumns,
                              chosen.empty() ? "none" : Join(chosen, "/"));
  options->numbers = ChoiceText(choice);
}

}  // namespace mtlkit
