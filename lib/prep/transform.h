#pragma once

#include <memory>
#include <string>
#include <vector>

#include "base/view.h"
#include "data/transform_record.h"

namespace mtlkit {

struct InputBlock;
struct InputSpec;

// One fitted step of preparation: what `mtl-prep` did to the inputs, kept in
// the prepared dataset and copied into the model, so that raw tables can be
// given to `mtl-predict`. Immutable after fitting; any number of threads may
// share it. A row of the result depends on the same row of the input only, so
// rows can be transformed in pieces of any size.
class Transform {
 public:
  virtual ~Transform() = default;

  // What it makes of blocks like these. Throws kBadInput where they are not
  // what it was fitted to: a missing or an unknown column, or another type.
  virtual std::vector<InputSpec> Specs(
      const std::vector<InputSpec>& inputs) const = 0;

  // The blocks that it makes of `rows` rows; fit what Specs says.
  virtual std::vector<InputBlock> Apply(const std::vector<InputBlock>& inputs,
                                        Index rows) const = 0;

  virtual TransformRecord Record() const = 0;
};

// The fitted steps in order of application. Copying shares the steps.
using Transforms = std::vector<std::shared_ptr<const Transform>>;

// The transform that a record describes; throws kBadInput for a record that
// no transform could have written.
std::shared_ptr<const Transform> MakeTransform(const TransformRecord& record);

// The same for several, and back.
Transforms MakeTransforms(const TransformRecords& records);
TransformRecords RecordsOf(const Transforms& transforms);

}  // namespace mtlkit
