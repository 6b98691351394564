#pragma once

#include <string>
#include <utility>
#include <vector>

#include "data/dataset.h"

namespace mtlkit {

// The blocks of one view, by position among the inputs; -1: none.
struct ViewBlocks {
  std::string view;  // "" in a table without views
  Index dense = -1;
  Index codes = -1;
  Index sparse = -1;
  std::vector<Index> others;  // blocks of no columns
};

// The views in the order of their first blocks. Two blocks of one kind in a
// view are kBadInput.
std::vector<ViewBlocks> ViewsOf(const std::vector<InputSpec>& inputs);

// The input at such a position; null for -1.
template <class Input>
const Input* InputAt(const std::vector<Input>& inputs, Index at) {
  return at < 0 ? nullptr : &inputs[At(at)];
}

// Blocks that are made one after the other for the specs that they will have.
class BlockList {
 public:
  explicit BlockList(std::vector<InputSpec> specs) : specs_(std::move(specs)) {}

  void Add(InputBlock block) {
    static_cast<InputSpec&>(block) = specs_[blocks_.size()];
    blocks_.push_back(std::move(block));
  }
  std::vector<InputBlock> Take() && { return std::move(blocks_); }

 private:
  std::vector<InputSpec> specs_;
  std::vector<InputBlock> blocks_;
};

}  // namespace mtlkit
