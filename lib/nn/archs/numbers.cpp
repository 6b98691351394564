#include "nn/archs/numbers.h"

#include <optional>
#include <vector>

#include "nn/layers/layers.h"
#include "nn/number_list.h"

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

Value AddNumbers(const InputPlace& place, const InputSpec& input, Value value,
                 NetworkBuilder* builder) {
  const NumberForm numbers = ParseNumbers(place.options.numbers, "--numbers");
  if (numbers.kind == NumberForm::Kind::kPlain) return value;
  const auto chosen = ColumnsOfBlock(
      place.schema, input, NumberColumnsOf(place.options.numbers, "--numbers"));
  if (chosen && chosen->empty()) return value;
  const std::vector<Index> columns = chosen.value_or(std::vector<Index>());
  if (numbers.kind == NumberForm::Kind::kPieces) {
    return builder->Add(
        place.prefix + "pieces" + place.number,
        MakePieces({.count = numbers.count, .columns = columns}), {value});
  }
  Index each = numbers.count;
  Value made = value;
  if (numbers.kind == NumberForm::Kind::kProjected) {
    made = builder->Add(
        place.prefix + "pieces" + place.number,
        MakePieces(
            {.count = numbers.count, .beside = false, .columns = columns}),
        {value});
  } else {
    made = builder->Add(place.prefix + "periodic" + place.number,
                        MakePeriodic(numbers.count, numbers.scale, columns),
                        {value});
    each *= kWaves;
  }
  const std::string name = place.prefix + "projection" + place.number;
  made = builder->Add(name, MakeColumnDense(each, numbers.size), {made});
  made = builder->Add(name + ".activation", MakeActivation(Activation::kRelu),
                      {made});
  if (!chosen) return made;
  // Other columns are not to be lost.
  return builder->Add(place.prefix + "numbers" + place.number, MakeConcat(),
                      {value, made});
}

}  // namespace mtlkit
