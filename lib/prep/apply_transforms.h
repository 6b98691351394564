#pragma once

#include <functional>
#include <vector>

#include "data/dataset.h"
#include "prep/transform.h"

namespace mtlkit {

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
Dataset ApplyTransforms(const Transforms& transforms, Dataset raw);
Dataset ApplyTransforms(const TransformRecords& records, Dataset raw);

}  // namespace mtlkit
