#include "data/small_table.h"

#include "base/error.h"
#include "base/text.h"

namespace mtlkit {
namespace {

template <class T>
std::string Render(const Array<T>& cells, Index cols) {
  std::string text;
  for (Index at = 0; at < cells.size(); ++at) {
    if (at > 0) text += at % cols == 0 ? " | " : " ";
    text += FormatNumber(static_cast<float>(cells[at]));
  }
  return text;
}

}  // namespace

std::string RenderDense(const InputBlock& block) {
  return Render(block.dense, block.cols);
}

std::string RenderCodes(const InputBlock& block) {
  return Render(block.codes, block.cols);
}

std::string RenderSparse(const InputBlock& block) {
  std::string text;
  for (Index row = 0; row + 1 < block.row_starts.size(); ++row) {
    if (row > 0) text += " | ";
    for (Index at = block.row_starts[row]; at < block.row_starts[row + 1];
         ++at) {
      text += Str(at > block.row_starts[row] ? " " : "", block.indices[at], ":",
                  block.values[at]);
    }
  }
  return text;
}

std::string RenderRows(const std::vector<Index>& rows) {
  std::string text;
  for (const Index row : rows) text += Str(text.empty() ? "" : " ", row);
  return text;
}

std::string MessageOf(const std::function<void()>& work) {
  try {
    work();
  } catch (const Error& error) {
    return error.message();
  }
  return "no error";
}

}  // namespace mtlkit
