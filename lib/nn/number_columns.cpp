#include "nn/number_columns.h"

#include <algorithm>
#include <functional>

#include "base/choice.h"
#include "base/error.h"
#include "base/text.h"
#include "nn/fit_buffers.h"
#include "prep/piece.h"

namespace mtlkit {
namespace {

constexpr std::string_view kColumnsOption = "columns";

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
  choice.options.emplace_back(kColumnsOption,
                              chosen.empty() ? "none" : Join(chosen, "/"));
  options->numbers = ChoiceText(choice);
}

std::optional<std::vector<Index>> NumberColumnsOf(std::string_view text,
                                                  const std::string& where) {
  const Choice choice = ParseChoice(text, where);
  const auto found = std::ranges::find_if(
      choice.options,
      [](const auto& option) { return option.first == kColumnsOption; });
  if (found == choice.options.end()) return std::nullopt;
  std::vector<Index> columns;
  if (found->second == "none") return columns;
  for (const std::string& part : Split(found->second, '/')) {
    long long column = 0;
    Require(ParseInteger(part, &column) && column >= 0 &&
                (columns.empty() || column > columns.back()),
            ErrorKind::kUsage,
            Str(where, ": columns=", found->second,
                " are no numbers of columns that ascend from 0"),
            "leave it out: then they are those of more than two values");
    columns.push_back(static_cast<Index>(column));
  }
  return columns;
}

}  // namespace mtlkit
