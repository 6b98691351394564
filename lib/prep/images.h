#pragma once

#include <span>
#include <vector>

#include "data/dataset.h"

namespace mtlkit {

// Blocks that transforms work on, and the others (images, tokens), which pass
// by them as they are.
std::vector<InputBlock> TableBlocks(const std::vector<InputBlock>& inputs);
std::vector<InputBlock> OtherBlocks(const std::vector<InputBlock>& inputs);

// Sets mean and deviation of every channel of every image block to those of
// the bytes, divided by 255, of the rows in `train`. A channel that is the same
// everywhere gets deviation 1.
void FitImages(std::span<const Index> train, Dataset* dataset);

}  // namespace mtlkit
