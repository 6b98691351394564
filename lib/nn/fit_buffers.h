#pragma once

#include <span>
#include <vector>

#include "nn/model.h"

namespace mtlkit {

// Fits the buffers of layers that have such (LayerTraits::fits_buffers), as the
// edges of pieces, to rows of a dataset that has the model's inputs. Of more
// than 100,000 rows a sample of that many, always the same, so that memory does
// not grow with them. Equal layers on one block get equal numbers.
void FitBuffers(const Dataset& dataset, std::span<const Index> rows,
                Model* model);
// All rows, or that sample.
std::vector<Index> SampleToFit(std::span<const Index> rows);

}  // namespace mtlkit
