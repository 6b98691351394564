// What becomes of the numbers of dense blocks first (--numbers).
#include <optional>

#include "nn/archs/parts.h"
#include "nn/number_columns.h"

namespace mtlkit {
namespace {

// Sines and cosines of each frequency.
constexpr Index kWaves = 2;

// Those of the columns, counted through all dense blocks, that are of one
// block; nothing where all of it are.
std::optional<std::vector<Index>> ColumnsOfBlock(
    const Schema& schema, const InputSpec& block,
    const std::optional<std::vector<Index>>& all) {
  if (!all) return std::nullopt;
  Index first = 0;
  for (const InputSpec& input : schema.inputs) {
    if (input.name == block.name) break;
    if (input.kind == InputKind::kDense) first += input.cols;
  }
  std::vector<Index> own;
  for (const Index column : *all) {
    if (column >= first && column < first + block.cols) {
      own.push_back(column - first);
    }
  }
  if (std::ssize(own) == block.cols) return std::nullopt;
  return own;
}

}  // namespace

Value NetworkParts::AddNumbers(const std::string& prefix,
                               const std::string& number,
                               const InputSpec& input, Value value) {
  if (numbers_.kind == NumberForm::Kind::kPlain) return value;
  const auto chosen = ColumnsOfBlock(
      schema_, input, NumberColumnsOf(options_.numbers, "--numbers"));
  if (chosen && chosen->empty()) return value;
  const std::vector<Index> columns = chosen.value_or(std::vector<Index>());
  if (numbers_.kind == NumberForm::Kind::kPieces) {
    return builder_.Add(
        prefix + "pieces" + number,
        MakePieces({.count = numbers_.count, .columns = columns}), {value});
  }
  Index each = numbers_.count;
  Value made = value;
  if (numbers_.kind == NumberForm::Kind::kProjected) {
    made = builder_.Add(
        prefix + "pieces" + number,
        MakePieces(
            {.count = numbers_.count, .beside = false, .columns = columns}),
        {value});
  } else {
    made = builder_.Add(prefix + "periodic" + number,
                        MakePeriodic(numbers_.count, numbers_.scale, columns),
                        {value});
    each *= kWaves;
  }
  const std::string name = prefix + "projection" + number;
  made = builder_.Add(name, MakeColumnDense(each, numbers_.size), {made});
  made = builder_.Add(name + ".activation", MakeActivation(Activation::kRelu),
                      {made});
  if (!chosen) return made;
  // Other columns are not to be lost.
  return builder_.Add(prefix + "numbers" + number, MakeConcat(), {value, made});
}

}  // namespace mtlkit
