#pragma once

#include <string>
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

}  // namespace mtlkit
