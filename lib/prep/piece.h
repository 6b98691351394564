#pragma once

#include <functional>
#include <string>
#include <vector>

#include "data/dataset.h"
#include "prep/transform.h"

namespace mtlkit {

// Rows that go through all transforms together: few enough that what lies in
// between stays in the processor's cache for usual widths.
inline constexpr Index kPieceRows = 2048;

// A cell of a dense block in double.
inline double DenseCell(const InputBlock& block, Index at) {
  return block.wide.empty() ? static_cast<double>(block.dense[at])
                            : block.wide[at];
}

// Says that rows [first, first + count) of a block have been gone through: what
// of it is mapped from a file takes no memory until it is read again.
void ForgetRows(const InputBlock& block, Index first, Index count);

// What blocks are behind transforms.
std::vector<InputSpec> SpecsAfter(const Transforms& transforms,
                                  std::vector<InputSpec> specs);

// What a row of a piece is called in messages.
using RowName = std::function<std::string(Index)>;

// The blocks of a piece behind transforms. Infinity is refused (kBadInput)
// after the first of them, which chooses columns: what does not go in may hold
// anything.
std::vector<InputBlock> ApplyToPiece(const Transforms& transforms,
                                     std::vector<InputBlock> piece, Index rows,
                                     const RowName& name);

// Demands that single precision, in which prepared numbers are kept, holds
// those of a piece (kBadInput).
void RequireSingle(const std::vector<InputBlock>& piece, Index rows,
                   const RowName& name);

}  // namespace mtlkit
