// What becomes of the numbers of dense blocks first (--numbers).
#include "nn/archs/parts.h"

namespace mtlkit {

namespace {

// Sines and cosines of each frequency.
constexpr Index kWaves = 2;

}  // namespace

Value NetworkParts::AddNumbers(const std::string& prefix,
                               const std::string& number, Value value) {
  switch (numbers_.kind) {
    case NumberForm::Kind::kPlain:
      break;
    case NumberForm::Kind::kPieces:
      return builder_.Add(prefix + "pieces" + number,
                          MakePieces({.count = numbers_.count}), {value});
    case NumberForm::Kind::kProjected:
      value = builder_.Add(
          prefix + "pieces" + number,
          MakePieces({.count = numbers_.count, .beside = false}), {value});
      return AddProjection(prefix + "projection" + number, numbers_.count,
                           value);
    case NumberForm::Kind::kPeriodic:
      value =
          builder_.Add(prefix + "periodic" + number,
                       MakePeriodic(numbers_.count, numbers_.scale), {value});
      return AddProjection(prefix + "projection" + number,
                           kWaves * numbers_.count, value);
  }
  return value;
}

Value NetworkParts::AddProjection(const std::string& name, Index each,
                                  Value value) {
  value = builder_.Add(name, MakeColumnDense(each, numbers_.size), {value});
  return builder_.Add(name + ".activation", MakeActivation(Activation::kRelu),
                      {value});
}

}  // namespace mtlkit
