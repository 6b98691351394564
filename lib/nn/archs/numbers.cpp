// What becomes of the numbers of dense blocks first (--numbers).
#include "nn/archs/parts.h"

namespace mtlkit {

Value NetworkParts::AddNumbers(const std::string& prefix,
                               const std::string& number, Value value) {
  switch (numbers_.kind) {
    case NumberForm::Kind::kPlain:
      break;
    case NumberForm::Kind::kPieces:
      return builder_.Add(prefix + "pieces" + number,
                          MakePieces({.count = numbers_.count}), {value});
  }
  return value;
}

}  // namespace mtlkit
