#pragma once

#include <string>

#include "base/reporter.h"
#include "nn/decode.h"
#include "nn/model.h"

namespace mtlkit {

// A model among those that predict together. `weight` is relative, above 0.
struct EnsembleMember {
  const Model* model = nullptr;
  double weight = 1;
  std::string name = {};  // in messages; "": its number
};

struct PredictOptions {
  // The split whose rows are predicted; "": all rows.
  std::string split;
  // Also rows that a task with rows of its own has no place for.
  bool all_rows = false;
  // Is told of labels that the models do not know, and of settings without
  // effect; may be null.
  Reporter* reporter = nullptr;
  DecodeOptions decode = {};  // of texts that are written
};

}  // namespace mtlkit
