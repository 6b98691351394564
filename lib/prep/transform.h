#pragma once

#include <functional>
#include <memory>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "base/view.h"
#include "data/transform_record.h"

namespace mtlkit {

struct Dataset;
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

// The inputs of a table behind transforms, piece by piece, so that memory does
// not grow with the rows; images and texts, which no transform changes, aside.
// The table must outlive it. Throws as ApplyTransforms.
class TransformedRows {
 public:
  TransformedRows(const Transforms& transforms, const Dataset& raw);

  // The blocks that the pieces have.
  const std::vector<InputSpec>& specs() const { return specs_; }
  const TransformRecords& records() const { return records_; }
  // Whether there is anything to do.
  bool is_done() const { return rest_.empty(); }
  // Calls `visit` with consecutive pieces of all blocks, in the order of rows.
  void ForEach(const std::function<void(const std::vector<InputBlock>& piece,
                                        Index rows)>& visit) const;

 private:
  const Dataset& raw_;
  std::vector<InputBlock> table_;  // those with columns
  TransformRecords records_;
  Transforms rest_;  // what the table has not been through
  std::vector<InputSpec> specs_;
};

// The dataset that a model expects which was trained behind `transforms`. A
// table that has been through none or the first few of them goes through the
// rest; one that has been through all is returned as it is; one prepared in
// another way is refused (kBadInput). Columns are matched by name, in any
// order: a missing one, one that was not there when the transforms were
// fitted, and one of another type are errors that name it. Columns that were
// known and not chosen may be there or not. A category that was never seen in
// training becomes the unknown code (or an all-zero one-hot group). Ids,
// labels, splits, weights and groups stay as they are.
Dataset ApplyTransforms(const Transforms& transforms, const Dataset& raw);
Dataset ApplyTransforms(const TransformRecords& records, const Dataset& raw);

}  // namespace mtlkit
