#pragma once

#include <cstdint>
#include <vector>

#include "data/dataset.h"
#include "nn/model.h"
#include "train/model_rows.h"

namespace mtlkit {

// Where the tokens of each row of a dataset begin for each task; empty: it has
// one label a row.
using TokenStarts = std::vector<std::vector<std::int64_t>>;

// The starts of all tasks of a model, as it reads the texts of `rows`, which
// are those of the dataset; `labels` of tasks of tokens are cut as texts are.
// Throws kBadInput where they do not fit (FitTagLabels).
TokenStarts FitTags(const Model& model, const Dataset& dataset, ModelRows* rows,
                    std::vector<Labels>* labels);

}  // namespace mtlkit
