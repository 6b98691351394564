#include "prep/piece.h"

#include <cmath>
#include <utility>

#include "base/error.h"
#include "base/mapped_pages.h"
#include "data/block_kind.h"
#include "data/schema.h"

namespace mtlkit {
namespace {

void RequireNoInfinity(const std::vector<InputBlock>& piece, Index rows,
                       const RowName& name) {
  for (const InputBlock& block : piece) {
    if (block.kind != InputKind::kDense) continue;
    for (Index at = 0; at < rows * block.cols; ++at) {
      if (!std::isinf(DenseCell(block, at))) continue;
      Fail(ErrorKind::kBadInput,
           Str("column '", ColumnName(block, at % block.cols), "', row '",
               name(at / block.cols), "' is infinite"),
           "inputs are finite numbers or missing");
    }
  }
}

template <class T>
void ForgetCells(const Array<T>& cells, Index first, Index count) {
  if (cells.empty()) return;
  const std::span<const T> part = cells.Part(first, count);
  ForgetPages(part.data(), part.size_bytes());
}

}  // namespace

void ForgetRows(const InputBlock& block, Index first, Index count) {
  if (TraitsOf(block.kind).has_row_starts) return;
  const Index cells = block.row_cells();
  ForgetCells(block.dense, first * cells, count * cells);
  ForgetCells(block.wide, first * cells, count * cells);
  ForgetCells(block.codes, first * cells, count * cells);
}

std::vector<InputSpec> SpecsAfter(const Transforms& transforms,
                                  std::vector<InputSpec> specs) {
  for (const auto& transform : transforms) specs = transform->Specs(specs);
  return specs;
}

std::vector<InputBlock> ApplyToPiece(const Transforms& transforms,
                                     std::vector<InputBlock> piece, Index rows,
                                     const RowName& name) {
  for (std::size_t i = 0; i < transforms.size(); ++i) {
    piece = transforms[i]->Apply(piece, rows);
    if (i == 0) RequireNoInfinity(piece, rows, name);
  }
  return piece;
}

void RequireSingle(const std::vector<InputBlock>& piece, Index rows,
                   const RowName& name) {
  for (const InputBlock& block : piece) {
    if (block.kind != InputKind::kDense) continue;
    for (Index at = 0; at < rows * block.cols; ++at) {
      if (!std::isinf(static_cast<float>(DenseCell(block, at)))) continue;
      Fail(
          ErrorKind::kBadInput,
          Str("column '", ColumnName(block, at % block.cols), "', row '",
              name(at / block.cols),
              "' is too large for single precision once it is prepared"),
          "look at this cell of the table; mtl-prep --transform COLUMN=log, or "
          "--ignore, if it is right");
    }
  }
}

}  // namespace mtlkit
